using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Runner.Studies;

/// <summary>Runs what a study's folder does not have yet, several at a time.</summary>
/// <param name="mode">How a run is made; has to bear several at once.</param>
/// <param name="folder">Where results are kept.</param>
internal sealed class Sweep(IRunMode mode, StudyFolder folder)
{
    /// <summary>The runs that the folder has.</summary>
    public List<(StudyRun Run, RunResult Result)> Finished { get; } = [];

    /// <summary>The runs that failed.</summary>
    public List<(StudyRun Run, RunResult Result)> Failed { get; } = [];

    /// <summary>Takes what is there already.</summary>
    /// <returns>What is left to be run.</returns>
    public IReadOnlyList<StudyRun> Resume(IReadOnlyList<StudyRun> runs)
    {
        var left = new List<StudyRun>();
        foreach (var run in runs)
        {
            if (folder.Finished(run) is { } result)
                Finished.Add((run, result));
            else
                left.Add(run);
        }

        return left;
    }

    /// <summary>Runs them. A run that fails does not keep the others from running; a defect does.</summary>
    /// <param name="runs">What is to be run.</param>
    /// <param name="jobs">How many at a time.</param>
    /// <param name="progress">Is told of each.</param>
    /// <param name="cancel">Ends all of them; what was under way is lost.</param>
    /// <exception cref="SweepDefectException">A run came upon a defect of this program.</exception>
    public Task RunAsync(IReadOnlyList<StudyRun> runs, int jobs, SweepProgress progress, CancellationToken cancel) => Parallel.ForEachAsync(
        runs,
        new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel },
        async (run, stop) =>
        {
            var started = DateTime.UtcNow;
            var outcome = await mode.RunAsync(run.Experiment, progress.Begin(run, BytesOf(run.Experiment)), stop);
            stop.ThrowIfCancellationRequested();
            if ((outcome.Sender.Defect ?? outcome.Receiver.Defect) is { } defect)
                throw new SweepDefectException(run.Id, defect);
            var failure = outcome.Failure?.Split('\n', 2)[0].TrimEnd();
            var result = ResultBuilder.Build(
                run.Experiment, failure, outcome.Sender, outcome.Receiver, new(outcome.Mode, started, outcome.WallSeconds));
            if (Invariants.IsViolation(result.Failure))
                throw new SweepDefectException(run.Id, result.Failure!);
            if (result is { Partial: false, Deterministic.PayloadVerified: false })
                result = result with { Partial = true, Failure = "the payload is NOT what was sent" };
            folder.Keep(run, result, started);
            lock (Finished)
                (result.Partial ? Failed : Finished).Add((run, result));
            progress.End(run);
        });

    private static long? BytesOf(ResolvedExperiment experiment)
    {
        var reader = SettingsReader.Of(experiment);
        return ExperimentShape.Read(reader).Program == ExperimentProgram.Nettest ? NettestSettings.Read(reader).Bytes : null;
    }
}

/// <summary>A run of a sweep came upon a defect of this program.</summary>
internal sealed class SweepDefectException : Exception
{
    /// <summary>With the run and the stack trace.</summary>
    public SweepDefectException(string run, string defect)
        : base($"run {run}: {defect}")
    {
    }
}
