using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Cable;

/// <summary>What the synchronization asks of the PC at this end: how soon it can be heard of.</summary>
public interface IOutlook
{
    /// <summary>
    /// The first instant from a given one on at which this PC can begin a frame if nothing more comes in; a frame known to be longer than the shortest counts
    /// as one that begins as much later.
    /// </summary>
    Instant NextStart(Instant from);

    /// <summary>Whether the PC may come to take frames in without an answer.</summary>
    bool IsSilentAtTimes { get; }

    /// <summary>Which frames the PC takes in without an answer, at a given instant; null if it may answer any.</summary>
    Silence? Silence(Instant from);
}

/// <summary>What is known of the other PC.</summary>
/// <param name="Reaction">Its least time from a frame's arrival to the start of an answer.</param>
/// <param name="MilestoneReaction">The same to a milestone.</param>
/// <param name="TickPeriod">From one tick of its timer to the next.</param>
/// <param name="TickReaction">Its least time from a tick to the start of a frame.</param>
/// <param name="Room">Frames that it can hold before it takes them in; one more might be dropped.</param>
/// <param name="Silence">Reads what it reports.</param>
public sealed record PeerOutlook(
    Duration Reaction, Duration MilestoneReaction, Duration TickPeriod, Duration TickReaction, int Room, Func<Silence, ISilence> Silence);

/// <summary>A copy of the state in which the other PC takes frames in without an answer.</summary>
public interface ISilence
{
    /// <summary>Whether it takes the next frame, with its check sequence, without an answer before its next tick.</summary>
    bool Takes(ReadOnlyMemory<byte> frame);
}
