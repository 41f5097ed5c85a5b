using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Runner.Chaos;

/// <summary>A deliberately broken build: every TCP takes a segment with a wrong checksum for a good one.</summary>
internal sealed class LeakyRun : IRunMode
{
    private int _runs;

    /// <summary>How many runs there have been.</summary>
    public int Runs => _runs;

    public Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel) => Task.Run(
        () =>
        {
            Interlocked.Increment(ref _runs);
            var settings = ExperimentSettings.Read(SettingsReader.Of(experiment));
            using var system = Experiment.System();
            var run = new OneProcessRun(system, settings with { Sender = Leaky(settings.Sender), Receiver = Leaky(settings.Receiver) });
            using var stop = cancel.Register(() => run.Stop("cancelled"));
            var failure = run.Run();
            var (sender, receiver) = run.Outcomes(failure);
            return new RunOutcome(failure, sender, receiver, "in-process", 0);
        },
        CancellationToken.None);

    private static PcSettings Leaky(PcSettings pc) => pc with
    {
        Inet = pc.Inet with { AcceptsBadTcpChecksum = true },
        Vm = pc.Vm is { } vm ? vm with { Inet = vm.Inet with { AcceptsBadTcpChecksum = true } } : null,
    };
}
