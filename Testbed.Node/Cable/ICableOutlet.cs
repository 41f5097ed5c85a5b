using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>A point of the experiment that both PCs have to know.</summary>
public enum Milestone
{
    /// <summary>The first payload byte is being sent: the measured interval begins.</summary>
    MeasurementStarted,

    /// <summary>The last payload byte has been received: the measured interval ends.</summary>
    MeasurementEnded,

    /// <summary>The PC's program has finished.</summary>
    Finished,

    /// <summary>The PC's program cannot do its part.</summary>
    Failed,
}

/// <summary>
/// Where one PC's end of the cable announces what will arrive at the other: on the same timeline, or in another process. An
/// announcement is final: it carries the instant of arrival and what arrives.
/// </summary>
public interface ICableOutlet
{
    /// <summary>A frame will arrive.</summary>
    /// <param name="number">Counts this direction's announcements from 1, without gaps.</param>
    /// <param name="arrival">When its last bit comes in.</param>
    /// <param name="frame">The frame with its FCS, as it will arrive; not changed any more.</param>
    void AnnounceFrame(long number, Instant arrival, ReadOnlyMemory<byte> frame);

    /// <summary>Word of a milestone will arrive.</summary>
    /// <param name="number">As for a frame, and of the same count.</param>
    /// <param name="arrival">When the other PC hears of it.</param>
    /// <param name="milestone">Which.</param>
    /// <param name="at">When it was reached.</param>
    void AnnounceMilestone(long number, Instant arrival, Milestone milestone, Instant at);
}
