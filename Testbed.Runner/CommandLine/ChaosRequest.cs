namespace Testbed.Runner.CommandLine;

/// <summary>Random faults as they were asked for.</summary>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Runs">How many runs.</param>
/// <param name="Seed">The first run's seed.</param>
/// <param name="Budget">No run begins after so much wall time; null for any.</param>
/// <param name="Jobs">Runs at a time; null for as many as the machine has processors.</param>
/// <param name="Sets">Settings of the form <c>key=value</c>, of every run.</param>
/// <param name="Out">Where the plans of failures are written.</param>
/// <param name="Quiet">Show no progress.</param>
/// <param name="Config">The configuration folder, or null for the default.</param>
internal sealed record ChaosRequest(
    string Experiment, int Runs, long Seed, TimeSpan? Budget, int? Jobs, IReadOnlyList<string> Sets, string Out, bool Quiet, string? Config);
