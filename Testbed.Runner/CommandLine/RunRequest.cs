namespace Testbed.Runner.CommandLine;

/// <summary>A run as it was asked for.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Mode">How to run it.</param>
/// <param name="Sets">Settings of the form <c>key=value</c>.</param>
/// <param name="Seed">The seed as it was written, or null.</param>
/// <param name="Out">The run's folder, or null for the default.</param>
/// <param name="Json">Print the result file in place of the summary.</param>
/// <param name="Quiet">Show no progress.</param>
/// <param name="DryRun">Print the resolved experiment only.</param>
/// <param name="Config">The configuration folder, or null for the default.</param>
/// <param name="Faults">A plan of faults: its name in the library, or a file; or null.</param>
internal sealed record RunRequest(
    string Experiment,
    RunModeRequest Mode,
    IReadOnlyList<string> Sets,
    string? Seed,
    string? Out,
    bool Json,
    bool Quiet,
    bool DryRun,
    string? Config,
    string? Faults = null);
