using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>One run of a study.</summary>
/// <param name="Id">
/// Its point, its repetition and a hash of the resolved experiment: <c>0007-002-9f3a2c1b</c>. Sorted by it, runs stand in the order of
/// the study; and a run whose experiment has changed is another run.
/// </param>
/// <param name="Seed">Its seed.</param>
/// <param name="Experiment">The experiment.</param>
/// <param name="Cells">What the axes' columns say of it.</param>
internal sealed record StudyRun(string Id, long Seed, ResolvedExperiment Experiment, IReadOnlyList<Cell> Cells);
