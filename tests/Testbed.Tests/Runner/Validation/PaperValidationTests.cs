using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Runner.CommandLine;
using Testbed.Runner.Validation;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Validation;

public class PaperValidationTests
{
    [Fact]
    public async Task Each_reading_is_run_with_each_seed_and_each_native_experiment_with_a_few()
    {
        var runs = new FakeBaseline();
        await runs.ValidateAsync(runs: 4, seed: 7, "cable.delay=1us");
        long[] seeds = [7, 8, 9, 10];
        var asked = runs.Asked.OrderBy(run => run.Seed).ToLookup(run => (run.Name, run.Sets), run => run.Seed);
        Assert.Equal(4, asked.Count);
        Assert.Equal(seeds, asked[("vm733-to-350", "cable.delay=1us sender.vm.data-port-reads-switch=on")]);
        Assert.Equal(seeds, asked[("vm733-to-350", "cable.delay=1us sender.vm.data-port-reads-switch=off")]);
        Assert.Equal(seeds.Take(3), asked[("native-733-to-350", "cable.delay=1us")]);
        Assert.Equal(seeds.Take(3), asked[("native-350-to-733", "cable.delay=1us")]);
    }

    [Fact]
    public async Task Figures_as_published_hold()
    {
        var report = await new FakeBaseline().ValidateAsync();
        Assert.Empty(report.Failures);
        var must = Rows(report).Where(row => row.Must).ToArray();
        Assert.All(must, row => Assert.Equal(Verdict.Holds, row.Verdict));
        Assert.Equal(2 + 6 + 8 + 4, must.Length);
    }

    [Theory]
    [InlineData("total", "OUT to the guest's next instruction")]
    [InlineData("worldSwitch", "a world switch, there and back")]
    public async Task A_latency_that_is_4_percent_off_fails(string name, string meaning)
    {
        var runs = new FakeBaseline { Sender = (_, on, report) => on ? With(report, Longer(name)) : report };
        Assert.Equal([meaning], (await runs.ValidateAsync()).Failures.Select(row => row.Name));
    }

    [Fact]
    public async Task A_latency_that_is_missing_fails()
    {
        var runs = new FakeBaseline { Sender = (_, on, report) => on ? With(report, vm => Path(vm, figure => figure with { Count = 0 })) : report };
        Assert.Equal(6, (await runs.ValidateAsync()).Failures.Count);
    }

    [Fact]
    public async Task An_average_that_is_6_percent_off_fails()
    {
        var runs = new FakeBaseline { Sender = (_, on, report) => on ? With(report, vm => Rows(vm, "Virtualizing IRET", 1.06m)) : report };
        Assert.Equal(["Virtualizing IRET"], (await runs.ValidateAsync()).Failures.Select(row => row.Name));
    }

    [Fact]
    public async Task Costs_are_calibrated_in_the_default_reading_and_the_other_is_only_shown()
    {
        var runs = new FakeBaseline { Sender = (_, on, report) => on ? report : With(report, Longer("total")) };
        var report = await runs.ValidateAsync();
        Assert.Empty(report.Failures);
        Assert.Contains(Rows(report), row => row is { Verdict: Verdict.Off, Name: "OUT to the guest's next instruction" });
    }

    [Fact]
    public async Task Native_figures_have_to_hold_too()
    {
        var runs = new FakeBaseline
        {
            Sender = (name, _, report) => name switch
            {
                // 0.2 % later: 94.3 Mb/s in the one direction only.
                "native-350-to-733" => report with { FirstByteSentNs = report.FirstByteSentNs + 20_000_000 },
                "native-733-to-350" => report with { Node = report.Node with { IdlePercent = 85.4m } },
                _ => report,
            },
        };
        Assert.Equal(
            ["throughput, PC-350 to PC-733", "difference of the two", "idle, PC-733 sending"],
            (await runs.ValidateAsync()).Failures.Select(row => row.Name));
    }

