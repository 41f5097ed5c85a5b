using Testbed.Tests.Results;

namespace Testbed.EndToEnd.Tests;

public class NativeRunTests(NativeRuns runs) : IClassFixture<NativeRuns>
{
    public static TheoryData<string> Experiments => ["native-733-to-350", "native-350-to-733"];

    [Theory]
    [MemberData(nameof(Experiments))]
    public Task A_result_is_as_the_schema_says(string experiment) => ResultSchema.AssertValidAsync(runs.Text(experiment));

    [Theory]
    [MemberData(nameof(Experiments))]
    public void Every_byte_arrives_as_it_was_sent(string experiment)
    {
        var figures = runs.Result(experiment).Deterministic;
        Assert.Equal(100 * 1024 * 1024, figures.BytesDelivered);
        Assert.True(figures.PayloadVerified);
    }

    [Theory]
    [MemberData(nameof(Experiments))]
    public void The_ledger_of_each_pc_sums_to_the_virtual_time_exactly(string experiment)
    {
        var figures = runs.Result(experiment).Deterministic;
        Assert.Equal(["pc-350", "pc-733"], figures.Nodes.Keys);
        Assert.All(figures.Nodes.Values, pc => Assert.Equal(figures.VirtualSeconds * 1_000_000_000, pc.Ledger.Sum(row => row.TimeNs)));
    }

    // 1448 payload bytes of 1538 on the wire at 100 Mb/s.
    [Theory]
    [MemberData(nameof(Experiments))]
    public void The_wire_is_the_bottleneck(string experiment) =>
        Assert.InRange(runs.Result(experiment).Deterministic.ThroughputMbps!.Value, 93.6m, 94.6m);

    // Paper, section 3.1.
    [Fact]
    public void Pc_733_is_mostly_idle_while_it_sends() =>
        Assert.InRange(runs.Result("native-733-to-350").Deterministic.Nodes["pc-733"].IdlePercent, 85, 87);

    [SkippableFact]
    [Trait("Category", "Slow")]
    public async Task Memory_does_not_grow_with_the_bytes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "reads the peak from /proc");
        var (text, peak) = await NativeRuns.RunAsync("native-733-to-350", "1000MiB");
        Assert.Equal(1000L * 1024 * 1024, Testbed.Node.Results.RunResult.Parse(text).Deterministic.BytesDelivered);
        Assert.InRange(peak, 1, runs.PeakMemoryKib("native-733-to-350") * 1.1);
    }
}
