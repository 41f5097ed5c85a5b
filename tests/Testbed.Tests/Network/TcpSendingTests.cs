using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class TcpSendingTests
{
    private static readonly TcpSettings Linux = new() { Timestamps = false };

    [Fact]
    public void A_segment_carries_the_MTU_less_40_bytes_and_12_less_with_timestamps()
    {
        Assert.Equal(1460, new ScriptedPeer(Linux).Accept().Connection.Mss);
        Assert.Equal(1448, new ScriptedPeer(new TcpSettings()).Accept(timestamps: (1, 0)).Connection.Mss);
        Assert.Equal(1460, new ScriptedPeer(new TcpSettings()).Accept().Connection.Mss);
        Assert.Equal(500, new ScriptedPeer(Linux).Accept(mss: 500).Connection.Mss);
        Assert.Equal(536, new ScriptedPeer(Linux).Accept(mss: 0).Connection.Mss);
    }

    [Fact]
    public void A_full_segment_leaves_at_once_and_a_partial_one_at_the_end_of_the_send()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        Assert.Equal(1460, peer.Connection.Write(new byte[2000], peer.Now));
        Assert.Equal([1460], peer.Lengths());
        Assert.Equal(540, peer.Connection.Write(new byte[540], peer.Now));
        peer.None();
        Assert.Equal(0, peer.Connection.Write([], peer.Now));
    }

    [Fact]
    public void A_full_segment_is_never_held_back_by_Nagle()
    {
        foreach (var rule in Enum.GetValues<NagleRule>())
        {
            var peer = new ScriptedPeer(Linux with { Nagle = rule }).Accept();
            peer.Write(10);
            Assert.Equal([10], peer.Lengths());
            peer.Write(1460);
            Assert.Equal([1460], peer.Lengths());
        }
    }

    [Theory]
    [InlineData(NagleRule.Linux22, 729, false)]
    [InlineData(NagleRule.Linux22, 730, true)]
    [InlineData(NagleRule.Rfc, 1459, false)]
    [InlineData(NagleRule.Off, 1, true)]
    public void While_data_is_outstanding_Nagle_holds_back_less_than_half_a_segment_in_Linux_and_any_partial_one_in_the_RFC(
        NagleRule rule, int bytes, bool leaves)
    {
        var peer = new ScriptedPeer(Linux with { Nagle = rule }).Accept();
        peer.Write(10);
        peer.Take();
        peer.Write(bytes);
        Assert.Equal(leaves ? [bytes] : [], peer.Lengths());
        peer.Send(new Segment(9001, 1011, "A"));
        Assert.Equal(leaves ? [] : [bytes], peer.Lengths());
    }

    [Fact]
    public void With_nothing_outstanding_the_smallest_segment_leaves()
    {
        foreach (var rule in Enum.GetValues<NagleRule>())
        {
            var peer = new ScriptedPeer(Linux with { Nagle = rule }).Accept();
            peer.Write(1);
            Assert.Equal([1], peer.Lengths());
        }
    }

    [Fact]
    public void A_write_fills_the_unsent_tail_before_it_begins_a_new_segment()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write(10);
        peer.Write(100);
        peer.Write(200);
        peer.Take();
        peer.Send(new Segment(9001, 1011, "A"));
        Assert.Equal([300], peer.Lengths());

        var without = new ScriptedPeer(Linux with { TailFilling = false }).Accept();
        without.Write(10);
        without.Write(100);
        without.Write(200);
        without.Take();
        without.Send(new Segment(9001, 1011, "A"));
        Assert.Equal([100], without.Lengths());
    }

    [Fact]
    public void Tail_filling_never_touches_a_segment_that_was_sent()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write(800);
        Assert.Equal([800], peer.Lengths());
        peer.Write(800);
        Assert.Equal([800], peer.Lengths());
    }

    [Fact]
    public void A_chunk_of_4096_bytes_leaves_as_1448_1448_and_1200_when_the_acknowledgments_keep_up()
    {
        var network = new TestNetwork { Delay = Duration.FromMicroseconds(1) };
        var (client, server) = network.Connect();
        network.Processes = () => server.Read(new byte[8192], network.Now);
        var lengths = SendChunks(network, client, 50, network.HalfMillisecond);
        Assert.Equal(150, lengths.Count);
        for (var i = 0; i < lengths.Count; i += 3)
            Assert.Equal([1448, 1448, 1200], lengths[i..(i + 3)]);
    }

    [Fact]
    public void On_a_saturated_wire_the_tails_fill_up_and_a_chunk_of_4096_bytes_takes_fewer_than_three_segments()
    {
        var network = new TestNetwork { PerByte = TestNetwork.HundredMegabit, Delay = Duration.FromMicroseconds(1) };
        var (client, server) = network.Connect();
        var writer = new StreamProcess(client, 1);
        var reader = new StreamProcess(server, 1);
        var done = false;
        network.Processes = () =>
        {
            done |= writer.Write(2_000_000, 4096, network);
            reader.Read(network);
        };
        network.RunUntil(() => done && reader.Received == 2_000_000, Duration.FromSeconds(5));
        var perChunk = network.Sent.Count(s => s.FromA && s.Frame.PayloadBytes > 0) / (2_000_000 / 4096.0);
        Assert.InRange(perChunk, 2.82, 2.95);
        Assert.Equal(0, network.A.TcpCounters.Retransmissions);
    }

    [Fact]
    public void The_segment_that_takes_the_last_byte_of_a_send_carries_PSH()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 65535);
        peer.Write(1000);
        Assert.Equal("PA", peer.One().Flags);
    }

    [Theory]
    [InlineData(0, 160)]
    [InlineData(1448, 1616)]
    [InlineData(1460, 1632)]
    [InlineData(16, 176)]
    public void A_send_buffer_is_charged_its_headroom_and_payload_rounded_up_to_16(int capacity, int truesize) =>
        Assert.Equal(truesize, Truesize.OfSendBuffer(capacity));

    [Fact]
    public void A_writer_stops_at_the_first_buffer_that_reaches_the_limit_and_goes_on_below_it()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 0);

        // 41 buffers of 1632: the 41st finds 65280 in use, less than 65535; the 42nd does not.
        Assert.Equal(41 * 1460, peer.Write(100_000));
        Assert.Equal(41 * 1632, peer.Connection.SendBufferUsed);
        Assert.False(peer.Connection.IsWritable);
        Assert.Equal(0, peer.Connection.Write([1], peer.Now));
        peer.Send(new Segment(9001, 1001, "A", 1460));
        Assert.Equal([1460], peer.Lengths());
        Assert.False(peer.Connection.IsWritable);
        Assert.Equal(TcpEvents.None, peer.Connection.TakeEvents() & TcpEvents.Writable);
        peer.Send(new Segment(9001, 1001 + 1460, "A", 0));
        Assert.True(peer.Connection.IsWritable);
        Assert.Equal(TcpEvents.Writable, peer.Connection.TakeEvents());
    }

    [Fact]
    public void A_small_write_is_charged_a_whole_segment_for_its_tail_may_be_filled()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Write([1], peer.Now);
        Assert.Equal(1632, peer.Connection.SendBufferUsed);
    }

    [Fact]
    public void A_frame_in_the_driver_is_charged_once_more_when_the_setting_says_so()
    {
        var peer = new ScriptedPeer(Linux with { ChargeFramesInDriver = true }).Accept();
        var before = peer.Connection.SendBufferUsed;
        peer.Connection.Write(new byte[1460], peer.Now);
        Assert.Equal(before + (2 * 1632), peer.Connection.SendBufferUsed);
        Assert.True(peer.Stack.TryDequeue(out var frame));
        Assert.Same(peer.Connection, frame.Connection);
        peer.Stack.FrameFreed(frame);
        Assert.Equal(before + 1632, peer.Connection.SendBufferUsed);
    }

    [Fact]
    public void A_new_connection_may_have_two_segments_outstanding_and_one_more_for_each_ACK()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write(20_000);
        Assert.Equal([1460, 1460], peer.Lengths());
        peer.Send(new Segment(9001, 1001 + 1460, "A"));
        Assert.Equal([1460, 1460], peer.Lengths());
        Assert.Equal(3, peer.Connection.CongestionWindow);
    }

    [Fact]
    public void A_small_window_is_used_whole_when_it_is_at_least_half_of_the_largest_seen()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 1000);
        peer.Write(3000);
        Assert.Equal([1000], peer.Lengths());
    }

    [Fact]
    public void What_is_left_of_a_window_is_not_used_for_a_silly_segment()
    {
        var peer = new ScriptedPeer(Linux with { InitialWindow = 10 }).Accept(window: 3000);
        peer.Write(6000);
        Assert.Equal([1460, 1460], peer.Lengths());
    }

    [Fact]
    public void A_window_is_not_taken_back_by_an_ACK_without_news()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 5000);
        peer.Send(new Segment(9001, 1001, "A", 10));
        peer.Write(1460);
        Assert.Equal([1460], peer.Lengths());
    }

    [Fact]
    public void A_closed_window_is_probed_with_an_old_empty_segment_ever_more_patiently_and_its_opening_sends()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 0);
        peer.Write(100);
        peer.None();
        var probes = new List<Instant>();
        for (var i = 0; i < 3000; i++)
        {
            foreach (var probe in peer.After(10).Take())
            {
                probes.Add(peer.Now);
                Assert.Equal((1000u, 0, "A"), (probe.Seq, probe.Length, probe.Flags));
                peer.Send(new Segment(9001, 1001, "A", 0));
            }
        }

        Assert.Equal([Duration.FromSeconds(6), Duration.FromSeconds(12)], [probes[1] - probes[0], probes[2] - probes[1]]);
        Assert.Equal(probes.Count, peer.Connection.Counters.WindowProbes);
        peer.Send(new Segment(9001, 1001, "A", 5000));
        Assert.Equal([100], peer.Lengths());
        peer.Send(new Segment(9001, 1101, "A", 5000));
        Assert.Equal(Instant.Never, peer.Stack.NextTimer);
    }

    [Fact]
    public void A_window_smaller_than_the_waiting_segment_is_filled_when_the_probe_is_due()
    {
        var peer = new ScriptedPeer(Linux).Accept(window: 5000);
        peer.Write(4000);
        peer.Take();
        peer.Send(new Segment(9001, 1001 + 2920, "A", 300));
        peer.None();
        peer.After(200);
        var partial = peer.One();
        Assert.Equal(300, partial.Length);
        peer.Send(new Segment(9001, 1001 + 3220, "A", 5000));
        var rest = peer.One();
        Assert.Equal((1001u + 3220, 780, "PA"), (rest.Seq, rest.Length, rest.Flags));
    }

    [Fact]
    public void A_peer_that_answers_no_probe_is_given_up()
    {
        var peer = new ScriptedPeer(Linux with { MaximumRto = Duration.FromSeconds(3) }).Accept(window: 0);
        peer.Write(100);
        peer.After(100_000);
        Assert.Equal((TcpState.Closed, TcpError.TimedOut), (peer.Connection.State, peer.Connection.Error));
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void Sequence_numbers_run_over_2_to_the_32_in_the_middle_of_a_segment()
    {
        var network = new TestNetwork(isnA: uint.MaxValue - 5000, isnB: uint.MaxValue - 1);
        var (client, server) = network.Connect();
        var writer = new StreamProcess(client, 3);
        var reader = new StreamProcess(server, 3);
        network.Processes = () =>
        {
            writer.Write(100_000, 5000, network);
            reader.Read(network);
        };
        network.RunUntil(() => reader.Received == 100_000, Duration.FromSeconds(1));
        Assert.Equal(0, network.A.TcpCounters.Retransmissions);
    }

    [Fact]
    public void Frames_that_were_handed_out_are_never_changed()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        var frames = new List<(byte[] Live, byte[] Copy)>();
        peer.Connection.Write(new byte[1460], peer.Now);
        Collect();
        peer.Write(700);
        Collect();
        peer.Write(100);
        peer.After(3500);
        Collect();
        peer.Send(new Segment(9001, 1001 + 1460, "A"));
        Collect();
        Assert.True(frames.Count >= 3);
        Assert.All(frames, f => Assert.Equal(f.Copy, f.Live));

        void Collect()
        {
            while (peer.Stack.TryDequeue(out var frame))
                frames.Add((frame.Bytes, (byte[])frame.Bytes.Clone()));
        }
    }

    private static List<int> SendChunks(TestNetwork network, TcpConnection client, int chunks, Action between)
    {
        // Past slow start first.
        for (var i = 0; i < 20; i++)
            SendChunk();
        network.Sent.Clear();
        for (var i = 0; i < chunks; i++)
            SendChunk();
        return [.. network.Sent.Where(s => s.FromA && s.Frame.PayloadBytes > 0).Select(s => s.Frame.PayloadBytes)];

        void SendChunk()
        {
            var written = 0;
            while (written < 4096)
                written += client.Write(new byte[4096 - written], network.Now);
            client.Push(network.Now);
            between();
        }
    }
}
