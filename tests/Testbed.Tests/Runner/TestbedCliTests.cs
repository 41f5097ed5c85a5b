using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Runner;
using Testbed.Runner.CommandLine;
using Testbed.Runner.Studies;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public sealed class TestbedCliTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("testbed-run-").FullName;
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();
    private RunModeRequest? _asked;

    private string Out => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_run_prints_a_summary_and_writes_its_folder()
    {
        Assert.Equal(0, await RunAsync(new FakeRun(), "run", "native-733-to-350", "--out", Out));
        Assert.Contains("throughput  94.13 Mb/s", _out.ToString(), StringComparison.Ordinal);
        Assert.Empty(_error.ToString());
        Assert.Equal(["experiment.conf", "result.json"], Directory.GetFiles(Out).Select(Path.GetFileName).Order());
        await ResultSchema.AssertValidAsync(WrittenText());
        Assert.False(Written().Partial);
        var conf = HoconText.ParseFile(Path.Combine(Out, "experiment.conf"), "experiment.conf");
        Assert.Equal(SampleReports.Experiment().Hocon, CanonicalHocon.Write(conf.Values));
    }

    [Fact]
    public async Task Json_is_the_file_and_nothing_else()
    {
        Assert.Equal(0, await RunAsync(new FakeRun(), "run", "native-733-to-350", "--out", Out, "--json"));
        Assert.Equal(WrittenText(), _out.ToString());
    }

    [Fact]
    public async Task Sets_and_seed_reach_the_experiment()
    {
        await RunAsync(new FakeRun(), "run", "native-733-to-350", "--out", Out, "--set", "cable.delay=2 us", "--set=nettest.chunk=512", "--seed", "9");
        var result = Written();
        Assert.Equal(9, result.Seed);
        Assert.Equal("2 us", result.Resolved["cable.delay"]!.GetValue<string>());
        Assert.Equal("512", result.Resolved["nettest.chunk"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_failed_run_exits_1_with_one_line_and_keeps_a_result_marked_partial()
    {
        Assert.Equal(1, await RunAsync(new FakeRun { Failure = "pc-350: its process ended" }, "run", "native-733-to-350", "--out", Out));
        Assert.Equal("testbed: the run failed: pc-350: its process ended\n", _error.ToString());
        Assert.Contains("PARTIAL", _out.ToString(), StringComparison.Ordinal);
        Assert.True(Written().Partial);
        await ResultSchema.AssertValidAsync(WrittenText());
    }

    [Fact]
    public async Task An_ended_run_exits_1_and_keeps_a_result_marked_partial()
    {
        using var cancel = new CancellationTokenSource();
        var run = new FakeRun { Takes = TimeSpan.FromMinutes(1) };
        var exit = RunAsync(run, cancel.Token, "run", "native-733-to-350", "--out", Out, "--quiet");
        await run.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await cancel.CancelAsync();
        Assert.Equal(1, await exit.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("cancelled", Written().Failure);
    }

    [Fact]
    public async Task The_folder_holds_a_result_marked_partial_while_the_run_is_under_way()
    {
        using var cancel = new CancellationTokenSource();
        var run = new FakeRun { Takes = TimeSpan.FromMinutes(1) };
        // The file takes its name when it is whole.
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Directory.CreateDirectory(Out);
        using var watcher = new FileSystemWatcher(Out, "result.json");
        watcher.Renamed += (_, _) => written.TrySetResult();
        watcher.EnableRaisingEvents = true;
        var exit = RunAsync(run, cancel.Token, "run", "native-733-to-350", "--out", Out, "--quiet");
        await Task.WhenAll(run.Begun.Task, written.Task).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("the runner ended before the run did", Written().Failure);
        await cancel.CancelAsync();
        await exit;
    }

    [Fact]
    public async Task A_run_is_made_ready_and_disposed()
    {
        var run = new FakeRun();
        Assert.Equal(0, await RunAsync(run, "run", "ping", "--out", Out, "--quiet"));
        Assert.True(run.IsMadeReady);
        Assert.True(run.IsDisposed);
    }

    [Fact]
    public async Task What_was_made_ready_for_a_bad_experiment_is_disposed()
    {
        var run = new FakeRun();
        Assert.Equal(2, await RunAsync(run, "run", "pingg"));
        Assert.True(run.IsMadeReady);
        Assert.True(run.IsDisposed);
        Assert.False(run.Begun.Task.IsCompleted);
    }

    [Fact]
    public async Task For_a_dry_run_nothing_is_made_ready()
    {
        var run = new FakeRun();
        Assert.Equal(0, await RunAsync(run, "run", "ping", "--dry-run"));
        Assert.False(run.IsMadeReady);
    }

    [Fact]
    public async Task A_defect_exits_3_with_a_stack_trace_and_is_in_the_result()
    {
        Assert.Equal(3, await RunAsync(new FakeRun { Throws = new InvalidOperationException("lost") }, "run", "ping", "--out", Out));
        Assert.Contains("at Testbed.Tests.Runner.FakeRun", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("lost", Written().Failure);
    }

    [Fact]
    public async Task A_defect_that_a_pc_reports_exits_3_with_all_that_it_said()
    {
        Assert.Equal(3, await RunAsync(new FakeRun { Failure = "a defect: lost", Defect = "lost\n  at X" }, "run", "ping", "--out", Out));
        Assert.Contains("  at X", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal("a defect: lost", Written().Failure);
    }

    [Fact]
    public async Task A_mistake_that_only_the_run_can_find_exits_2()
    {
        Assert.Equal(2, await RunAsync(new FakeRun { Throws = new ConfigurationException("--node: port in use") }, "run", "ping", "--out", Out));
        Assert.Equal("testbed: --node: port in use\n", _error.ToString());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_found_before_the_run()
    {
        File.WriteAllText(Out, "in the way");
        var run = new FakeRun();
        Assert.Equal(2, await RunAsync(run, "run", "ping", "--out", Path.Combine(Out, "x")));
        AssertOneLine("the run's folder cannot be written");
        Assert.False(run.Begun.Task.IsCompleted);
    }

    [SkippableFact]
    public async Task A_full_disk_is_found_before_the_run()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no full device on this system");
        // The probe is a file of a fixed name; here it leads to a device on which nothing fits.
        Directory.CreateDirectory(Out);
        File.CreateSymbolicLink(Path.Combine(Out, ".probe"), "/dev/full");
        var run = new FakeRun();
        Assert.Equal(2, await RunAsync(run, "run", "ping", "--out", Out));
        AssertOneLine("the run's folder cannot be written");
        Assert.False(run.Begun.Task.IsCompleted);
    }

    [Fact]
    public async Task A_folder_lost_during_the_run_is_told_in_one_line_after_the_summary()
    {
        using var cancel = new CancellationTokenSource();
        var run = new FakeRun { Takes = TimeSpan.FromMinutes(1) };
        var exit = RunAsync(run, cancel.Token, "run", "ping", "--out", Out, "--quiet");
        await run.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Directory.Delete(Out, recursive: true);
        await cancel.CancelAsync();
        Assert.Equal(1, await exit.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("the run's folder cannot be written", _error.ToString(), StringComparison.Ordinal);
        Assert.Contains("throughput", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_prints_the_resolved_experiment_and_runs_nothing()
    {
        Assert.Equal(0, await RunAsync(new FakeRun(), "run", "native-733-to-350", "--dry-run"));
        Assert.Equal(SampleReports.Experiment().Hocon, _out.ToString());
        Assert.Null(_asked);
    }

    [Fact]
    public async Task The_way_to_run_is_what_was_asked_for()
    {
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out, "--in-process");
        Assert.True(_asked!.InProcess);
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out, "--node", "pc-733=a:1", "--node", "pc-350=b:2");
        Assert.False(_asked.InProcess);
        Assert.Equal(["pc-733=a:1", "pc-350=b:2"], _asked.Nodes);
    }

    [Fact]
    public async Task What_is_to_be_recorded_is_what_was_asked_for()
    {
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out);
        Assert.Null(_asked!.Recording);
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out, "--pcap", "--timeline", "--from", "2ms", "--for", "3 ms");
        Assert.Equal(new(true, false, Duration.FromMilliseconds(10), new Instant(2_000_000), new Instant(5_000_000)), _asked.Recording);
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out, "--trace");
        Assert.Equal(new(false, true, null, Instant.Zero, Instant.Never), _asked.Recording);
    }

    [Fact]
    public async Task What_an_earlier_run_recorded_in_the_folder_is_gone()
    {
        Directory.CreateDirectory(Out);
        foreach (var name in new[] { "trace.json", "timeline.csv", "pc-733-host.pcapng", "notes.txt" })
            File.WriteAllText(Path.Combine(Out, name), "");
        await RunAsync(new FakeRun(), "run", "ping", "--out", Out);
        Assert.Equal(["experiment.conf", "notes.txt", "result.json"], Directory.GetFiles(Out).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_run_ends_by_saying_what_it_wrote_and_how_to_look_at_it()
    {
        var mode = new InProcessRun(new(true, true, Duration.FromMilliseconds(10), Instant.Zero, Instant.Never));
        Assert.Equal(0, await RunAsync(
            mode, CancellationToken.None, "run", "vm-ping", "--set", "ping.count=1", "--out", Out, "--quiet", "--pcap", "--trace", "--timeline"));
        var hints = _out.ToString().Split('\n').SkipWhile(line => !line.Contains("written to", StringComparison.Ordinal)).ToArray();
        foreach (var file in Directory.GetFiles(Out).Where(file => Path.GetExtension(file) is ".pcapng" or ".csv" || file.EndsWith("trace.json", StringComparison.Ordinal)))
            Assert.Contains(hints, line => line.Contains(file, StringComparison.Ordinal));
        Assert.Contains(hints, line => line.Contains("testbed explain", StringComparison.Ordinal));
        Assert.Equal(7, Directory.GetFiles(Out).Length);
    }

    [Fact]
    public async Task A_recording_from_after_the_end_says_that_it_is_empty()
    {
        await RunAsync(
            new InProcessRun(), CancellationToken.None, "run", "ping", "--set", "ping.count=1", "--out", Out, "--quiet", "--json", "--pcap", "--from", "100 s");
        Assert.Contains("nothing was captured or traced: the run was over at ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_report_is_made_of_a_runs_folder_or_of_its_result()
    {
        await RunAsync(new InProcessRun(), CancellationToken.None, "run", "ping", "--set", "ping.count=1", "--out", Out, "--quiet");
        Assert.Equal(0, await RunAsync(new FakeRun(), CancellationToken.None, "report", Path.Combine(Out, "result.json")));
        Assert.True(File.Exists(Path.Combine(Out, "report.html")));
    }

    [Fact]
    public async Task Progress_without_a_terminal_is_a_line_a_second_on_standard_error()
    {
        await RunAsync(new FakeRun { Takes = TimeSpan.FromMilliseconds(1500) }, "run", "native-733-to-350", "--out", Out, "--json");
        var lines = _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 1, 10);
        Assert.All(lines, line => Assert.Matches(@"^[\d.]+ s virtual, [\d.]+ of 100 MiB, [\d.]+ Mb/s, [\d.]+ s wall$", line));
    }

    [Fact]
    public async Task Quiet_is_quiet()
    {
        await RunAsync(new FakeRun { Takes = TimeSpan.FromMilliseconds(1200) }, "run", "native-733-to-350", "--out", Out, "--quiet");
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public async Task The_list_has_a_line_for_each_experiment_system_plan_and_study()
    {
        Assert.Equal(0, await RunAsync(new FakeRun(), "list"));
        var catalog = ExperimentCatalog.Open(null);
        Assert.Equal(
            [.. catalog.Names, "", "What", .. catalog.Systems, "", "Plans", .. catalog.FaultPlans, "", "Studies,", .. new StudyCatalog(catalog).Names],
            _out.ToString().TrimEnd().Split('\n').Select(l => l.Split(' ')[0]));
        Assert.Equal("native", catalog.Systems[0]);
    }

    [Theory]
    [InlineData("testbed list", "--help")]
    [InlineData("Exit codes", "--help")]
    [InlineData("--dry-run", "run", "--help")]
    [InlineData("--config", "list", "--help")]
    [InlineData("0.", "--version")]
    public async Task Help_is_everywhere(string expected, params string[] args)
    {
        Assert.Equal(0, await RunAsync(new FakeRun(), args));
        Assert.Contains(expected, _out.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("expected a command: run, explain, compare, sweep, chaos, report, validate or list")]
    [InlineData("did you mean list?", "lst")]
    [InlineData("run: expected an experiment", "run")]
    [InlineData("did you mean ping?", "run", "pong")]
    [InlineData("did you mean --seed?", "run", "ping", "--sed", "1")]
    [InlineData("--seed", "run", "ping", "--seed")]
    [InlineData("--seed x: expected a whole number", "run", "ping", "--seed", "x")]
    [InlineData("testbed run knows no such argument", "run", "ping", "pong")]
    [InlineData("did you mean cable.delay?", "run", "ping", "--set", "cable.dealy=1us")]
    [InlineData("--node: does not go with --in-process", "run", "ping", "--in-process", "--node", "pc-733=a:1")]
    [InlineData("--transport: does not go with --in-process", "run", "ping", "--in-process", "--transport", "cable-tcp")]
    [InlineData("is no configuration folder", "list", "--config", "/nowhere")]
    [InlineData("@x: there is no such experiment", "run", "@x")]
    [InlineData("--runs 0: expected a whole number from 1", "validate", "--runs", "0")]
    [InlineData("--seed -1: expected a whole number", "validate", "--seed=-1")]
    [InlineData("testbed validate knows no such argument", "validate", "ping")]
    [InlineData("chaos: expected an experiment", "chaos")]
    [InlineData("did you mean ping?", "chaos", "pong")]
    [InlineData("--runs 0: expected a whole number from 1", "chaos", "ping", "--runs", "0")]
    [InlineData("--seed x: expected a whole number", "chaos", "ping", "--seed", "x")]
    [InlineData("--jobs 0: expected a whole number from 1", "chaos", "ping", "--jobs", "0")]
    [InlineData("--budget: 'soon' is not a time", "chaos", "ping", "--budget", "soon")]
    [InlineData("did you mean --budget?", "chaos", "ping", "--budge", "1 s")]
    [InlineData("did you mean cable.delay?", "chaos", "ping", "--set", "cable.dealy=1us")]
    [InlineData("explain: expected a run's folder", "explain")]
    [InlineData("/nowhere: there is no such run", "explain", "/nowhere")]
    [InlineData("compare: expected two runs", "compare", "/nowhere")]
    [InlineData("/nowhere: there is no such run", "compare", "/nowhere", "/nowhere")]
    [InlineData("--bin: has no effect without --timeline", "run", "ping", "--bin", "1 ms")]
    [InlineData("--from: has no effect without --pcap or --trace", "run", "ping", "--timeline", "--from", "1 ms")]
    [InlineData("--for: has no effect without --pcap or --trace", "run", "ping", "--for", "1 ms")]
    [InlineData("--bin 1 ns: expected a time from 1 us to 1 h", "run", "ping", "--timeline", "--bin", "1 ns")]
    [InlineData("--from 5: has no unit", "run", "ping", "--pcap", "--from", "5")]
    [InlineData("--for 0: expected a time from 1 ns", "run", "ping", "--trace", "--for", "0")]
    public async Task A_mistake_exits_2_with_one_line(string expected, params string[] args)
    {
        Assert.Equal(2, await RunAsync(new FakeRun(), args));
        AssertOneLine(expected);
        Assert.Empty(_out.ToString());
    }

    private Task<int> RunAsync(FakeRun run, params string[] args) => RunAsync(run, CancellationToken.None, args);

    private Task<int> RunAsync(IRunMode run, CancellationToken cancel, params string[] args)
    {
        IRunMode Create(RunModeRequest request)
        {
            _asked = request;
            return run;
        }

        var surroundings = new Surroundings(_out, _error, LiveError: false, Colour: false, Width: 80);
        return new TestbedCli(surroundings, Create, SettingsValidators.All).RunAsync(args, cancel);
    }

    private void AssertOneLine(string expected)
    {
        var text = _error.ToString();
        Assert.StartsWith("testbed: ", text, StringComparison.Ordinal);
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
    }

    private string WrittenText() => File.ReadAllText(Path.Combine(Out, "result.json"));

    private RunResult Written() => RunResult.Parse(WrittenText());
}
