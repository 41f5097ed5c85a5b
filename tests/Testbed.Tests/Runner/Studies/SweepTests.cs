using Parquet;
using Testbed.Node.Experiments;
using Testbed.Runner;
using Testbed.Runner.CommandLine;
using Testbed.Runner.Studies;

namespace Testbed.Tests.Runner.Studies;

/// <summary><c>testbed sweep</c>, from its arguments to its tables.</summary>
public sealed class SweepTests : IDisposable
{
    private const string Study = """
        description = "a test"
        experiment = native-733-to-350
        set { nettest.bytes = 64 KiB }
        repetitions = 3
        axes.chunk.nettest.chunk = [4096, 65536]
        outputs = [throughputMbps, sender.idlePercent, sender.vm.worldSwitches.portAccess]
        pictures.throughput { kind = bars, per = nettest.chunk, y = throughputMbps, title = "Throughput" }
        """;

    private static readonly string[] Deterministic = ["table.csv", "table.parquet", "summary.csv", "study.conf", "study.json"];

    private readonly string _folder = Directory.CreateTempSubdirectory("testbed-sweep-").FullName;
    private readonly StringWriter _out = new();
    private readonly StringWriter _error = new();

    public SweepTests() => File.WriteAllText(StudyPath, Study);

    private string StudyPath => Path.Combine(_folder, "study.conf");

