using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner;
using Testbed.Runner.Chaos;
using Testbed.Runner.CommandLine;

namespace Testbed.Tests.Runner.Chaos;

public sealed class ChaosCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("testbed-chaos-").FullName;
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Runs_under_random_faults_are_counted_and_come_to_the_same_whatever_the_jobs()
    {
        Assert.Equal(0, await ExecuteAsync(new InProcessRun(), Request("vm733-to-350", runs: 12, jobs: 3)));
        Assert.Contains("12 runs from seed 1", _out.ToString(), StringComparison.Ordinal);
        Assert.Matches(@"completed +\d", _out.ToString());
        Assert.Contains("run in two processes, too", _out.ToString(), StringComparison.Ordinal);
        var first = _out.ToString();
        _out.GetStringBuilder().Clear();
        Assert.Equal(0, await ExecuteAsync(new InProcessRun(), Request("vm733-to-350", runs: 12, jobs: 1)));
        Assert.Equal(first, _out.ToString());
    }

    [Theory]
    [InlineData("350-to-vm733", "VmNet.FrameArrived")]
    [InlineData("vm733-to-350", "VmNet.Write")]
    public async Task A_TCP_that_takes_wrong_checksums_is_caught_and_the_plan_made_small(string experiment, string message)
    {
        // Corruption where TCP's checksum alone is left to find it, among faults that are innocent.
        FaultSpace.Line[] space =
        [
            new("corrupt", FaultAim.Frames, 2, (keys, _) => (keys["target"], keys["message"]) = ("pc-733/vmnet", message)),
            new("delay", FaultAim.Cable, 1, (keys, _) => keys["delay"] = "20 us"),
            new("drop", FaultAim.Cable, 1),
        ];
        Assert.Equal(3, await ExecuteAsync(new LeakyRun(), Request(experiment, runs: 15, jobs: 2), space));
        Assert.Contains("VIOLATED an invariant", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("invariant: payload", _error.ToString(), StringComparison.Ordinal);
        var files = Directory.GetFiles(_folder);
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var settings = HoconText.ParseFile(file, file);
            Assert.InRange(settings.Keys.Count(key => key.EndsWith(".effect", StringComparison.Ordinal)), 1, 2);
            Assert.Contains($"--faults {file}", _out.ToString(), StringComparison.Ordinal);

            // What was saved fails again, under the seed in its name.
            var resolver = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All);
            var seed = Path.GetFileNameWithoutExtension(file).Split('-')[^1];
            var again = resolver.Resolve(experiment, ["nettest.bytes=200KiB", "virtual-limit=20s"], seed, file);
            var outcome = await new LeakyRun().RunAsync(again, new Progress<RunProgress>(), CancellationToken.None);
            Assert.Contains("invariant: payload", outcome.Receiver.Failure!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_defect_of_a_run_is_told_with_its_seed_and_its_trace_and_exits_3()
    {
        var broken = new BrokenRun();
        Assert.Equal(3, await ExecuteAsync(broken, Request("vm733-to-350", runs: 2, jobs: 1)));
        Assert.Contains("seed 1: InvalidOperationException: broken", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("at Testbed.Tests.Runner.Chaos", _error.ToString(), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_run_that_is_another_in_two_processes_is_told()
    {
        Assert.Equal(3, await ExecuteAsync(new InProcessRun(), Request("vm733-to-350", runs: 1, jobs: 1), twoProcesses: new LimitedRun()));
        Assert.Contains("DIFFERENT in two processes", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("--in-process", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_run_begins_after_the_budget()
    {
        var run = new BrokenRun();
        Assert.Equal(0, await ExecuteAsync(run, Request("vm733-to-350", runs: 5, jobs: 1) with { Budget = TimeSpan.Zero }));
        Assert.Contains(" 0 runs from seed 1", _out.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, run.Runs);
    }

    [Fact]
    public async Task An_end_before_the_end_says_how_far_it_came_and_exits_1()
    {
        using var cancel = new CancellationTokenSource();
        var run = new EndlessRun();
        var exit = ExecuteAsync(run, Request("vm733-to-350", runs: 5, jobs: 1), cancel: cancel.Token);
        await run.Begun.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await cancel.CancelAsync();
        Assert.Equal(1, await exit.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("testbed: cancelled after 0 of 5 runs", _error.ToString(), StringComparison.Ordinal);
    }

    private ChaosRequest Request(string experiment, int runs, int jobs) =>
        new(experiment, runs, Seed: 1, Budget: null, jobs, ["nettest.bytes=200KiB"], _folder, Quiet: true, Config: null);

    private Task<int> ExecuteAsync(
        IRunMode run, ChaosRequest request, IReadOnlyList<FaultSpace.Line>? space = null, IRunMode? twoProcesses = null, CancellationToken cancel = default) =>
        new ChaosCommand(
            new Surroundings(_out, _error, LiveError: false, Colour: false, Width: 100),
            mode => mode.InProcess ? run : twoProcesses ?? run,
            SettingsValidators.All,
            space).ExecuteAsync(request, cancel);

    private sealed class BrokenRun : IRunMode
    {
        public int Runs { get; private set; }

        public Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
        {
            Runs++;
            throw new InvalidOperationException("broken");
        }
    }

    private sealed class EndlessRun : IRunMode
    {
        public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
        {
            Begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancel);
            throw new InvalidOperationException("an endless run has ended");
        }
    }

    private sealed class LimitedRun : IRunMode
    {
        public Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel) =>
            new InProcessRun().RunAsync(experiment.WithSeed(99), progress, cancel);
    }
}
