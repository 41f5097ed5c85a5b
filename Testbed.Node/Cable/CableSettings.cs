using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>What the cable carries, and how it treats it.</summary>
/// <param name="Timing">The rate, as long as no fault has it changed.</param>
/// <param name="Delay">Propagation from end to end.</param>
/// <param name="Mtu">The largest IP packet in a frame, in bytes.</param>
/// <param name="LossPartsPerBillion">The probability that a frame is lost, for each by itself.</param>
public sealed record CableSettings(EthernetTiming Timing, Duration Delay, int Mtu, long LossPartsPerBillion)
{
    private const int EthernetHeaderAndFcsBytes = 18;

    /// <summary>Whether frames arrive in the order in which they were sent, none before the one ahead is through; not with faults.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>Other rates, that a plan of faults sets; where several hold, the first counts.</summary>
    public IReadOnlyList<TimedRate> RateChanges { get; init; } = [];

    /// <summary>After how long the other PC hears of a milestone: later than it could have heard of any frame begun by then, but for those that a fault holds back.</summary>
    public Duration MilestoneDelay => Delay + Duration.Max(Duration.FromMilliseconds(1), LongestFrame * 2);

    /// <summary>The least time from the start of a frame to its arrival, at the fastest of all rates: faults only ever make it longer.</summary>
    public Duration LeastTimeAcross => Fastest.Serialization(EthernetTiming.MinFrameBytes) + Delay;

    /// <summary>The least time from one frame's arrival to the next one's, where they keep their order: the gap and a shortest frame.</summary>
    public Duration LeastTimeBetweenArrivals => Fastest.InterFrameGap + Fastest.Serialization(EthernetTiming.MinFrameBytes);

    /// <summary>The longest time for which a frame and the gap behind it occupy the wire, at the slowest of all rates.</summary>
    public Duration LongestFrame => FullFrame(Slowest);

    private EthernetTiming Fastest => RateChanges.Count == 0 ? Timing : new(Math.Max(Timing.BitsPerSecond, RateChanges.Max(change => change.Timing.BitsPerSecond)));

    private EthernetTiming Slowest => RateChanges.Count == 0 ? Timing : new(Math.Min(Timing.BitsPerSecond, RateChanges.Min(change => change.Timing.BitsPerSecond)));

    /// <summary>The rate of a frame that begins at an instant, and of the gap behind it: both ends of the cable find the same.</summary>
    public EthernetTiming TimingAt(Instant start)
    {
        for (var i = 0; i < RateChanges.Count; i++)
        {
            if (start >= RateChanges[i].From && start < RateChanges[i].Until)
                return RateChanges[i].Timing;
        }

        return Timing;
    }

    /// <summary>How long a longest frame and the gap behind it occupy the wire at a rate.</summary>
    public Duration FullFrame(EthernetTiming timing) => timing.Serialization(Mtu + EthernetHeaderAndFcsBytes) + timing.InterFrameGap;
}
