using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

/// <summary>What the model must reproduce natively (paper, section 4) and what follows from the framing.</summary>
public sealed class NativeTests
{
    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("native-350-to-733")]
    public void Both_PCs_saturate_the_link_natively(string name)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, "nettest.bytes=8MiB"));
        Assert.Null(failure);
        Assert.True(receiver.PayloadVerified);
        Assert.Equal(8 << 20, receiver.BytesDelivered);

        // 1448 payload bytes in 1538 byte times of 80 ns: 94.15 Mb/s, less the start of the connection.
        Assert.InRange(Mbps(sender, receiver), 93.6, 94.6);
    }

    [Fact]
    public void PC_733_is_86_percent_idle_while_it_saturates_the_link()
    {
        var idle = Enumerable.Range(1, 3).Select(seed =>
            Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", "nettest.bytes=8MiB", $"seed={seed}")).Sender.Node.IdlePercent);
        Assert.InRange(idle.Average(), 85m, 87m);
    }

    [Fact]
    public void On_a_saturated_link_tails_fill_and_a_chunk_takes_about_2_8_segments()
    {
        var (sender, _, _) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", "nettest.bytes=8MiB"));
        var perChunk = sender.Node.Tcp["dataSegmentsSent"] / (double)((8 << 20) / 4096);
        Assert.InRange(perChunk, 2.82, 2.86);
    }

    [Fact]
    public void A_sender_that_the_processor_bounds_sends_a_chunk_in_3_segments()
    {
        // A processor so slow that the link is idle most of the time: each chunk leaves as 1448 + 1448 + 1200.
        var (sender, receiver, _) = Experiment.OnOneTimeline(
            Experiment.Settings("native-733-to-350", "nettest.bytes=1MiB", "pcs.pc-733.clock=20 MHz"));
        Assert.True(Mbps(sender, receiver) < 60);
        Assert.Equal(3 * 256, sender.Node.Tcp["dataSegmentsSent"]);
        Assert.True(sender.Node.IdlePercent < 1);
    }

    [Theory]
    [InlineData("cable.loss=0.01")]
    [InlineData("cable.loss=0.1")]
    [InlineData("cable.loss=0.01", "cable.delay=5 ms", "tcp.retransmission=rfc")]
    [InlineData("pcs.pc-350.nic.receive-ring=4", "pcs.pc-350.clock=30 MHz")]
    [InlineData("tcp.send-buffer=2048", "tcp.receive-buffer=4096", "cable.loss=0.02")]
    [InlineData("tcp.charge-frames-in-driver=on", "pcs.pc-733.nic.transmit-ring=4")]
    [InlineData("nettest.chunk=1")]
    public void Every_byte_arrives_whatever_the_cable_and_the_buffers(params string[] sets)
    {
        var bytes = sets.Contains("nettest.chunk=1") ? "nettest.bytes=20KiB" : "nettest.bytes=500KiB";
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [bytes, .. sets]));
        Assert.Null(failure);
        Assert.True(receiver.PayloadVerified);
        Assert.Equal(sender.Node.Tcp["bytesSent"], receiver.BytesDelivered);
        AssertExact(sender);
        AssertExact(receiver);
    }

    [Fact]
    public void The_measured_interval_is_the_same_on_both_PCs_and_its_ledger_exact()
    {
        var (sender, receiver, _) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", "nettest.bytes=1MiB"));
        var length = (receiver.LastByteReceivedNs! - sender.FirstByteSentNs!).Value;
        foreach (var pc in new[] { sender, receiver })
            Assert.Equal(length, (long)(pc.Node.Cpu.Sum(row => row.TimeUs) * 1000));
    }

    [Fact]
    public void A_run_that_cannot_end_stops_at_its_limit()
    {
        var (_, receiver, failure) = Experiment.OnOneTimeline(
            Experiment.Settings("native-733-to-350", "cable.loss=1", "virtual-limit=5 s"));
        Assert.Contains("virtual-limit", failure, StringComparison.Ordinal);
        Assert.Equal(0, receiver.BytesDelivered);
    }

    [Fact]
    public void Every_ping_is_answered_and_takes_longer_than_the_wire_does()
    {
        var (sender, _, failure) = Experiment.OnOneTimeline(Experiment.Settings("ping"));
        Assert.Null(failure);
        Assert.Equal((10, 10), (sender.Ping!.Sent, sender.Ping.Received));

        // 98 bytes and FCS each way at 80 ns a byte with preamble, and twice 500 ns.
        Assert.All(sender.Ping.RoundTripsNs, ns => Assert.InRange(ns, 2 * ((8 + 102) * 80 + 500), 200_000));
    }

    [Fact]
    public void A_ping_that_is_lost_is_counted_and_the_others_go_on()
    {
        var (sender, _, failure) = Experiment.OnOneTimeline(Experiment.Settings("ping", "cable.loss=0.3", "ping.count=30", "seed=3"));
        Assert.Null(failure);
        Assert.Equal(30, sender.Ping!.Sent);
        Assert.InRange(sender.Ping.Received, 5, 25);
    }

    private static double Mbps(PcReport sender, PcReport receiver) =>
        receiver.BytesDelivered * 8_000.0 / (receiver.LastByteReceivedNs! - sender.FirstByteSentNs!).Value;

    private static void AssertExact(PcReport pc) => Assert.Equal(pc.VirtualNs, pc.Node.Ledger.Sum(row => row.TimeNs));
}
