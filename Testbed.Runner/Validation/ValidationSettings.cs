namespace Testbed.Runner.Validation;

/// <summary>A validation as it was asked for.</summary>
/// <param name="Runs">Seeds for each reading.</param>
/// <param name="FirstSeed">The first of them; the others follow.</param>
/// <param name="Sets">Settings of the form <c>key=value</c>, of every run.</param>
internal sealed record ValidationSettings(int Runs, long FirstSeed, IReadOnlyList<string> Sets)
{
    /// <summary>Native runs are no subject of jitter: a few show it.</summary>
    public const int MostNativeRuns = 3;

    /// <summary>Seeds of each native experiment.</summary>
    public int NativeRuns => Math.Min(Runs, MostNativeRuns);
}
