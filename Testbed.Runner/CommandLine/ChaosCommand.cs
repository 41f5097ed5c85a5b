using System.CommandLine;
using Testbed.Node;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner.Chaos;
using Testbed.Runner.Output;
using Testbed.Runner.Studies;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed chaos</c>: many runs, each under a random plan of faults, and what must hold in all of them.</summary>
internal sealed class ChaosCommand(
    Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators, IReadOnlyList<FaultSpace.Line>? effects = null)
{
    /// <summary>The command's name.</summary>
    public const string Name = "chaos";

    private const int MostRuns = 1_000_000;
    private const int MostJobs = 1_000;

    /// <summary>Different failures that are made smaller; there are seldom more causes.</summary>
    private const int MostShrunk = 5;

    /// <summary>What each run is unless set otherwise: short, and given up soon if its plan leaves it nothing to go on with.</summary>
    private static readonly string[] Customary = ["nettest.bytes=4MiB", "virtual-limit=20s"];

    /// <summary>The command.</summary>
    /// <param name="surroundings">Where its words go.</param>
    /// <param name="modes">Makes the way to run.</param>
    /// <param name="validators">What checks an experiment's settings.</param>
    /// <param name="config">The option that names the configuration folder.</param>
    public static Command Make(
        Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators, Option<string?> config)
    {
        var experiment = new Argument<string>("EXPERIMENT") { Description = "Its name, as \"testbed list\" prints it." };
        var runs = new Option<string>("--runs") { Description = "How many runs. Default: 100", HelpName = "N", DefaultValueFactory = _ => "100" };
        var seed = new Option<string>("--seed")
        {
            Description = "The first run's seed; each after it has the next one. Default: 1",
            HelpName = "S",
            DefaultValueFactory = _ => "1",
        };
        var budget = new Option<string?>("--budget") { Description = "Begin no run after so much wall time, such as 10min.", HelpName = "TIME" };
        var jobs = new Option<string?>("--jobs") { Description = "Runs at a time. Default: as many as the machine has processors", HelpName = "N" };
        var set = new Option<string[]>("--set")
        {
            Description = $"Set a key of every run. Otherwise {string.Join(" and ", Customary)}, and what the experiment says.",
            HelpName = "KEY=VALUE",
            DefaultValueFactory = _ => [],
        };
        var folder = new Option<string>("--out") { Description = "Where the plans of failures are written. Default: chaos", HelpName = "DIR", DefaultValueFactory = _ => "chaos" };
        var quiet = new Option<bool>("--quiet") { Description = "Show no progress." };
        var command = new Command(Name, "Run an experiment many times under random faults, and check what must hold in every run.")
        {
            experiment, runs, seed, budget, jobs, set, folder, quiet,
        };
        command.SetAction((parsed, cancel) => new ChaosCommand(surroundings, modes, validators).ExecuteAsync(
            new(
                parsed.GetRequiredValue(experiment),
                (int)TestbedCli.Number("--runs", parsed.GetRequiredValue(runs), 1, MostRuns),
                TestbedCli.Number("--seed", parsed.GetRequiredValue(seed), 0, long.MaxValue - MostRuns),
                Budget(parsed.GetValue(budget)),
                parsed.GetValue(jobs) is { } n ? (int)TestbedCli.Number("--jobs", n, 1, MostJobs) : null,
                parsed.GetValue(set) ?? [],
                parsed.GetRequiredValue(folder),
                parsed.GetValue(quiet),
                parsed.GetValue(config)),
            cancel));
        return command;
    }

    public async Task<int> ExecuteAsync(ChaosRequest request, CancellationToken cancel)
    {
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(request.Config), validators);
        Setting[] sets = [.. Customary.Concat(request.Sets).Select(ExperimentResolver.ParseSet)];
        ResolvedExperiment Resolve(IReadOnlyList<Setting> plan, long seed) =>
            resolver.ResolveWith(request.Experiment, [.. sets, .. plan], Text($"{seed}"));
        var bare = SettingsReader.Of(Resolve([], request.Seed));
        var generator = new PlanGenerator(FaultableActors.Of(ExperimentSettings.Read(bare)), effects ?? FaultSpace.Effects);
        var runs = new ChaosRuns(generator, new ChaosTrial(Resolve, modes(new(InProcess: true, [])), modes(new(InProcess: false, []))));
        var bytes = ExperimentShape.Read(bare).Program == ExperimentProgram.Nettest ? NettestSettings.Read(bare).Bytes : (long?)null;
        try
        {
            await RunAsync(runs, request, bytes, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            Print(request, runs.Results);
            surroundings.Error.WriteLine(Text($"testbed: cancelled after {runs.Results.Count:#,0} of {request.Runs:#,0} runs"));
            return ExitCode.FailedRun;
        }

        Print(request, runs.Results);
        return await ConcludeAsync(runs, request, cancel);
    }

    private static TimeSpan? Budget(string? text)
    {
        try
        {
            return text is null ? null : NodeSettings.ParseWait(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"--budget: {e.Message}");
        }
    }

    private async Task RunAsync(ChaosRuns runs, ChaosRequest request, long? bytes, CancellationToken cancel)
    {
        var progress = new SweepProgress(request.Runs, 0);
        var run = Task.Run(
            () => runs.RunAsync(
                request.Seed, request.Runs, request.Jobs ?? Environment.ProcessorCount, request.Budget, bytes, progress, Tell, cancel),
            CancellationToken.None);
        if (!request.Quiet)
        {
            await (surroundings.LiveError
                ? LiveProgress.ShowAsync(progress, surroundings.Error, run)
                : ProgressLines.ShowAsync(progress, surroundings.Error, run));
        }

        await run;

        void Tell(ChaosResult failure) => surroundings.Error.WriteLine(Text($"testbed: seed {failure.Seed}: {failure.Reason}"));
    }

    private void Print(ChaosRequest request, IReadOnlyList<ChaosResult> results) =>
        surroundings.Out.Write(ChaosText.Summary(request.Experiment, request.Seed, results, surroundings.Width, surroundings.Colour));

    private async Task<int> ConcludeAsync(ChaosRuns runs, ChaosRequest request, CancellationToken cancel)
    {
        var failures = runs.Results.Where(result => result.IsFailure).ToArray();
        List<ChaosResult> kinds = [];
        foreach (var failure in failures)
        {
            if (kinds.Count < MostShrunk && !kinds.Any(failure.FailsAs))
                kinds.Add(failure);
        }

        try
        {
            foreach (var failure in kinds)
                await ShrinkAsync(runs, failure, request, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            surroundings.Error.WriteLine("testbed: cancelled while a plan was being made smaller");
        }

        if (failures.Length == 0)
            return ExitCode.Success;
        surroundings.Error.WriteLine(Text($"testbed: {failures.Length:#,0} of {runs.Results.Count:#,0} runs show defects of the testbed"));
        return ExitCode.Defect;
    }

    private async Task ShrinkAsync(ChaosRuns runs, ChaosResult failure, ChaosRequest request, CancellationToken cancel)
    {
        var (plan, trials) = await runs.ShrinkAsync(failure, cancel);
        var file = Path.Combine(request.Out, Text($"{request.Experiment}-{failure.Seed}.conf"));
        try
        {
            Directory.CreateDirectory(request.Out);
            await File.WriteAllTextAsync(file, plan.ToHocon(failure.Reason), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{file}: cannot be written: {e.Message}", e);
        }

        var sets = string.Concat(Customary.Concat(request.Sets).Select(set => set.Contains(' ', StringComparison.Ordinal) ? $" --set '{set}'" : $" --set {set}"));
        var where = failure.Outcome == ChaosOutcome.Differs ? "" : " --in-process";
        surroundings.Out.Write(ChaosText.Failure(
            failure, plan, trials, file, Text($"testbed run {request.Experiment}{where} --seed {failure.Seed}{sets} --faults {file}")));
        if (failure.Details is { } details)
            surroundings.Error.WriteLine($"testbed: seed {failure.Seed}: {details}");
    }
}
