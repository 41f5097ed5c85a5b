using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class TcpReceivingTests
{
    private static readonly TcpSettings Linux = new() { Timestamps = false };

    [Fact]
    public void The_first_segment_of_a_connection_is_acknowledged_at_once()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Send(new Segment(9001, 1001, "A", Length: 100));
        Assert.Equal(9101u, peer.One().Ack);
    }

    [Fact]
    public void Linux_acknowledges_two_full_segments_worth_of_bytes_whatever_their_number()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9101, 1001, "A", Length: 1460)).None();
        peer.Send(new Segment(9101 + 1460, 1001, "A", Length: 1000)).None();
        peer.Send(new Segment(9101 + 2460, 1001, "A", Length: 459)).None();
        peer.Send(new Segment(9101 + 2919, 1001, "A", Length: 1));
        Assert.Equal(9101u + 2920, peer.One().Ack);
    }

    [Fact]
    public void A_chunk_of_1448_1448_1200_is_acknowledged_after_its_second_segment_and_the_next_ones_first()
    {
        var peer = Warm(Linux, mss: 1448);
        var at = 9101u;
        var acknowledged = new List<int>();
        for (var i = 0; i < 6; i++)
        {
            var length = i % 3 == 2 ? 1200 : 1448;
            peer.Send(new Segment(at, 1001, "A", Length: length));
            at += (uint)length;
            if (peer.Take().Count > 0)
                acknowledged.Add(i);
            peer.Read();
        }

        // 2896 bytes; then 1200 + 1448 are fewer than 2896, so the fourth waits for the fifth.
        Assert.Equal([1, 4], acknowledged);
    }

    [Fact]
    public void The_RFCs_rule_acknowledges_every_second_segment_whatever_its_size()
    {
        var peer = Warm(Linux with { Ack = AckRule.Rfc });
        peer.Send(new Segment(9101, 1001, "A", Length: 10)).None();
        peer.Send(new Segment(9111, 1001, "A", Length: 10));
        Assert.Equal(9121u, peer.One().Ack);
        peer.Send(new Segment(9121, 1001, "A", Length: 10)).None();
        peer.After(190).None();
        peer.After(10);
        Assert.Equal(9131u, peer.One().Ack);
    }

    [Fact]
    public void The_peers_segment_size_is_what_two_in_a_row_have()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9101, 1001, "A", Length: 600)).None();

        // The second settles it: 1200 bytes are twice 600.
        peer.Send(new Segment(9701, 1001, "A", Length: 600));
        Assert.Equal(9101u + 1200, peer.One().Ack);
    }

    [Fact]
    public void A_lone_segment_is_acknowledged_within_the_tick_of_a_steady_stream()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        var at = 9001u;
        for (var i = 0; i < 11; i++)
        {
            peer.Send(new Segment(at, 1001, "A", Length: 1460));
            at += 1460;
            peer.Read();
        }

        peer.Take();
        peer.Send(new Segment(at, 1001, "A", Length: 1)).None();
        peer.After(10);
        Assert.Equal(at + 1, peer.One().Ack);
        Assert.Equal(1, peer.Connection.Counters.DelayedAcks);
    }

    [Fact]
    public void The_delay_of_an_ACK_follows_the_peers_rhythm_up_to_half_a_second()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        var at = 9001u;
        for (var i = 0; i < 13; i++)
        {
            peer.After(300).Send(new Segment(at, 1001, "A", Length: 600 + i));
            at += 600 + (uint)i;
            peer.Read();
        }

        // Half the old delay + 30 ticks tends to 60 ticks; 50 are the limit.
        peer.Take();
        peer.After(490).None();
        peer.After(10);
        Assert.Single(peer.Take());
    }

    [Fact]
    public void A_small_segment_with_PSH_is_acknowledged_within_two_ticks()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Send(new Segment(9001, 1001, "A", Length: 600)).After(300);
        peer.Send(new Segment(9601, 1001, "PA", Length: 10));
        peer.Take();
        peer.After(20);
        Assert.Single(peer.Take());
    }

    [Fact]
    public void Data_that_goes_the_other_way_carries_the_ACK()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9101, 1001, "A", Length: 10)).None();
        peer.Write(5);
        Assert.Equal(9111u, peer.One().Ack);
        peer.After(1000);
        Assert.Equal(0, peer.Connection.Counters.DelayedAcks);
    }

    [Fact]
    public void The_first_window_is_half_the_buffer_in_whole_segments()
    {
        var peer = new ScriptedPeer(Linux);
        peer.Send(new Segment(9000, 0, "S") { Mss = 1460 });
        Assert.Equal(22 * 1460, peer.One().Window);
    }

    [Fact]
    public void While_the_reader_keeps_up_the_window_of_a_connection_with_timestamps_stays_31856()
    {
        var peer = new ScriptedPeer(new TcpSettings()).Accept(timestamps: (1, 0));
        for (var i = 0u; i < 100; i++)
        {
            peer.Send(new Segment(9001 + (i * 1448), 1001, "A", Length: 1448) { Timestamps = (1, 100) });
            peer.Read(8192);
        }

        // One unread segment is charged when its ACK goes: 22 segments of 1448 still fit half of the rest.
        Assert.All(peer.Take(), s => Assert.Equal(31856, s.Window));
    }

    [Theory]
    [InlineData(1460)]
    [InlineData(500)]
    public void A_window_once_offered_is_never_taken_back_and_ends_at_zero_when_nobody_reads(int segment)
    {
        // Small segments use up more of the buffer than the window foresaw.
        var peer = new ScriptedPeer(Linux).Accept();
        var edge = 9001u + 32120;
        var end = Fill(peer, ack =>
        {
            Assert.True(ack.Ack + (uint)ack.Window >= edge, $"the right edge went back to {ack.Ack + (uint)ack.Window} from {edge}");
            edge = ack.Ack + (uint)ack.Window;
        },
        segment);
        Assert.Equal(0, peer.Connection.ReceiveWindow);
        Assert.Equal((end, end), (edge, 9001u + (uint)peer.Connection.ReadableBytes));
    }

    [Fact]
    public void A_reader_that_makes_room_tells_the_peer_once_the_window_can_double()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        Fill(peer);

        // Half of what is free is offered, in whole segments: from 2920 the next step would be 4380, less than twice as much.
        peer.Read(1460);
        Assert.Equal(1460, peer.One().Window);
        peer.Read(1460);
        Assert.Equal(2920, peer.One().Window);
        peer.Read(1460);
        peer.None();
        peer.Read();
        Assert.Equal(32120, peer.One().Window);
        Assert.Equal(3, peer.Connection.Counters.WindowUpdates);
    }

    [Fact]
    public void A_probe_of_a_closed_window_is_answered_and_its_data_not_taken()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        var end = Fill(peer);
        peer.Send(new Segment(end, 1001, "A", Length: 1));
        var answer = peer.One();
        Assert.Equal((end, 0), (answer.Ack, answer.Window));
        peer.Send(new Segment(end - 1, 1001, "A"));
        Assert.Equal(end, peer.One().Ack);
        Assert.Equal(end - 9001, (uint)peer.Connection.ReadableBytes);
    }

    [Fact]
    public void A_hole_is_reported_at_once_for_every_segment_behind_it_and_filled_in_one_step()
    {
        var peer = Warm(Linux);
        for (var i = 1u; i <= 3; i++)
        {
            peer.Send(new Segment(9101 + (i * 100), 1001, "A", Length: 100));
            Assert.Equal(9101u, peer.One().Ack);
        }

        Assert.Equal(0, peer.Connection.ReadableBytes);
        Assert.Equal(3, peer.Connection.Counters.OutOfOrder);
        peer.Send(new Segment(9101, 1001, "A", Length: 100));
        peer.After(20);
        Assert.Equal(9501u, peer.Take()[^1].Ack);
        Assert.Equal(400, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void The_RFCs_rule_acknowledges_a_filled_hole_at_once()
    {
        var peer = Warm(Linux with { Ack = AckRule.Rfc });
        peer.Send(new Segment(9201, 1001, "A", Length: 100)).Take();
        peer.Send(new Segment(9101, 1001, "A", Length: 100));
        Assert.Equal(9301u, peer.One().Ack);
    }

    [Fact]
    public void Overlapping_early_segments_are_read_once()
    {
        var peer = Warm(Linux);
        var bytes = Enumerable.Range(0, 100).Select(i => (byte)i).ToArray();
        foreach (var (from, to) in new[] { (50, 80), (40, 60), (50, 70), (75, 100), (40, 45), (0, 42) })
            peer.Send(new Segment(9101 + (uint)from, 1001, "A") { Payload = bytes[from..to] });
        var read = new byte[200];
        Assert.Equal(100, peer.Connection.Read(read, peer.Now));
        Assert.Equal(bytes, read[..100]);
    }

    [Fact]
    public void Early_segments_are_bounded_by_the_receive_buffer()
    {
        var peer = Warm(Linux);
        for (var round = 0; round < 20; round++)
        {
            for (var i = 0u; i < 2000; i++)
                peer.Send(new Segment(9103 + (i * 13) + (uint)round, 1001, "A", Length: 5));
        }

        Assert.True(peer.Connection.Counters.Pruned > 1000);
        Assert.InRange(peer.Connection.Counters.OutOfOrder - peer.Connection.Counters.Pruned, 0, 2 * 65535 / 64);
        peer.Take();
        peer.Send(new Segment(9101, 1001, "A", Length: 2));
        Assert.True(peer.Connection.IsReadable);
    }

    [Fact]
    public void A_FIN_takes_effect_when_everything_before_it_has_arrived()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9111, 1001, "FA", Length: 10));
        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.Send(new Segment(9101, 1001, "A", Length: 10));
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        Assert.Equal(9122u, peer.Take()[^1].Ack);
        Assert.False(peer.Connection.AtEndOfStream);
        Assert.Equal(20, peer.Read());
        Assert.True(peer.Connection.AtEndOfStream);
    }

    [Fact]
    public void A_repeated_segment_is_acknowledged_again_and_not_read_twice()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9101, 1001, "A", Length: 10)).None();
        peer.Send(new Segment(9101, 1001, "A", Length: 10));
        Assert.Equal(9111u, peer.One().Ack);
        Assert.Equal(10, peer.Connection.ReadableBytes);
        Assert.Equal(1, peer.Connection.Counters.Unacceptable);
    }

    [Fact]
    public void A_reset_is_believed_only_with_the_exact_sequence_number()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9102, 0, "R"));
        Assert.Equal("A", peer.One().Flags);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.Send(new Segment(50_000, 0, "R")).None();
        peer.Send(new Segment(9101, 0, "R")).None();
        Assert.Equal((TcpState.Closed, TcpError.ConnectionReset), (peer.Connection.State, peer.Connection.Error));
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void A_SYN_in_the_window_is_challenged_not_obeyed()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9150, 0, "S"));
        Assert.Equal(("A", 9101u), (peer.Take()[0].Flags, 9101u));
        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(1, peer.Connection.Counters.ChallengeAcks);
    }

    [Fact]
    public void An_ACK_of_what_was_never_sent_is_answered_and_its_data_not_taken()
    {
        var peer = Warm(Linux);
        peer.Send(new Segment(9101, 1002, "A", Length: 10));
        Assert.Equal(9101u, peer.One().Ack);
        Assert.Equal(0, peer.Connection.ReadableBytes);
    }

    [Fact]
    public void Timestamps_count_the_ticks_since_the_PC_was_switched_on_and_echo_the_peers()
    {
        var peer = new ScriptedPeer(new TcpSettings()) { Now = new Instant(12_345_678_901) };
        peer.Accept(timestamps: (77, 0));
        peer.Send(new Segment(9001, 1001, "A", Length: 10) { Timestamps = (80, 1234) });
        Assert.Equal((1234u, 80u), peer.One().Timestamps);
    }

    [Fact]
    public void A_repetition_refreshes_the_echoed_timestamp_only_when_it_is_the_last_segment()
    {
        var peer = new ScriptedPeer(new TcpSettings()).Accept(timestamps: (77, 0));
        peer.Send(new Segment(9001, 1001, "A", Length: 10) { Timestamps = (80, 100) }).Take();
        peer.Send(new Segment(9011, 1001, "A", Length: 10) { Timestamps = (80, 100) });
        peer.After(10).Take();
        peer.Send(new Segment(9001, 1001, "A", Length: 10) { Timestamps = (90, 100) });
        Assert.Equal(80u, peer.One().Timestamps!.Value.Echo);
        peer.Send(new Segment(9011, 1001, "A", Length: 10) { Timestamps = (95, 100) });
        peer.Take();
        peer.Send(new Segment(9021, 1001, "A", Length: 2) { Timestamps = (95, 100) });
        peer.After(20);
        Assert.Equal(95u, peer.Take()[^1].Timestamps!.Value.Echo);
    }

    [Fact]
    public void A_segment_with_an_old_timestamp_is_dropped_and_answered()
    {
        var peer = new ScriptedPeer(new TcpSettings()).Accept(timestamps: (1000, 0));
        peer.Send(new Segment(9001, 1001, "A", Length: 10) { Timestamps = (999, 100) });
        Assert.Equal((9001u, 0), (peer.One().Ack, peer.Connection.ReadableBytes));
        Assert.Equal(1, peer.Connection.Counters.PawsDrops);

        // A pure ACK may be reordered without harm.
        peer.Send(new Segment(9001, 1001, "A") { Timestamps = (999, 100) }).None();
    }

    [Fact]
    public void Window_scaling_is_used_when_both_offer_it()
    {
        var settings = Linux with { WindowScaling = true, ReceiveBuffer = 400_000 };
        var peer = new ScriptedPeer(settings);
        peer.Send(new Segment(9000, 0, "S", 1000) { Mss = 1460, Scale = 3 });
        var answer = peer.One();
        Assert.Equal(2, answer.Scale);
        Assert.Equal(32767, answer.Window);
        peer.Send(new Segment(9001, 1001, "A", 1000));
        var connection = peer.Listener.Accept()!;
        Assert.Equal(7 * 1460, Written(connection, peer));
        peer.Send(new Segment(9001, 1001, "A", Length: 10));
        Assert.True(peer.Take()[^1].Window << 2 > 65535);

        var without = new ScriptedPeer(settings);
        without.Send(new Segment(9000, 0, "S") { Mss = 1460 });
        Assert.Null(without.One().Scale);

        static int Written(TcpConnection connection, ScriptedPeer peer)
        {
            // 8000 bytes of window: five segments fit; initial congestion windows allow two, so acknowledge as they come.
            var sent = 0;
            for (var i = 0; i < 7; i++)
                sent += connection.Write(new byte[1460], peer.Now);
            return sent;
        }
    }

    /// <summary>Sends segments until the window is closed and returns the next sequence number.</summary>
    private static uint Fill(ScriptedPeer peer, Action<Segment>? look = null, int segment = 1460)
    {
        var at = 9001u;
        while (peer.Connection.ReceiveWindow > 0)
        {
            var length = (int)Math.Min(segment, peer.Connection.ReceiveWindow);
            peer.Send(new Segment(at, 1001, "A", Length: length));
            at += (uint)length;
            foreach (var ack in peer.Take())
                look?.Invoke(ack);
        }

        return at;
    }

    /// <summary>A connection whose first segment, 100 bytes, was acknowledged at once: the peer is at 9101.</summary>
    private static ScriptedPeer Warm(TcpSettings settings, int mss = 1460)
    {
        var peer = new ScriptedPeer(settings).Accept(mss: mss);
        peer.Send(new Segment(9001, 1001, "A", Length: 100));
        peer.After(settings.Ack == AckRule.Rfc ? 200 : 20).Take();
        Assert.Equal(100, peer.Read());
        peer.Take();
        return peer;
    }
}
