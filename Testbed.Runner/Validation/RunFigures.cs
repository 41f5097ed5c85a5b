using Testbed.Node.Results;
using Testbed.Runner.Output;

namespace Testbed.Runner.Validation;

/// <summary>What a validation needs of one run.</summary>
/// <param name="ThroughputMbps">Throughput.</param>
/// <param name="IdlePercent">The sender's idle time.</param>
/// <param name="Profile">The sender's execution profile; empty of a native PC.</param>
/// <param name="MedianUs">Medians of the sender's latencies by name, of those that happened.</param>
internal sealed record RunFigures(
    decimal? ThroughputMbps, decimal? IdlePercent, IReadOnlyList<ProfileRow> Profile, IReadOnlyDictionary<string, decimal> MedianUs)
{
    /// <summary>Of a result.</summary>
    public static RunFigures Of(RunResult result)
    {
        var sender = Wording.SenderFirst(result).Select(node => node.Value).FirstOrDefault();
        var medians = new Dictionary<string, decimal>(StringComparer.Ordinal);
        // A name is said of the whole way before it is of a segment.
        foreach (var figure in sender?.Vm is { } vm ? vm.Transmission.Totals.Concat(vm.Transmission.Segments) : [])
        {
            if (figure.Count > 0)
                medians.TryAdd(figure.Name, figure.MedianNs / 1000m);
        }

        return new(result.Deterministic.ThroughputMbps, sender?.IdlePercent, sender?.Vm?.Profile ?? [], medians);
    }

    /// <summary>Packets that the guest sent.</summary>
    public long Packets => ProfileTable.Transmissions(Profile);

    /// <summary>A column's time, in microseconds.</summary>
    public decimal ColumnUs(string column) => Profile.Where(row => row.Column == column).Sum(row => row.TimeUs);

    /// <summary>The row of the profile, if there is one.</summary>
    public ProfileRow? Row(PublishedRow row) => Profile.FirstOrDefault(own => own.Column == row.Column && own.Name == row.Name);

    /// <summary>How often it happened for each packet sent.</summary>
    public decimal? PerPacket(PublishedRow row) => Packets == 0 || Row(row) is not { } own ? null : (decimal)own.Count / Packets;
}
