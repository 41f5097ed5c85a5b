using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>What there is of a recording.</summary>
public enum RecordingPart
{
    /// <summary>The frames at the physical network card: a file of the format pcapng.</summary>
    HostCapture,

    /// <summary>The frames at the virtual network card: a file of the format pcapng.</summary>
    GuestCapture,

    /// <summary>What the processor did, and which packets passed: see <see cref="TraceWriter"/>.</summary>
    Trace,

    /// <summary>Idle time and delivered bytes by bins: see <see cref="TimelineRecorder"/>.</summary>
    Timeline,
}

/// <summary>How much of what there was is recorded.</summary>
/// <param name="Kept">Frames, events or bins that are there.</param>
/// <param name="LeftOut">Those that would have come behind, had there been room.</param>
/// <param name="CutAt">The instant of the first that was left out; <see cref="Instant.Never"/> if all are there.</param>
public sealed record RecordingExtent(long Kept, long LeftOut, Instant CutAt)
{
    /// <summary>Whether the recording ends before what it records.</summary>
    public bool IsCut => CutAt != Instant.Never;
}

/// <summary>A part of a recording.</summary>
/// <param name="Part">Which.</param>
/// <param name="Bytes">What was recorded.</param>
/// <param name="Extent">How much of what there was that is.</param>
public sealed record RecordedPart(RecordingPart Part, ReadOnlyMemory<byte> Bytes, RecordingExtent Extent);

/// <summary>What was recorded of one PC: a function of experiment, seed, version and what was asked for, as the result is.</summary>
/// <param name="Parts">Its parts, each kind at most once.</param>
public sealed record Recording(IReadOnlyList<RecordedPart> Parts)
{
    /// <summary>A part; null if it was not asked for, or if the PC has no such card.</summary>
    public RecordedPart? Part(RecordingPart part) => Parts.FirstOrDefault(p => p.Part == part);
}
