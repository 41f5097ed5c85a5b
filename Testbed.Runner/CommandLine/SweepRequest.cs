namespace Testbed.Runner.CommandLine;

/// <summary>A sweep as it was asked for.</summary>
/// <param name="Study">The study's name or file.</param>
/// <param name="TwoProcess">Whether each PC of each run has a process of its own.</param>
/// <param name="Sets">Settings of the form <c>key=value</c>, of every run.</param>
/// <param name="Jobs">Runs at a time; null for as many as the machine can carry.</param>
/// <param name="Resume">Whether to go on with what the folder has.</param>
/// <param name="Out">The study's folder, or null for the default.</param>
/// <param name="Quiet">Show no progress.</param>
/// <param name="DryRun">List the runs only.</param>
/// <param name="Config">The configuration folder, or null for the default.</param>
internal sealed record SweepRequest(
    string Study,
    bool TwoProcess,
    IReadOnlyList<string> Sets,
    int? Jobs,
    bool Resume,
    string? Out,
    bool Quiet,
    bool DryRun,
    string? Config);
