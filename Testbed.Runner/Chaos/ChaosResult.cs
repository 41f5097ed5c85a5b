using Testbed.Node.Results;

namespace Testbed.Runner.Chaos;

/// <summary>A run under a random plan.</summary>
/// <param name="Seed">Its seed: that of the plan, and of the experiment.</param>
/// <param name="Plan">The plan.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Reason">Why it did not come to its end, or what is wrong with it; else null.</param>
/// <param name="Faults">What the plan's faults did, on either PC.</param>
/// <param name="IsRepeated">Whether it was run in two processes, too.</param>
/// <param name="Details">Of a defect, where it was; else null.</param>
internal sealed record ChaosResult(
    long Seed, ChaosPlan Plan, ChaosOutcome Outcome, string? Reason, IReadOnlyList<FaultResult> Faults, bool IsRepeated, string? Details = null)
{
    /// <summary>Whether something is wrong with the program, whatever the plan.</summary>
    public bool IsFailure => Outcome is ChaosOutcome.Stuck or ChaosOutcome.Violated or ChaosOutcome.Defect or ChaosOutcome.Differs;

    /// <summary>Whether another run failed in the same way, its figures aside.</summary>
    public bool FailsAs(ChaosResult other) => Outcome == other.Outcome && WithoutFigures(Reason) == WithoutFigures(other.Reason);

    // What a program gave up with, or how far it had come, is another one's way of being stuck.
    private string WithoutFigures(string? reason) => Outcome is ChaosOutcome.Stuck or ChaosOutcome.Differs
        ? ""
        : string.Concat((reason ?? "").Split('(')[0].Where(c => !char.IsAsciiDigit(c)));
}
