using System.Text.RegularExpressions;
using Testbed.Node.Results;
using Testbed.Runner.Reporting;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Reporting;

public sealed class ReportTests
{
    [Fact]
    public void A_runs_report_needs_nothing_but_itself()
    {
        var html = Html(SampleVm.Result());
        Assert.StartsWith("<!DOCTYPE html>", html, StringComparison.Ordinal);
        Assert.All(Regex.Matches(html, "(?:src|href|srcset)=\"([^\"]*)\"").Select(match => match.Groups[1].Value), address => Assert.Matches("^(#|data:)", address));
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
        Assert.DoesNotContain("{{", html, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_person_wrote_is_text_and_no_markup()
    {
        var result = SampleVm.Result();
        result.Resolved["description"] = "<script>alert(1)</script> & more";
        var html = Html(result);
        Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more", html, StringComparison.Ordinal);
    }

    [Fact]
    public void A_partial_run_says_so_and_is_compared_with_nothing()
    {
        var model = RunReport.Of("run", Baseline() with { Partial = true, Failure = "stuck" }, []);
        Assert.Contains("stuck", model.Warning, StringComparison.Ordinal);
        Assert.Null(model.Published);
    }

    [Fact]
    public void The_papers_baseline_stands_beside_what_was_published()
    {
        var published = RunReport.Of("run", Baseline(), []).Published!;
        var throughput = published.Tables[0].Rows[0];
        Assert.Equal("64", throughput[1].Text);
        Assert.True(throughput[2].IsFigure);
        Assert.Contains("Figure 5", published.Tables[1].Title, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nettest.chunk", "512")]
    [InlineData("sender.pc", "pc-350")]
    [InlineData("receiver.system", "workstation-2.0")]
    [InlineData("cable.loss", "1 %")]
    public void Another_configuration_is_compared_with_no_figure_of_the_paper(string key, string value)
    {
        var result = Baseline();
        result.Resolved[key] = value;
        Assert.Empty(PublishedPoints.Of(result));
    }

    private static RunResult Baseline()
    {
        var result = SampleVm.Result();
        result.Resolved["program"] = "nettest";
        result.Resolved["sender.pc"] = "pc-733";
        result.Resolved["sender.system"] = "workstation-2.0";
        result.Resolved["receiver.pc"] = "pc-350";
        result.Resolved["receiver.system"] = "native";
        result.Resolved["nettest.chunk"] = "4096";
        result.Resolved["cable.rate"] = "100 Mb/s";
        result.Resolved["cable.delay"] = "500 ns";
        result.Resolved["cable.loss"] = "0";
        return result;
    }

    private static string Html(RunResult result) => ReportFile.Html(RunReport.Of("run", result, []));
}
