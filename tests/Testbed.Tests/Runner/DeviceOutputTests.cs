using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public sealed class DeviceOutputTests
{
    private static readonly string Short = Summary.Of(SampleDevices.Result(), "runs/x", 80, colour: false);
    private static readonly string Long = Explanation.Of(SampleDevices.Result(), 80, colour: false);

    [Fact]
    public async Task A_result_with_devices_is_as_the_schema_says_and_is_read_back_to_the_same_text()
    {
        var text = SampleDevices.Result().ToJson();
        await ResultSchema.AssertValidAsync(text);
        Assert.Equal(text, RunResult.Parse(text).ToJson());
    }

    [Fact]
    public void A_summary_says_what_came_of_the_keys()
    {
        Assert.Contains("key codes   78 of 80 reached the guest, 1 LOST, in order", Short, StringComparison.Ordinal);
        Assert.Contains("latency     85.12 µs (interrupt to guest, median of 78), p99 195.00 µs", Short, StringComparison.Ordinal);
        Assert.Contains("processor   4.680 ms, 60.00 µs for each code", Short, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_and_an_explanation_show_the_masquerading_and_the_processes()
    {
        Assert.All([Short, Long], text =>
        {
            Assert.Matches(@"flows at the end +3\n", text);
            Assert.Matches(@"translated out +30,723\n", text);
            Assert.Matches(@"refused full +0\n", text);
            Assert.DoesNotContain("flows expired", text, StringComparison.Ordinal);
            Assert.Matches(@"vmapp +7 +2,520\.081 ms +2,726\.927 ms +420\.003 ms", text);
        });
    }

    [Fact]
    public void An_explanation_draws_a_key_s_way_and_says_what_each_step_cost()
    {
        Assert.Matches(@"one key, from the finger to the guest\n +keyboard +host interrupt", Long);
        Assert.Matches(@"vmm: virtual interrupt +78 +24\.01 µs +1\.873 ms", Long);
        Assert.Matches(@"all +60\.00 µs +4\.680 ms", Long);
    }

    [Fact]
    public void No_line_is_wider_than_80_columns() =>
        Assert.All((Short + Long).Split('\n'), line => Assert.True(line.Length <= 80, line));

    [Fact]
    public void Without_devices_nothing_is_said_of_them()
    {
        var text = Summary.Of(SampleReports.Result(), "runs/x", 80, colour: false) + Explanation.Of(SampleReports.Result(), 80, colour: false);
        Assert.All(["keyboard", "masquerading", "the host's processes"], word => Assert.DoesNotContain(word, text, StringComparison.Ordinal));
    }
}
