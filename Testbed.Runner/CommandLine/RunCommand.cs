using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Runner.Recordings;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed run</c>.</summary>
internal sealed class RunCommand(Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators)
{
    private const string Unfinished = "the runner ended before the run did";

    public async Task<int> ExecuteAsync(RunRequest request, CancellationToken cancel)
    {
        if (request.DryRun)
        {
            surroundings.Out.Write(Resolve(request).Hocon);
            return ExitCode.Success;
        }

        if (request.Mode is { InProcess: true, OptionForProcesses: { } option })
            throw new ConfigurationException($"{option}: does not go with --in-process; leave one out");
        await using var mode = modes(request.Mode);
        mode.GetReady();
        var experiment = Resolve(request);
        mode.Check(experiment);
        var started = DateTime.UtcNow;
        var shape = ExperimentShape.Read(SettingsReader.Of(experiment));
        var folder = RunFolder.Create(request.Out, experiment.Name, shape.Seed, started);
        var progress = new LatestProgress();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        // Not on this thread: a run in one process may keep the thread it is given until it ends; and there is a result to be written meanwhile.
        var run = Task.Run(() => mode.RunAsync(experiment, progress, stop.Token), CancellationToken.None);
        try
        {
            // Whatever becomes of this process, the folder says that there was no end.
            folder.Write(experiment, Result(experiment, Nothing(Unfinished), started));
        }
        catch
        {
            await stop.CancelAsync();
            await ((Task)run).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        RunOutcome outcome;
        try
        {
            if (!request.Quiet)
                await ShowAsync(progress, experiment, shape, run);
            outcome = await run;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            outcome = Nothing("cancelled");
        }
        catch (Exception e)
        {
            try
            {
                folder.Write(experiment, Result(experiment, Nothing(OneLine(e.Message)), started));
            }
            catch (ConfigurationException full)
            {
                surroundings.Error.WriteLine($"testbed: {full.Message}");
            }

            throw;
        }

        return Conclude(request, experiment, outcome, folder, started);
    }

    private ResolvedExperiment Resolve(RunRequest request) =>
        new ExperimentResolver(ExperimentCatalog.Open(request.Config), validators)
            .Resolve(request.Experiment, request.Sets, request.Seed, request.Faults);

    private Task ShowAsync(LatestProgress progress, ResolvedExperiment experiment, ExperimentShape shape, Task run)
    {
        var total = shape.Program == ExperimentProgram.Nettest ? NettestSettings.Read(SettingsReader.Of(experiment)).Bytes : (long?)null;
        var view = new ProgressView(progress, total, shape.Start);
        return surroundings.LiveError
            ? LiveProgress.ShowAsync(view, surroundings.Error, run)
            : ProgressLines.ShowAsync(view, surroundings.Error, run);
    }

    private int Conclude(RunRequest request, ResolvedExperiment experiment, RunOutcome outcome, RunFolder folder, DateTime started)
    {
        var result = Result(experiment, outcome, started);
        var exit = result.Partial ? ExitCode.FailedRun : ExitCode.Success;
        string? trouble = null;
        IReadOnlyList<string> notes = [];
        try
        {
            // If it cannot be, what stands in the folder still says that there was no end.
            folder.Write(experiment, result);
            if (request.Mode.Recording is { } recording)
                notes = [.. Missed(recording, result), .. RecordingFiles.Write(folder, experiment, outcome.Sender.Recording, outcome.Receiver.Recording)];
        }
        catch (Exception e) when (e is ConfigurationException or FormatException)
        {
            (trouble, exit) = (e.Message, ExitCode.FailedRun);
        }

        surroundings.Out.Write(request.Json ? result.ToJson() : Summary.Of(result, folder.Path, surroundings.Width, surroundings.Colour, notes));
        surroundings.Out.Flush();
        foreach (var note in request.Json ? notes : [])
            surroundings.Error.WriteLine($"testbed: {note}");
        if (trouble is not null)
            surroundings.Error.WriteLine($"testbed: {trouble}");
        if (Invariants.IsViolation(result.Failure))
        {
            surroundings.Error.WriteLine($"testbed: this is a defect of the testbed; please report it with the run's folder.\n{result.Failure}");
            return ExitCode.Defect;
        }

        if ((outcome.Sender.Defect ?? outcome.Receiver.Defect) is { } defect)
        {
            surroundings.Error.WriteLine($"testbed: this is a defect of the testbed; please report it with what follows.\n{defect}");
            return ExitCode.Defect;
        }

        if (result.Failure is not null)
            surroundings.Error.WriteLine($"testbed: the run failed: {result.Failure}");
        return exit;
    }

    private static IEnumerable<string> Missed(RecordingSettings recording, RunResult result)
    {
        var seconds = result.Deterministic.VirtualSeconds;
        if (recording.From.Nanoseconds > seconds * 1_000_000_000)
            yield return $"nothing was captured or traced: the run was over at {seconds} s, before --from";
    }

    private static RunResult Result(ResolvedExperiment experiment, RunOutcome outcome, DateTime started) => ResultBuilder.Build(
        experiment,
        outcome.Failure is null ? null : OneLine(outcome.Failure),
        outcome.Sender,
        outcome.Receiver,
        new WallFacts(outcome.Mode, started, outcome.WallSeconds));

    private static RunOutcome Nothing(string failure) =>
        new(failure, new PcOutcome(failure, "", ""), new PcOutcome(failure, "", ""), "", 0);

    private static string OneLine(string text) => text.Split('\n', 2)[0].TrimEnd();
}