    [Fact]
    public async Task A_share_that_the_mechanism_s_count_contradicts_has_a_note_with_the_size_of_it()
    {
        var section = (await new FakeBaseline().ValidateAsync()).Readings[0].Sections.Single(s => s.Title.Contains("all time", StringComparison.Ordinal));
        Assert.Equal(Verdict.Contradiction, section.Rows.Single(row => row.Name == "Emulating the Lance status register").Verdict);
        var note = section.Notes.Single(n => n.StartsWith("Emulating the Lance status register", StringComparison.Ordinal));
        Assert.Contains("4.0 % at 3.1 µs are 2.05 for each packet sent", note, StringComparison.Ordinal);
        Assert.Contains("the mechanism has 3.40, +66 %", note, StringComparison.Ordinal);
        Assert.Contains("the published average is a share of 6.2 %", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_share_that_differs_only_because_the_whole_does_says_so()
    {
        var runs = new FakeBaseline { Sender = (_, _, report) => With(report, vm => Rows(vm, "VMM", 0.95m)) };
        var section = (await runs.ValidateAsync()).Readings[0].Sections.Single(s => s.Title.Contains("all time", StringComparison.Ordinal));
        var note = section.Notes.Single(n => n.StartsWith("VMM:", StringComparison.Ordinal));
        Assert.Contains("77.3 % are 122.6 µs for each packet sent", note, StringComparison.Ordinal);
        Assert.Contains("a packet takes 158.6 µs in Table 1 (82,632 in 13.1 s)", note, StringComparison.Ordinal);
        Assert.Contains("(76,800)", note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_other_is_made_of_is_said_with_shares()
    {
        var sections = (await new FakeBaseline().ValidateAsync()).Readings[0].Sections;
        Assert.Contains(
            "Other: host: world-switch-interrupt 1.48 %, host: driver-transmit 1.42 %, host: vmapp-select 0.92 %, host: system-call 0.00 %.",
            sections.SelectMany(section => section.Notes));
    }

    [Fact]
    public async Task A_share_that_is_off_for_no_such_reason_is_off()
    {
        var runs = new FakeBaseline { Sender = (_, _, report) => With(report, vm => Rows(vm, "Transitioning to/from virtualization code", 2)) };
        var rows = Rows(await runs.ValidateAsync()).Where(row => row.Name == "Transitioning to/from virtualization code").ToArray();
        Assert.Equal(2, rows.Length);
        Assert.All(rows, row => Assert.Equal(Verdict.Off, row.Verdict));
    }

    [Fact]
    public async Task Figure_5_is_compared_with_table_1()
    {
        var section = (await new FakeBaseline().ValidateAsync()).Readings[0].Sections.Single(s => s.Title.StartsWith("Figure 5", StringComparison.Ordinal));
        Assert.Contains("(7.45 + 5.2 + 13.8), takes 26.45 µs: 5.18 µs or 16 % less", section.Notes.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_run_is_named()
    {
        var runs = new FakeBaseline { Failure = "stuck" };
        var failure = await Assert.ThrowsAsync<ValidationException>(() => runs.ValidateAsync(runs: 1, seed: 9));
        Assert.Matches(@"^\S+.*, seed 9: stuck$", failure.Message);
    }

    [Fact]
    public async Task No_line_in_the_terminal_is_wider_than_80_columns()
    {
        var text = ValidationText.Of(await new FakeBaseline().ValidateAsync(), 80, colour: false);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 80, line));
        Assert.Matches(@"\n  throughput +64 +64\.00 +0\.00 +0\.0 % +holds", text);
        Assert.Contains("All that has to hold holds", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_says_first_by_which_command_it_was_made_and_has_a_row_for_each_published_figure()
    {
        var page = ValidationMarkdown.Of(await new FakeBaseline().ValidateAsync(2, 5, "cable.delay=1us"));
        Assert.Contains("`testbed validate --runs 2 --seed 5 --set 'cable.delay=1us' --markdown > docs/validation.md`", page.Split('\n')[2], StringComparison.Ordinal);
        Assert.All(PublishedFigures.Table1, row => Assert.Contains($"| {row.Name} | {row.SharePercent} |", page, StringComparison.Ordinal));
        Assert.All(PublishedFigures.Latencies, latency => Assert.Contains($"| {latency.Meaning} | {latency.Us} |", page, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Emulating the Lance status register", 2)]
    [InlineData("IN/OUTs requiring a switch to VMApp", 4.4)]
    [InlineData("IN/OUTs handled in the VMM", 7.4)]
    [InlineData("IN/OUTs to the Lance address port", 13)]
    [InlineData("Virtualizing IRET", 1.5)]
    public void Published_shares_and_averages_imply_the_counts_that_one_computes_by_hand(string row, double perPacket) =>
        Assert.Equal(perPacket, (double)PublishedFigures.ImpliedPerPacket(PublishedFigures.Row(row))!.Value, tolerance: 0.05 * perPacket);

    [Fact]
    public void Published_figures_are_those_of_rows_and_latencies_that_results_have()
    {
        Assert.InRange(PublishedFigures.Packets, 82_000, 83_500);
        var rows = SampleVm.Vm.Profile.Select(row => (row.Column, row.Name)).ToArray();
        Assert.All(PublishedFigures.Table1, row => Assert.Contains((row.Column, row.Name), rows));
    }

    [Fact]
    public void A_spread_is_mean_and_standard_deviation()
    {
        Assert.Equal(new Spread(4, 2, 3), Spread.Of([2, 4, 6]));
        Assert.Equal(new Spread(5, 0, 1), Spread.Of([5]));
        Assert.Null(Spread.Of([]));
    }

    [Theory]
    [InlineData(0, 1.00, "holds")]
    [InlineData(1, 1.04, "FAILS")]
    public async Task The_command_prints_the_report_and_exits_1_only_if_what_has_to_hold_does_not(int exit, double factor, string expected)
    {
        var runs = new FakeBaseline { Sender = (_, on, report) => on ? With(report, Longer("total", (decimal)factor)) : report };
        using StringWriter output = new(), error = new();
        var cli = new TestbedCli(new(output, error, LiveError: false, Colour: false, Width: 80), _ => runs, SettingsValidators.All);
        Assert.Equal(exit, await cli.RunAsync(["validate", "--runs", "1", "--seed", "3"], CancellationToken.None));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
        Assert.Equal(exit, error.ToString().Count(c => c == '\n'));
    }

    private static IEnumerable<Comparison> Rows(ValidationReport report) =>
        report.Readings.SelectMany(reading => reading.Sections).SelectMany(section => section.Rows);

    private static PcReport With(PcReport report, Func<VmResult, VmResult> change) =>
        report.Node.Vm is { } vm ? report with { Node = report.Node with { Vm = change(vm) } } : report;

    private static Func<VmResult, VmResult> Longer(string name, decimal factor = 1.04m) =>
        vm => Path(vm, figure => figure.Name == name ? figure with { MedianNs = (long)(figure.MedianNs * factor) } : figure);

    private static VmResult Path(VmResult vm, Func<LatencyFigure, LatencyFigure> change) =>
        vm with { Transmission = vm.Transmission with { Totals = [.. vm.Transmission.Totals.Select(change)] } };

    private static VmResult Rows(VmResult vm, string name, decimal factor) => vm with
    {
        Profile =
        [
            .. vm.Profile.Select(row => row.Name == name ? row with { AverageUs = row.AverageUs * factor, Percent = row.Percent * factor, TimeUs = row.TimeUs * factor } : row),
        ],
    };
}
