using Testbed.Node.Results;

namespace Testbed.Tests.Results;

public class ResultBuilderTests
{
    private static readonly WallFacts Wall = new("in-process", DateTime.UnixEpoch, 1.5);

    [Fact]
    public void Throughput_is_payload_bits_over_the_interval_that_sender_and_receiver_bound()
    {
        // 1 MB in exactly 0.1 s of virtual time is 80 Mb/s.
        var sender = SampleReports.Sender() with { FirstByteSentNs = 50_000_000 };
        var receiver = SampleReports.Receiver() with { LastByteReceivedNs = 150_000_000, BytesDelivered = 1_000_000 };
        var figures = Build(sender, receiver).Deterministic;
        Assert.Equal(80m, figures.ThroughputMbps);
        Assert.Equal(new TransferInterval(50_000_000, 150_000_000), figures.Measured);
        Assert.Equal(1_000_000, figures.BytesDelivered);
        Assert.True(figures.PayloadVerified);
        Assert.Equal(9.014m, figures.VirtualSeconds);
    }

    [Fact]
    public void The_deterministic_part_does_not_depend_on_how_it_was_run()
    {
        var one = Build(SampleReports.Sender(), SampleReports.Receiver());
        var two = SampleReports.Result();
        Assert.NotEqual(one.Wall, two.Wall);
        Assert.Equal(one.DeterministicJson(), two.DeterministicJson());
    }

    [Fact]
    public void Another_event_stream_on_either_pc_is_another_digest()
    {
        var digests = new[]
        {
            Build(SampleReports.Sender(), SampleReports.Receiver()),
            Build(WithDigest(SampleReports.Sender(), "00"), SampleReports.Receiver()),
            Build(SampleReports.Sender(), WithDigest(SampleReports.Receiver(), "00")),
        }.Select(r => r.Deterministic.Digest);
        Assert.Equal(3, digests.Distinct().Count());
    }

    [Fact]
    public void Each_direction_of_the_cable_has_its_sender_s_counters()
    {
        var cable = SampleReports.Result().Deterministic.Cable;
        Assert.Equal(72_817, cable["pc-733 to pc-350"]["frames"]);
        Assert.Equal(36_400, cable["pc-350 to pc-733"]["frames"]);
    }

    [Fact]
    public void Synchronization_is_summed_over_the_nodes()
    {
        var sync = SampleReports.Result().Wall.Sync!;
        Assert.Equal((150_000, 17.375m), (sync.Reports, sync.BlockedSeconds));
        Assert.Null(Build(SampleReports.Sender(), SampleReports.Receiver()).Wall.Sync);
    }

    [Fact]
    public void An_exchange_is_a_request_there_and_one_back()
    {
        var sync = SampleReports.Result().Wall.Sync!;
        Assert.Equal((38_000, 0.5220m, 0.9481m), (sync.Exchanges, sync.ExchangesPerDataFrame, sync.LookaheadEfficiency));
        var withoutPayload = ResultBuilder.Build(
            SampleReports.Experiment(),
            null,
            SampleReports.Outcome(SampleReports.Sender(), new NodeSync(30, 26, 11, 0, 24, 20, 0)),
            SampleReports.Outcome(SampleReports.Receiver(), new NodeSync(30, 26, 11, 0, 24, 20, 0)),
            Wall).Wall.Sync!;
        Assert.Equal((26, null), (withoutPayload.Exchanges, withoutPayload.ExchangesPerDataFrame));
    }

    [Fact]
    public void A_ping_has_no_throughput()
    {
        var figures = Build(SampleReports.Sender() with { Ping = new PingResult(1, 1, [100_000]) }, SampleReports.Receiver()).Deterministic;
        Assert.NotNull(figures.Measured);
        Assert.Null(figures.ThroughputMbps);
    }

    [Fact]
    public void Payload_that_one_pc_finds_wrong_is_not_verified() =>
        Assert.False(Build(SampleReports.Sender() with { PayloadVerified = true }, SampleReports.Receiver() with { PayloadVerified = false, PayloadMayDiffer = true })
            .Deterministic.PayloadVerified);

    [Fact]
    public void A_ledger_that_does_not_sum_to_the_virtual_time_is_a_defect()
    {
        var short1Ns = SampleReports.Receiver();
        short1Ns = short1Ns with { VirtualNs = short1Ns.VirtualNs + 1 };
        var sender = SampleReports.Sender();
        sender = sender with
        {
            VirtualNs = sender.VirtualNs + 1,
            Node = sender.Node with { Ledger = [.. sender.Node.Ledger, new("host", "x", 1, 1)] },
        };
        Assert.StartsWith("invariant: ledger of pc-350", Build(sender, short1Ns).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Pcs_that_stop_at_different_instants_are_a_defect()
    {
        var receiver = SampleReports.Receiver();
        receiver = receiver with { VirtualNs = 1, Node = receiver.Node with { Ledger = [new(null, "idle", 1, 1)] } };
        Assert.StartsWith("invariant: end: ", Build(SampleReports.Sender(), receiver).Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_ended_well_without_a_report_is_a_defect() => Assert.Throws<InvalidOperationException>(() => ResultBuilder.Build(
        SampleReports.Experiment(), null, new PcOutcome(null, "", ""), SampleReports.Outcome(SampleReports.Receiver()), Wall));

    [Fact]
    public void A_failed_run_keeps_what_each_pc_had_and_is_marked()
    {
        var result = ResultBuilder.Build(
            SampleReports.Experiment(),
            null,
            new PcOutcome("pc-733 was killed", "", ""),
            SampleReports.Outcome(SampleReports.Receiver() with { VirtualNs = 5_000_000_000, LastByteReceivedNs = null }),
            Wall);
        Assert.True(result.Partial);
        Assert.Equal("pc-733 was killed", result.Failure);
        Assert.Equal(["pc-350"], result.Deterministic.Nodes.Keys);
        Assert.Null(result.Deterministic.ThroughputMbps);
        Assert.Equal(5m, result.Deterministic.VirtualSeconds);
    }

    [Fact]
    public void The_result_holds_the_whole_configuration_and_what_made_it()
    {
        var result = SampleReports.Result();
        Assert.Equal("100 Mb/s", result.Resolved["cable.rate"]!.GetValue<string>());
        Assert.Equal(1, result.Seed);
        Assert.Equal(BuildFacts.Version, result.Version);
        Assert.Matches(@"^\d+\.\d+\.\d+$", result.Version);
    }

    [Fact]
    public void Shares_of_nothing_are_nothing()
    {
        Assert.Equal(0m, Share.Percent(1, 0));
        Assert.Null(Share.Mbps(1, 0));
        Assert.Equal(33.3333m, Share.Percent(1, 3));
        Assert.Equal(1.234m, CpuRow.Of("host", "x", 1_234, 1, 10).TimeUs);
    }

    private static RunResult Build(PcReport sender, PcReport receiver) =>
        ResultBuilder.Build(SampleReports.Experiment(), null, SampleReports.Outcome(sender), SampleReports.Outcome(receiver), Wall);

    private static PcReport WithDigest(PcReport report, string digest) => report with { Node = report.Node with { Digest = digest } };
}
