using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Studies;

/// <summary>A way to run that comes to something else for each seed at once, and remembers what it was asked for.</summary>
internal sealed class SeededRun : IRunMode
{
    private readonly Lock _lock = new();

    public List<string> Ran { get; } = [];

    /// <summary>What happens before a run, by how many there have been.</summary>
    public Action<int> Before { get; init; } = _ => { };

    /// <summary>Why the run of a seed fails; null if it does not.</summary>
    public Func<long, string?> Failure { get; init; } = _ => null;

    public string? Defect { get; init; }

    public Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        lock (_lock)
        {
            Before(Ran.Count);
            if (!cancel.IsCancellationRequested)
                Ran.Add(experiment.Hocon);
        }

        var seed = SettingsReader.Of(experiment).WholeNumber("seed", 0, long.MaxValue);
        var failure = cancel.IsCancellationRequested ? "cancelled" : Failure(seed);
        var receiver = SampleReports.Receiver();
        return Task.FromResult(new RunOutcome(
            failure,
            SampleReports.Outcome(SampleReports.Sender(), null, failure) with { Defect = Defect },
            SampleReports.Outcome(receiver with { BytesDelivered = receiver.BytesDelivered - seed }, null, failure),
            "in-process",
            0.5));
    }
}