    private string Out => Path.Combine(_folder, "out");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Several_runs_at_a_time_come_to_the_same_as_one_after_the_other()
    {
        foreach (var jobs in new[] { "1", "4" })
            Assert.Equal(0, await SweepAsync(new InProcessRun(), "--jobs", jobs, "--set", "nettest.bytes=16KiB", "--out", Out + jobs));
        Assert.Equal(Files(Out + "1"), Files(Out + "4"));
        var table = Csv.ReadFile(Path.Combine(Out + "1", "table.csv"));
        Assert.Equal(6, table.Rows.Select(row => row[table.Index("digest")]).Distinct().Count());
        Assert.Equal(["4096", "4096", "4096", "65536", "65536", "65536"], table.Rows.Select(row => row[table.Index("nettest.chunk")]));
        Assert.All(table.Rows, row => Assert.InRange(StudyTable.Number(row[table.Index("throughputMbps")])!.Value, 10, 95));
        Assert.Equal(["throughput.csv", "throughput.png", "throughput.svg"], Directory.GetFiles(Path.Combine(Out + "1", "pictures")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task An_ended_sweep_goes_on_where_it_was_and_comes_to_the_same_table()
    {
        Assert.Equal(0, await SweepAsync(new SeededRun(), "--out", Out + "-whole"));
        using var cancel = new CancellationTokenSource();
        var first = new SeededRun
        {
            Before = n =>
            {
                if (n == 2)
                    cancel.Cancel();
            },
        };
        Assert.Equal(1, await SweepAsync(first, cancel.Token, "--jobs", "1", "--out", Out));
        Assert.Contains("cancelled; 2 of 6 runs", _error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, Csv.ReadFile(Path.Combine(Out, "table.csv")).Rows.Count);
        Assert.Equal(2, StudyFolder.Facts(Out).Finished);

        var second = new SeededRun();
        Assert.Equal(0, await SweepAsync(second, "--out", Out, "--resume"));
        Assert.Equal(4, second.Ran.Count);
        Assert.Empty(first.Ran.Intersect(second.Ran));
        Assert.Equal(Files(Out + "-whole"), Files(Out));
    }

    [Fact]
    public async Task A_result_that_was_not_written_whole_is_made_again()
    {
        await SweepAsync(new SeededRun(), "--out", Out);
        var files = Files(Out);
        var results = Directory.GetDirectories(Path.Combine(Out, "runs")).Order().Select(run => Path.Combine(run, "result.json")).ToArray();
        File.Delete(results[0]);
        await File.WriteAllTextAsync(results[1], (await File.ReadAllTextAsync(results[1]))[..100]);
        await File.WriteAllTextAsync(results[2], (await File.ReadAllTextAsync(results[2])).Replace("\"version\": \"", "\"version\": \"0", StringComparison.Ordinal));
        var again = new SeededRun();
        Assert.Equal(0, await SweepAsync(again, "--out", Out, "--resume"));
        Assert.Equal(3, again.Ran.Count);
        Assert.Equal(files, Files(Out));
    }

    [Fact]
    public async Task Other_settings_make_other_runs()
    {
        await SweepAsync(new SeededRun(), "--out", Out);
        var again = new SeededRun();
        Assert.Equal(0, await SweepAsync(again, "--out", Out, "--resume", "--set", "cable.delay=2us"));
        Assert.Equal(6, again.Ran.Count);
        Assert.Equal(6, Csv.ReadFile(Path.Combine(Out, "table.csv")).Rows.Count);
    }

    [Fact]
    public async Task A_sweep_does_not_write_over_another()
    {
        await SweepAsync(new SeededRun(), "--out", Out);
        var again = new SeededRun();
        await RefusesAsync("holds a sweep of study; --resume goes on with it", again, "--out", Out);
        using (StudyFolder.Open(Out, StudyCatalog.ReadFile(StudyPath), resume: true))
            await RefusesAsync("another sweep is writing to it", again, "--out", Out, "--resume");
        Assert.Empty(again.Ran);
        File.Copy(StudyPath, Path.Combine(_folder, "other.conf"));
        Assert.Equal(2, await RunAsync(again, ["sweep", Path.Combine(_folder, "other.conf"), "--resume", "--out", Out], CancellationToken.None));
        Assert.Contains("holds a sweep of study, not of other", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_fails_keeps_no_other_from_running()
    {
        var failing = new SeededRun { Failure = seed => seed == 2 ? "stuck" : null };
        Assert.Equal(1, await SweepAsync(failing, "--out", Out));
        Assert.Equal(6, failing.Ran.Count);
        Assert.Contains("2 of 6 runs failed; 0000-001-", _error.ToString(), StringComparison.Ordinal);
        var table = Csv.ReadFile(Path.Combine(Out, "table.csv"));
        Assert.Equal(["", "stuck", "", "", "stuck", ""], table.Rows.Select(row => row[table.Index("failure")]));
        Assert.Equal("", table.Rows[1][table.Index("throughputMbps")]);
        var again = new SeededRun();
        Assert.Equal(0, await SweepAsync(again, "--out", Out, "--resume"));
        Assert.Equal(2, again.Ran.Count);
    }

    [Fact]
    public async Task A_defect_ends_the_sweep_with_exit_code_3()
    {
        Assert.Equal(3, await SweepAsync(new SeededRun { Failure = _ => "a defect: lost", Defect = "lost\n  at X" }, "--out", Out));
        Assert.Contains("  at X", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dry_run_lists_the_runs_and_runs_nothing()
    {
        var run = new SeededRun();
        Assert.Equal(0, await SweepAsync(run, "--dry-run"));
        var lines = _out.ToString().TrimEnd().Split('\n');
        Assert.Equal(7, lines.Length);
        Assert.Matches("^0001-002-[0-9a-f]{8}  native-733-to-350  seed=3  nettest.chunk=65536$", lines[5]);
        Assert.Equal("6 runs: 2 points, 3 seeds each", lines[6]);
        Assert.Empty(run.Ran);
        Assert.Equal([StudyPath], Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public async Task The_summary_has_means_with_intervals_for_each_point()
    {
        await SweepAsync(new SeededRun(), "--out", Out);
        var summary = Csv.ReadFile(Path.Combine(Out, "summary.csv"));
        Assert.Equal(2, summary.Rows.Count);
        Assert.Equal("3", summary.Rows[0][summary.Index("runs")]);
        Assert.True(StudyTable.Number(summary.Rows[0][summary.Index("throughputMbps.ci95")]) >= 0);
        Assert.DoesNotContain("sender.vm.worldSwitches.portAccess.mean", summary.Columns);
    }

    [Fact]
    public async Task Parquet_and_csv_hold_the_same_with_numbers_as_numbers()
    {
        await SweepAsync(new SeededRun { Failure = seed => seed == 2 ? "stuck" : null }, "--out", Out);
        var table = Csv.ReadFile(Path.Combine(Out, "table.csv"));
        await using var reader = await ParquetReader.CreateAsync(Path.Combine(Out, "table.parquet"));
        Assert.Equal(table.Columns, reader.Schema.DataFields.Select(field => field.Name));
        using var group = reader.OpenRowGroupReader(0);
        Assert.Equal(table.Rows.Count, group.RowCount);
        var chunks = new long?[6];
        await group.ReadAsync<long>(reader.Schema.FindDataField("nettest.chunk"), chunks.AsMemory());
        Assert.Equal([4096, 4096, 4096, 65536, 65536, 65536], chunks);
        var throughput = new double?[6];
        await group.ReadAsync<double>(reader.Schema.FindDataField("throughputMbps"), throughput.AsMemory());
        Assert.Equal(table.Rows.Select(row => StudyTable.Number(row[table.Index("throughputMbps")])), throughput);
        Assert.Null(throughput[1]);
    }

    [Theory]
    [InlineData("expected a study; there are ablation,", "sweep")]
    [InlineData("did you mean seeds?", "sweep", "seed")]
    [InlineData("cannot be read", "sweep", "/nowhere/x.conf")]
    [InlineData("--jobs 0: expected a whole number from 1", "sweep", "seeds", "--jobs", "0")]
    [InlineData("did you mean --resume?", "sweep", "seeds", "--resum")]
    [InlineData("--set nettest.chunk=1: is what the study varies (axes.chunk)", "sweep", "STUDY", "--set", "nettest.chunk=1")]
    [InlineData("--set seed=5: a study's seeds come of its repetitions", "sweep", "seeds", "--set", "seed=5")]
    [InlineData("the study's folder cannot be written", "sweep", "seeds", "--out", "/dev/null/x")]
    [InlineData("report: expected a run's folder or a study's", "report")]
    [InlineData("/nowhere: there is no such folder", "report", "/nowhere")]
    public async Task A_mistake_exits_2_with_one_line(string expected, params string[] args)
    {
        var run = new SeededRun();
        Assert.Equal(2, await RunAsync(run, [.. args.Select(arg => arg == "STUDY" ? StudyPath : arg)], CancellationToken.None));
        AssertOneLine(expected);
        Assert.Empty(run.Ran);
    }

    [Fact]
    public async Task A_study_of_an_experiment_that_is_not_there_is_told_with_its_file()
    {
        File.WriteAllText(StudyPath, Study.Replace("experiment = ", "experiment = x", StringComparison.Ordinal));
        await RefusesAsync($"{StudyPath}: experiment = x", new SeededRun());
    }

    private static Dictionary<string, string> Files(string folder) => Deterministic.ToDictionary(
        name => name, name => Convert.ToHexString(File.ReadAllBytes(Path.Combine(folder, name))));

    private async Task RefusesAsync(string expected, IRunMode mode, params string[] options)
    {
        _error.GetStringBuilder().Clear();
        Assert.Equal(2, await SweepAsync(mode, options));
        AssertOneLine(expected);
        _error.GetStringBuilder().Clear();
    }

    private void AssertOneLine(string expected)
    {
        var text = _error.ToString();
        Assert.Contains(expected, text, StringComparison.Ordinal);
        Assert.Equal(text.Length - 1, text.IndexOf('\n', StringComparison.Ordinal));
    }

    private Task<int> SweepAsync(IRunMode mode, params string[] options) => SweepAsync(mode, CancellationToken.None, options);

    private Task<int> SweepAsync(IRunMode mode, CancellationToken cancel, params string[] options) =>
        RunAsync(mode, ["sweep", StudyPath, "--quiet", .. options], cancel);

    private Task<int> RunAsync(IRunMode mode, string[] args, CancellationToken cancel) => new TestbedCli(
        new Surroundings(_out, _error, LiveError: false, Colour: false, Width: 80), _ => mode, SettingsValidators.All).RunAsync(args, cancel);
}
