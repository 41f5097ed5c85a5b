using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>What is to be recorded of a run, and of which part of it.</summary>
/// <param name="Captures">The frames at each network card, physical and virtual.</param>
/// <param name="Trace">What the processors did, and each packet's way.</param>
/// <param name="TimelineBin">The length of the timeline's bins; null for no timeline. At least <see cref="ShortestBin"/>.</param>
/// <param name="From">Captures and trace begin at this instant.</param>
/// <param name="Until">Captures and trace end before this instant; <see cref="Instant.Never"/> for the run's end.</param>
public sealed record RecordingSettings(bool Captures, bool Trace, Duration? TimelineBin, Instant From, Instant Until)
{
    /// <summary>The shortest bin of a timeline.</summary>
    public static readonly Duration ShortestBin = Duration.FromMicroseconds(1);

    /// <summary>The longest bin of a timeline.</summary>
    public static readonly Duration LongestBin = Duration.FromSeconds(3_600);

    /// <summary>Whether an instant lies in the window of captures and trace.</summary>
    public bool Covers(Instant at) => at >= From && at < Until;

    /// <summary>Whether the settings make sense: something is recorded, and its window holds something.</summary>
    public bool IsValid =>
        (Captures || Trace || TimelineBin is not null)
        && From >= Instant.Zero
        && Until > From
        && (TimelineBin is not { } bin || (bin >= ShortestBin && bin <= LongestBin));
}
