using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Validation;

/// <summary>Where published figures contradict each other, or what the mechanism counts: why, and by how much.</summary>
internal static class Contradictions
{
    private const string SwitchingIo = "IN/OUTs requiring a switch to VMApp";
    private const string Status = "Emulating the Lance status register";
    private const string LanceTransmit = "Emulating the Lance transmit path";
    private const string AddressPort = "IN/OUTs to the Lance address port";
    private const string InVmm = "IN/OUTs handled in the VMM";
    private const string Receiving = "Receiving via VMNet";
    private const string Iret = "Virtualizing IRET";

    /// <summary>
    /// Why a share cannot match: because share and average together imply another count than the mechanism's, or because the row takes as
    /// long for each packet as in Table 1 and it is the whole that differs. Null where neither is the reason.
    /// </summary>
    public static string? OfShare(PublishedRow row, IReadOnlyList<RunFigures> runs) => OfCount(row, runs) ?? OfWhole(row, runs);

    private static string? OfCount(PublishedRow row, IReadOnlyList<RunFigures> runs)
    {
        if (row.AverageUs is not { } average
            || ReadingComparison.Over(runs, run => run.Row(row)?.AverageUs) is not { } modelledAverage
            || !Tolerance.Average.Permits(average, modelledAverage.Mean)
            || ReadingComparison.Over(runs, run => run.PerPacket(row)) is not { } count
            || ReadingComparison.Over(runs, run => ShareAt(average, run, row)) is not { } share)
        {
            return null;
        }

        var implied = PublishedFigures.ImpliedPerPacket(row)!.Value;
        return Tolerance.Average.Permits(implied, count.Mean)
            ? null
            : Text($"{row.Name}: {row.SharePercent} % at {average} µs are {implied:0.00} for each packet sent; the mechanism has {count.Mean:0.00}, ")
                + Text($"{Relative(implied, count.Mean)}. With that count the published average is a share of {share.Mean:0.0} %.{Why(row.Name)}");
    }

    private static string? OfWhole(PublishedRow row, IReadOnlyList<RunFigures> runs)
    {
        if (ReadingComparison.Over(runs, run => run.Packets == 0 ? null : run.ColumnUs(ExecutionProfile.Total) / run.Packets) is not { } packet
            || ReadingComparison.Over(runs, run => run.Packets == 0 ? null : run.Row(row)?.TimeUs / run.Packets) is not { } time)
        {
            return null;
        }

        var publishedPacket = PublishedFigures.PacketUs;
        var published = row.SharePercent / 100 * PublishedFigures.ColumnUs(row) / PublishedFigures.Packets;
        return !Tolerance.Average.Permits(published, time.Mean)
            ? null
            : Text($"{row.Name}: {row.SharePercent} % are {published:0.0} µs for each packet sent, and the model's are {time.Mean:0.0}, ")
                + Text($"{Relative(published, time.Mean)}. It is the whole that differs: a packet takes {publishedPacket:0.0} µs in Table 1 ")
                + Text($"({PublishedFigures.Packets:#,0} in 13.1 s) and {packet.Mean:0.0} in the model ({runs.Average(run => run.Packets):#,0}).");
    }

    private static string Relative(decimal published, decimal modelled) => Text($"{100 * (modelled - published) / published:+0;-0;0} %");

    /// <summary>Figure 5 against Table 1: the same way of a packet, put together from the averages.</summary>
    public static IReadOnlyList<string> OfFigure5(IReadOnlyList<RunFigures> runs)
    {
        PublishedRow[] way =
            [PublishedFigures.Row(SwitchingIo), PublishedFigures.Row(LanceTransmit), PublishedFigures.Row(ExecutionProfile.TransmitRow)];
        var total = PublishedFigures.Latency("total");
        var transmitting = PublishedFigures.Latency("transmitting");
        var published = way.Sum(row => row.AverageUs!.Value);
        var modelled = ReadingComparison.Over(runs, run => way.Sum(row => run.Row(row)?.AverageUs));
        var modelledTotal = ReadingComparison.Over(runs, run => run.MedianUs.TryGetValue(total.Name, out var us) ? us : null);
        var missing = total.Us - published;
        var missingTransmitting = transmitting.Us - way[2].AverageUs!.Value;
        return
        [
            Text($"The published figures differ: the way of {total.Us} µs, put together from Table 1's averages ")
                + Text($"({string.Join(" + ", way.Select(row => Text($"{row.AverageUs}")))}), takes {published} µs: {missing} µs ")
                + Text($"or {100 * missing / total.Us:0} % less. Of that {missingTransmitting} µs lie between Figure 5's {transmitting.Us} µs of ")
                + Text($"transmitting and Table 1's {way[2].AverageUs} µs.")
                + (modelled is null || modelledTotal is null
                    ? ""
                    : Text($" The model has {modelledTotal.Mean:0.00} and {modelled.Mean:0.00} µs.")),
        ];
    }

    private static decimal? ShareAt(decimal averageUs, RunFigures run, PublishedRow row) =>
        run.ColumnUs(row.Column) is > 0 and var whole && run.Row(row) is { } own ? 100 * averageUs * own.Count / whole : null;

    /// <summary>What the paper's text says that its table's counts do not.</summary>
    private static string Why(string row) => row switch
    {
        SwitchingIo or Status or AddressPort =>
            " The paper's text has 12 I/O instructions for each packet, and every access to the data register switch; the counts of the other"
            + " reading of data-port-reads-switch are beside these.",
        InVmm => " The paper's text has 5 accesses to the interrupt controller for each IRQ.",
        Receiving =>
            " A receiver that acknowledges every second full segment's worth of bytes sends one packet for three; Table 1 has 0.7.",
        Iret => " Linux returns by IRET from each interrupt and from each system call: one, and a third of one, for a packet sent.",
        _ => "",
    };
}
