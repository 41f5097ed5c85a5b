using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Runner.Validation;

/// <summary>Runs what the paper's section 4 has figures of, over many seeds, and puts published and modelled beside each other.</summary>
/// <param name="mode">How a run is made.</param>
/// <param name="resolve">Makes an experiment of its name, its settings and its seed.</param>
internal sealed class PaperValidation(IRunMode mode, Func<string, IReadOnlyList<string>, long, ResolvedExperiment> resolve)
{
    private const string Baseline = "vm733-to-350";
    private const string Native733 = "native-733-to-350";
    private const string Native350 = "native-350-to-733";
    private const string Reading = "sender.vm.data-port-reads-switch";

    /// <summary>Runs at one time: a run has one thread.</summary>
    private const int AtOnce = 2;

    /// <summary>The report.</summary>
    /// <param name="settings">What was asked for.</param>
    /// <param name="progress">How many runs are done, of how many.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <exception cref="ValidationException">A run failed.</exception>
    public async Task<ValidationReport> RunAsync(ValidationSettings settings, IProgress<(int Done, int All)> progress, CancellationToken cancel)
    {
        var on = Runs(Baseline, settings, settings.Runs, $"{Reading}=on");
        var off = Runs(Baseline, settings, settings.Runs, $"{Reading}=off");
        var from733 = Runs(Native733, settings, settings.NativeRuns);
        var from350 = Runs(Native350, settings, settings.NativeRuns);
        ResolvedExperiment[] all = [.. on, .. off, .. from733, .. from350];
        var figures = new RunFigures[all.Length];
        var done = 0;
        await Parallel.ForAsync(0, all.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (i, stop) =>
        {
            figures[i] = await RunAsync(all[i], stop);
            progress.Report((Interlocked.Increment(ref done), all.Length));
        });
        var ofNative = figures.Skip(on.Length + off.Length).ToArray();
        return new(
            settings,
            [
                new("data-port-reads-switch = on: every access to the data port switches", ReadingComparison.Of(figures[..on.Length], must: true)),
                new(
                    "data-port-reads-switch = off: only writes switch (costs as in the other reading)",
                    ReadingComparison.Of(figures[on.Length..(on.Length + off.Length)], must: false)),
                new("native PCs", [NativeComparison.Of(ofNative[..from733.Length], ofNative[from733.Length..])]),
            ]);
    }

    private ResolvedExperiment[] Runs(string experiment, ValidationSettings settings, int runs, params string[] reading) =>
        [.. Enumerable.Range(0, runs).Select(n => resolve(experiment, [.. settings.Sets, .. reading], settings.FirstSeed + n))];

    private async Task<RunFigures> RunAsync(ResolvedExperiment experiment, CancellationToken cancel)
    {
        var started = DateTime.UtcNow;
        var outcome = await mode.RunAsync(experiment, new Progress<RunProgress>(), cancel);
        cancel.ThrowIfCancellationRequested();
        var result = ResultBuilder.Build(
            experiment, outcome.Failure, outcome.Sender, outcome.Receiver, new(outcome.Mode, started, outcome.WallSeconds));
        var defect = outcome.Sender.Defect ?? outcome.Receiver.Defect;
        return result.Failure is null && result.Deterministic.PayloadVerified != false
            ? RunFigures.Of(result)
            : throw new ValidationException($"{experiment.Name}, seed {result.Seed}: {result.Failure ?? "the payload is NOT what was sent"}", defect);
    }
}
