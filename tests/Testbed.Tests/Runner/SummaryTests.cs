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
        Assert.Contains("75,000 (1.03 for each data frame)", text, StringComparison.Ordinal);
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
    public void A_result_without_any_report_can_be_shown()
    {
        var nothing = new PcOutcome("no", "", "");
        var result = ResultBuilder.Build(SampleReports.Experiment(), "no", nothing, nothing, new WallFacts("", DateTime.UnixEpoch, 0));
        Assert.Contains("PARTIAL", Summary.Of(result, "runs/x", 80, colour: false), StringComparison.Ordinal);
    }
}
