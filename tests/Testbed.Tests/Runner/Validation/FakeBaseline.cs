using System.Collections.Concurrent;
using System.Globalization;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Runner;
using Testbed.Runner.Validation;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Validation;

/// <summary>Runs that come to made-up reports at once: the baseline to <see cref="SampleVm"/>, the native ones to <see cref="SampleReports"/>.</summary>
internal sealed class FakeBaseline : IRunMode
{
    /// <summary>What became of the sender's report, by the experiment's name and whether reads of the data port switch.</summary>
    public Func<string, bool, PcReport, PcReport> Sender { get; init; } = (_, _, report) => report;

    public string? Failure { get; init; }

    /// <summary>What was asked for: experiment, settings, seed.</summary>
    public ConcurrentBag<(string Name, string Sets, long Seed)> Asked { get; } = [];

    public async Task<ValidationReport> ValidateAsync(int runs = 2, long seed = 1, params string[] sets) =>
        await new PaperValidation(this, Resolve).RunAsync(new(runs, seed, sets), new Progress<(int, int)>(), CancellationToken.None);

    public Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var isVm = experiment.Name.StartsWith("vm", StringComparison.Ordinal);
        var on = experiment.Hocon.Contains("sender.vm.data-port-reads-switch = on", StringComparison.Ordinal);
        var sender = Sender(experiment.Name, on, isVm ? SampleVm.Sender() : SampleReports.Sender());
        var receiver = isVm ? SampleVm.Receiver() : SampleReports.Receiver();
        return Task.FromResult(new RunOutcome(Failure, SampleReports.Outcome(sender), SampleReports.Outcome(receiver), "in-process", 0));
    }

    private ResolvedExperiment Resolve(string name, IReadOnlyList<string> sets, long seed)
    {
        Asked.Add((name, string.Join(' ', sets), seed));
        return new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All)
            .Resolve(name, sets, seed.ToString(CultureInfo.InvariantCulture));
    }
}
