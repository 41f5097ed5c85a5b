using Testbed.Node.Observing;

namespace Testbed.Node.Results;

/// <summary>What one PC's run came to.</summary>
/// <param name="Failure">Null when the experiment ran to its end; else the reason in one line.</param>
/// <param name="DeterministicJson">The PC's share of the result's deterministic part, as canonical JSON; empty if it never started.</param>
/// <param name="WallJson">The PC's share of the wall-clock part (the sync statistics), as JSON; empty if it never started.</param>
/// <param name="Defect">The exception with its stack trace, if it was a defect of this program that ended the run; else null.</param>
/// <param name="Recording">What was recorded besides; null if nothing was to be.</param>
/// <param name="RanOut">Whether it stopped at an end, or a limit, at which the other PC stops by itself.</param>
public sealed record PcOutcome(
    string? Failure, string DeterministicJson, string WallJson, string? Defect = null, Recording? Recording = null, bool RanOut = false)
{
    /// <summary>A defect has ended the run; there are no figures to trust.</summary>
    public static PcOutcome OfDefect(Exception defect) =>
        new($"a defect of this program: {defect.Message.Split('\n', 2)[0].TrimEnd()}", "", "", defect.ToString());
}
