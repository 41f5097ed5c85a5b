using System.CommandLine;
using Testbed.Node.Configuration;
using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Runner.Pictures;
using Testbed.Runner.Studies;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed sweep</c>: all runs of a study.</summary>
internal sealed class SweepCommand(Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators)
{
    /// <summary>The command's name.</summary>
    public const string Name = "sweep";

    private const int MostJobs = 1_000;

    /// <summary>The command.</summary>
    /// <param name="surroundings">Where its words go.</param>
    /// <param name="modes">Makes the way to run.</param>
    /// <param name="validators">What checks an experiment's settings.</param>
    /// <param name="config">The option that names the configuration folder.</param>
    public static Command Make(
        Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators, Option<string?> config)
    {
        var study = new Argument<string>("STUDY") { Description = "Its name, of a file in config/studies; or a file of your own, STUDY.conf." };
        var list = new Option<bool>("--dry-run") { Description = "List the runs, one a line, and run nothing." };
        var jobs = new Option<string?>("--jobs") { Description = "Runs at a time. Default: as many as the machine has processors", HelpName = "N" };
        var resume = new Option<bool>("--resume") { Description = "Go on with the sweep that the folder holds." };
        var folder = new Option<string?>("--out") { Description = "The study's folder. Otherwise studies/STUDY.", HelpName = "DIR" };
        var set = new Option<string[]>("--set")
        {
            Description = "Set a key of every run, such as nettest.bytes=1MiB. May be given again; the later is the stronger.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };
        var twoProcess = new Option<bool>("--two-process")
        {
            Description = "Give each PC of each run a process of its own. The table is the same, and there much later.",
        };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress." };
        var command = new Command(Name, "Run a study: all its runs, its tables and its pictures.")
        {
            study, list, jobs, resume, folder, set, twoProcess, quiet,
        };
        command.SetAction((parsed, cancel) => new SweepCommand(surroundings, modes, validators).ExecuteAsync(
            new(
                parsed.GetRequiredValue(study),
                parsed.GetValue(twoProcess),
                parsed.GetValue(set) ?? [],
                parsed.GetValue(jobs) is { } n ? (int)TestbedCli.Number("--jobs", n, 1, MostJobs) : null,
                parsed.GetValue(resume),
                parsed.GetValue(folder),
                parsed.GetValue(quiet),
                parsed.GetValue(list),
                parsed.GetValue(config)),
            cancel));
        return command;
    }

    /// <summary>The studies that there are, for a sentence.</summary>
    public static string Studies(string? config) => string.Join(", ", new StudyCatalog(ExperimentCatalog.Open(config)).Names);

    public async Task<int> ExecuteAsync(SweepRequest request, CancellationToken cancel)
    {
        var catalog = ExperimentCatalog.Open(request.Config);
        var study = new StudyCatalog(catalog).Read(request.Study);
        var runs = new StudyExpansion(new ExperimentResolver(catalog, validators))
            .Expand(study, [.. request.Sets.Select(ExperimentResolver.ParseSet)]);
        if (request.DryRun)
        {
            surroundings.Out.Write(SweepText.List(study, runs));
            return ExitCode.Success;
        }

        var mode = modes(new(!request.TwoProcess, []));
        foreach (var run in runs)
            mode.Check(run.Experiment);
        using var folder = StudyFolder.Open(request.Out ?? Path.Combine("studies", study.Name), study, request.Resume);
        var sweep = new Sweep(mode, folder);
        var left = sweep.Resume(runs);
        folder.Begin(study, request.Sets, runs.Count, runs.Count - left.Count);
        if (left.Count < runs.Count && !request.Quiet)
            surroundings.Error.WriteLine(Text($"{runs.Count - left.Count:#,0} of {runs.Count:#,0} runs are there already"));
        try
        {
            await RunAsync(sweep, left, runs.Count, request, cancel);
        }
        catch (SweepDefectException e)
        {
            surroundings.Error.WriteLine($"testbed: this is a defect of the testbed; please report it with what follows.\n{e.Message}");
            return ExitCode.Defect;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            folder.WriteTables(study, request.Sets, runs.Count, [.. sweep.Finished, .. sweep.Failed]);
            surroundings.Error.WriteLine(
                Text($"testbed: cancelled; {sweep.Finished.Count:#,0} of {runs.Count:#,0} runs are in {folder.Path}, and --resume goes on"));
            return ExitCode.FailedRun;
        }

        return Conclude(study, request, runs.Count, sweep, folder);
    }

    private async Task RunAsync(Sweep sweep, IReadOnlyList<StudyRun> left, int all, SweepRequest request, CancellationToken cancel)
    {
        var progress = new SweepProgress(all, all - left.Count);
        // Two processes keep two processors busy.
        var jobs = request.Jobs ?? Math.Max(1, Environment.ProcessorCount / (request.TwoProcess ? 2 : 1));
        var run = Task.Run(() => sweep.RunAsync(left, jobs, progress, cancel), CancellationToken.None);
        if (!request.Quiet)
        {
            await (surroundings.LiveError
                ? LiveProgress.ShowAsync(progress, surroundings.Error, run)
                : ProgressLines.ShowAsync(progress, surroundings.Error, run));
        }

        await run;
    }

    private int Conclude(Study study, SweepRequest request, int all, Sweep sweep, StudyFolder folder)
    {
        IReadOnlyList<(StudyRun Run, RunResult Result)> results = [.. sweep.Finished, .. sweep.Failed];
        var table = folder.WriteTables(study, request.Sets, all, results);
        var pictures = StudyPictures.Of(study, table, run => WrittenResult.Read(StudyFolder.RunPath(folder.Path, run)));
        PictureFiles.Write(folder.Path, pictures);
        surroundings.Out.Write(SweepText.Summary(study, table, folder.Path, pictures.Count, surroundings.Width, surroundings.Colour));
        foreach (var figure in study.Outputs.Where(figure => table.Rows.All(row => row[table.Index(figure.Name)].Length == 0)))
            surroundings.Error.WriteLine($"testbed: outputs: no run has {figure.Name}");
        if (sweep.Failed.Count == 0)
            return ExitCode.Success;
        var (run, result) = sweep.Failed.OrderBy(failed => failed.Run.Id, StringComparer.Ordinal).First();
        surroundings.Error.WriteLine(Text($"testbed: {sweep.Failed.Count:#,0} of {all:#,0} runs failed; {run.Id}: {result.Failure}"));
        return ExitCode.FailedRun;
    }
}
