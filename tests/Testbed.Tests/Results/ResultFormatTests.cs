using System.Text.Json;
using System.Text.Json.Nodes;
using Testbed.Node.Results;

namespace Testbed.Tests.Results;

public class ResultFormatTests
{
    [Fact]
    public async Task A_result_is_as_the_schema_says() => await ResultSchema.AssertValidAsync(SampleReports.Result().ToJson());

    [Fact]
    public async Task A_result_with_a_virtual_machine_is_as_the_schema_says_and_is_read_back_to_the_same_text()
    {
        var text = SampleVm.Result().ToJson();
        await ResultSchema.AssertValidAsync(text);
        Assert.Equal(text, RunResult.Parse(text).ToJson());
    }

    [Fact]
    public async Task A_result_of_a_computation_is_as_the_schema_says()
    {
        var sender = SampleReports.Sender() with { Compute = new(1_000_000_000, 1_012_000_000) };
        var result = ResultBuilder.Build(
            SampleReports.Experiment(),
            null,
            SampleReports.Outcome(sender),
            SampleReports.Outcome(SampleReports.Receiver()),
            new("in-process", DateTime.UnixEpoch, 1));
        Assert.Equal(sender.Compute, result.Deterministic.Compute);
        Assert.Null(result.Deterministic.ThroughputMbps);
        await ResultSchema.AssertValidAsync(result.ToJson());
    }

    [Fact]
    public async Task A_partial_result_without_any_report_is_as_the_schema_says()
    {
        var nothing = new PcOutcome("never started", "", "");
        var result = ResultBuilder.Build(
            SampleReports.Experiment(), "never started", nothing, nothing, new WallFacts("", DateTime.UnixEpoch, 0));
        Assert.True(result.Partial);
        Assert.Equal("1970-01-01T00:00:00Z", result.Wall.StartedUtc);
        await ResultSchema.AssertValidAsync(result.ToJson());
    }

    [Theory]
    [InlineData("deterministic.nodes.pc-733.idlePercent", "101")]
    [InlineData("deterministic.bytesDelivered", "\"many\"")]
    [InlineData("deterministic.new", "1")]
    [InlineData("wall.mode", "\"by hand\"")]
    [InlineData("format", "1")]
    [InlineData("host", null)]
    public async Task The_schema_refuses_what_the_format_does_not_know(string path, string? value)
    {
        var result = JsonNode.Parse(SampleReports.Result().ToJson())!;
        var keys = path.Split('.');
        var parent = keys[..^1].Aggregate(result, (node, key) => node[key]!).AsObject();
        if (value is null)
            parent.Remove(keys[^1]);
        else
            parent[keys[^1]] = JsonNode.Parse(value);
        Assert.False(await ResultSchema.AcceptsAsync(result.ToJsonString()));
    }

    [Fact]
    public void A_result_is_read_back_to_the_same_text()
    {
        var text = SampleReports.Result().ToJson();
        Assert.Equal(text, RunResult.Parse(text).ToJson());
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\r", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_one_line_and_is_read_back_to_the_same_text()
    {
        var report = SampleReports.Sender();
        var text = report.ToJson();
        Assert.DoesNotContain("\n", text, StringComparison.Ordinal);
        Assert.Equal(text, PcReport.Parse(text).ToJson());
    }

    [Fact]
    public void Counters_are_written_in_ordinal_order_whatever_the_order_they_came_in()
    {
        var text = (SampleReports.Sender() with { Cable = new() { ["b"] = 1, ["a"] = 2, ["C"] = 3 } }).ToJson();
        Assert.Contains("\"cable\":{\"C\":3,\"a\":2,\"b\":1}", text, StringComparison.Ordinal);
        Assert.Equal(text, PcReport.Parse(text.Replace("\"C\":3,\"a\":2", "\"a\":2,\"C\":3", StringComparison.Ordinal)).ToJson());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("{\"pc\":1}")]
    public void What_is_no_report_is_refused(string text) => Assert.ThrowsAny<JsonException>(() => PcReport.Parse(text));

    [Fact]
    public void A_report_with_something_unknown_is_refused() => Assert.ThrowsAny<JsonException>(
        () => PcReport.Parse(SampleReports.Sender().ToJson().Replace("{\"pc\"", "{\"new\":1,\"pc\"", StringComparison.Ordinal)));
}
