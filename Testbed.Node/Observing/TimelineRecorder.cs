using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Observing;

/// <summary>How long a PC was idle, how much its program received and how many faults there were, in bins of virtual time.</summary>
/// <param name="bin">The length of a bin.</param>
public sealed class TimelineRecorder(Duration bin)
{
    /// <summary>The most bins of a timeline. What comes after the last is left out.</summary>
    public const int LimitBins = 1_000_000;

    private readonly List<long> _idleNs = [];
    private readonly List<long> _receivedBytes = [];
    private readonly List<long> _faults = [];

    /// <summary>The processor was idle.</summary>
    public void Idle(Instant from, Instant to)
    {
        while (from < to && TryBin(from, out var i))
        {
            var end = Instant.Min(to, new Instant((i + 1L) * bin.Nanoseconds));
            At(_idleNs, i) += (end - from).Nanoseconds;
            from = end;
        }
    }

    /// <summary>The program has received data.</summary>
    public void Received(Instant at, long bytes)
    {
        if (TryBin(at, out var i))
            At(_receivedBytes, i) += bytes;
    }

    /// <summary>A fault has struck.</summary>
    public void Struck(Instant at)
    {
        if (TryBin(at, out var i))
            At(_faults, i)++;
    }

    /// <summary>A fault has been at work.</summary>
    public void AtWork(Instant from, Instant to)
    {
        for (var at = from; at < to && TryBin(at, out var i); at = new Instant((i + 1L) * bin.Nanoseconds))
            At(_faults, i)++;
    }

    /// <summary>The timeline of a run that came to this end, as a message.</summary>
    public (TimelineShare Share, RecordingExtent Extent) Close(Instant end)
    {
        var bins = (end.Nanoseconds + bin.Nanoseconds - 1) / bin.Nanoseconds;
        var kept = (int)Math.Min(bins, LimitBins);
        var share = new TimelineShare { BinNs = bin.Nanoseconds, EndNs = end.Nanoseconds };
        for (var i = 0; i < kept; i++)
        {
            share.IdleNs.Add(i < _idleNs.Count ? _idleNs[i] : 0);
            share.ReceivedBytes.Add(i < _receivedBytes.Count ? _receivedBytes[i] : 0);
            if (_faults.Count > 0)
                share.Faults.Add(i < _faults.Count ? _faults[i] : 0);
        }

        return (share, new(kept, bins - kept, bins > kept ? new Instant(kept * bin.Nanoseconds) : Instant.Never));
    }

    private bool TryBin(Instant at, out int i)
    {
        var number = at.Nanoseconds / bin.Nanoseconds;
        i = (int)Math.Min(number, LimitBins);
        return number < LimitBins;
    }

    private static ref long At(List<long> bins, int i)
    {
        while (bins.Count <= i)
            bins.Add(0);
        return ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(bins)[i];
    }
}
