using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>What the cable carries, and how it treats it.</summary>
/// <param name="Timing">The rate.</param>
/// <param name="Delay">Propagation from end to end.</param>
/// <param name="Mtu">The largest IP packet in a frame, in bytes.</param>
/// <param name="LossPartsPerBillion">The probability that a frame is lost, for each by itself.</param>
public sealed record CableSettings(EthernetTiming Timing, Duration Delay, int Mtu, long LossPartsPerBillion)
{
    private const int EthernetHeaderAndFcsBytes = 18;

    /// <summary>Whether frames arrive in the order in which they were sent, none before the one ahead is through; not with faults.</summary>
    public bool KeepsOrder { get; init; } = true;

    /// <summary>After how long the other PC hears of a milestone: later than it could have heard of any frame begun by then.</summary>
    public Duration MilestoneDelay => Delay + Duration.Max(Duration.FromMilliseconds(1), LongestFrame * 2);

    /// <summary>The least time from the start of a frame to its arrival.</summary>
    public Duration LeastTimeAcross => Timing.Serialization(EthernetTiming.MinFrameBytes) + Delay;

    /// <summary>The least time from one frame's arrival to the next one's: the gap and a shortest frame.</summary>
    public Duration LeastTimeBetweenArrivals => Timing.InterFrameGap + Timing.Serialization(EthernetTiming.MinFrameBytes);

    /// <summary>The longest time for which a frame and the gap behind it occupy the wire.</summary>
    public Duration LongestFrame => Timing.Serialization(Mtu + EthernetHeaderAndFcsBytes) + Timing.InterFrameGap;
}
