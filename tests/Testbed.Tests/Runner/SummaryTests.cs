using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public class SummaryTests
{
    [Theory]
    [InlineData(80)]
    [InlineData(60)]
    [InlineData(120)]
    public void No_line_is_wider_than_the_terminal(int width)
    {
        var text = Summary.Of(SampleReports.Result("pc-350: " + string.Join(' ', Enumerable.Repeat("words", 40))), "runs/x", width, colour: false);
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= width, line));
    }

    [Fact]
    public void Without_colour_there_is_no_escape()
    {
        Assert.DoesNotContain('\e', Summary.Of(SampleReports.Result(), "runs/x", 80, colour: false));
        Assert.Contains('\e', Summary.Of(SampleReports.Result(), "runs/x", 80, colour: true));
    }

    [Fact]
    public void The_figures_of_the_result_are_all_there()
    {
        var text = Summary.Of(SampleReports.Result(), "runs/x", 80, colour: false);
        Assert.Contains("100 MiB in 8.912 s of virtual time, every byte verified", text, StringComparison.Ordinal);
        Assert.Contains("86.0 % of pc-733 (sender)", text, StringComparison.Ordinal);
        Assert.Matches(@"host: system call +4\.60 % +410\.096 ms +25,600 +16\.019 µs", text);
        Assert.Matches(@"frames sent +72,817 +36,400", text);
        Assert.Contains("38,000 (0.52 for each data frame)", text, StringComparison.Ordinal);
        Assert.DoesNotContain("retransmissions", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ping_shows_its_round_trips()
    {
        var result = SampleReports.Result();
        result = result with
        {
            Deterministic = result.Deterministic with
            {
                ThroughputMbps = null,
                Ping = new PingResult(3, 2, [100_000, 300_000]),
            },
        };
        var text = Summary.Of(result, "runs/x", 80, colour: false);
        Assert.Contains("replies     2 of 3, every byte verified", text, StringComparison.Ordinal);
        Assert.Contains("100.0 / 200.0 / 300.0 µs", text, StringComparison.Ordinal);
        Assert.DoesNotContain("throughput", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_machine_s_summary_is_where_the_time_went_two_latencies_and_how_to_see_more()
    {
        var text = Summary.Of(SampleVm.Result(), "runs/x", 80, colour: false);
        Assert.Matches(@"Transmitting via VMNet +8\.1 % +13\.80 µs", text);
        Assert.Contains("packet out  31.63 µs (total, median of 76,800)", text, StringComparison.Ordinal);
        Assert.Contains("packet in   61.01 µs (to program, median of 25,600)", text, StringComparison.Ordinal);
        Assert.Contains("testbed explain runs/x", text, StringComparison.Ordinal);
        Assert.DoesNotContain("vmm: guest-refill", text, StringComparison.Ordinal);
        Assert.DoesNotContain("testbed explain", Summary.Of(SampleReports.Result(), "runs/x", 80, colour: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_computation_shows_how_much_longer_than_its_work_it_took()
    {
        var result = SampleReports.Result();
        result = result with { Deterministic = result.Deterministic with { ThroughputMbps = null, Compute = new(10_000_000_000, 10_125_000_000) } };
        Assert.Contains(
            "10.000 s of work in 10.125 s of virtual time, 1.25 % more", Summary.Of(result, "runs/x", 80, colour: false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_result_without_any_report_can_be_shown()
    {
        var nothing = new PcOutcome("no", "", "");
        var result = ResultBuilder.Build(SampleReports.Experiment(), "no", nothing, nothing, new WallFacts("", DateTime.UnixEpoch, 0));
        Assert.Contains("PARTIAL", Summary.Of(result, "runs/x", 80, colour: false), StringComparison.Ordinal);
    }
}
