using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class TcpOpenCloseTests
{
    private static readonly TcpSettings Linux = new() { Timestamps = false };

    [Fact]
    public void An_active_open_offers_its_MSS_timestamps_and_window()
    {
        var peer = new ScriptedPeer(new TcpSettings { WindowScaling = true }).Connect();
        var syn = peer.One();
        Assert.Equal(("S", 1000u, 1460, 32120, 0), (syn.Flags, syn.Seq, syn.Mss, syn.Window, syn.Scale));
        Assert.Equal((100u, 0u), syn.Timestamps);
        peer.Send(new Segment(9000, 1001, "SA") { Mss = 1460, Timestamps = (5, 100) });
        var ack = peer.One();
        Assert.Equal(("A", 1001u, 9001u), (ack.Flags, ack.Seq, ack.Ack));
        Assert.Equal((100u, 5u), ack.Timestamps);
        Assert.Equal(TcpState.Established, peer.Connection.State);
        Assert.Equal(TcpEvents.StateChanged | TcpEvents.Writable, peer.Connection.TakeEvents());
    }

    [Fact]
    public void An_option_that_only_one_side_offers_is_not_used()
    {
        var peer = new ScriptedPeer(new TcpSettings()).Connect();
        peer.Take();
        peer.Send(new Segment(9000, 1001, "SA") { Mss = 1460 });
        Assert.Null(peer.One().Timestamps);

        var passive = new ScriptedPeer(Linux);
        passive.Send(new Segment(9000, 0, "S") { Mss = 1460, Timestamps = (1, 0), Scale = 2 });
        var answer = passive.One();
        Assert.Null(answer.Timestamps);
        Assert.Null(answer.Scale);
    }

    [Fact]
    public void A_SYN_is_repeated_after_3_6_and_12_seconds_and_given_up_after_the_last_retry()
    {
        var peer = new ScriptedPeer(Linux with { SynRetries = 3 }).Connect();
        peer.Take();
        var start = peer.Now;
        var at = new List<Duration>();
        for (var i = 0; i < 6000; i++)
        {
            peer.After(10);
            foreach (var syn in peer.Take())
            {
                Assert.Equal(("S", true), (syn.Flags, syn.IsRetransmission));
                at.Add(peer.Now - start);
            }
        }

        Assert.Equal([Duration.FromSeconds(3), Duration.FromSeconds(9), Duration.FromSeconds(21)], at);
        Assert.Equal((TcpState.Closed, TcpError.TimedOut), (peer.Connection.State, peer.Connection.Error));
    }

    [Fact]
    public void A_lost_SYN_ACK_is_repeated_by_either_side()
    {
        var peer = new ScriptedPeer(Linux);
        peer.Send(new Segment(9000, 0, "S") { Mss = 1460 });
        peer.Take();
        peer.Send(new Segment(9000, 0, "S") { Mss = 1460 });
        Assert.Equal("SA", peer.One().Flags);
        peer.After(3000);
        Assert.Equal("SA", peer.One().Flags);
        Assert.False(peer.Listener.HasPending);
        peer.Send(new Segment(9001, 1001, "A"));
        Assert.True(peer.Listener.HasPending);
        Assert.Equal(1, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void A_half_open_connection_that_nobody_completes_gives_its_place_back()
    {
        var peer = new ScriptedPeer(Linux with { SynAckRetries = 1 });
        peer.Send(new Segment(9000, 0, "S"));
        peer.After(20_000);
        Assert.Equal(0, peer.Stack.ConnectionCount);
        Assert.Equal(2, peer.Take().Count);
        peer.Accept();
    }

    [Fact]
    public void Both_sides_opening_at_once_make_one_connection()
    {
        var peer = new ScriptedPeer(Linux).Connect();
        peer.Take();
        peer.Send(new Segment(9000, 0, "S") { Mss = 1460 });
        var answer = peer.One();
        Assert.Equal(("SA", 1000u, 9001u), (answer.Flags, answer.Seq, answer.Ack));
        Assert.Equal(TcpState.SynReceived, peer.Connection.State);
        peer.Send(new Segment(9000, 1001, "SA") { Mss = 1460 });
        Assert.Equal(TcpState.Established, peer.Connection.State);
        peer.Take();
        peer.Send(new Segment(9001, 1001, "A", Length: 5));
        Assert.Equal(5, peer.Read());
    }

    [Fact]
    public void A_wrong_ACK_of_a_SYN_is_reset_and_the_opening_goes_on()
    {
        var peer = new ScriptedPeer(Linux).Connect();
        peer.Take();
        peer.Send(new Segment(9000, 500, "SA"));
        var reset = peer.One();
        Assert.Equal(("R", 500u), (reset.Flags, reset.Seq));
        peer.Send(new Segment(9000, 1001, "SA") { Mss = 1460 });
        Assert.Equal(TcpState.Established, peer.Connection.State);
    }

    [Fact]
    public void A_refused_opening_says_so()
    {
        var peer = new ScriptedPeer(Linux).Connect();
        peer.Take();
        peer.Send(new Segment(0, 999, "RA"));
        Assert.Equal(TcpState.SynSent, peer.Connection.State);
        peer.Send(new Segment(0, 1001, "RA")).None();
        Assert.Equal((TcpState.Closed, TcpError.ConnectionRefused), (peer.Connection.State, peer.Connection.Error));
    }

    [Fact]
    public void Closing_first_goes_through_FIN_WAIT_1_FIN_WAIT_2_and_TIME_WAIT_to_the_end()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        Assert.Equal("FA", peer.One().Flags);
        Assert.Equal(TcpState.FinWait1, peer.Connection.State);
        peer.Send(new Segment(9001, 1002, "A"));
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.Send(new Segment(9001, 1002, "FA"));
        Assert.Equal(9002u, peer.One().Ack);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        peer.After(59_000).None();
        peer.Send(new Segment(9001, 1002, "FA"));
        Assert.Equal(9002u, peer.One().Ack);
        peer.After(59_000);
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        peer.After(2000);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
        Assert.Equal(0, peer.Stack.ConnectionCount);
        Assert.Equal(Instant.Never, peer.Stack.NextTimer);
    }

    [Fact]
    public void Closing_second_goes_through_CLOSE_WAIT_and_LAST_ACK_to_the_end()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Send(new Segment(9001, 1001, "FA"));
        Assert.Equal(9002u, peer.One().Ack);
        Assert.Equal(TcpState.CloseWait, peer.Connection.State);
        Assert.True(peer.Connection.AtEndOfStream);
        Assert.Equal(100, peer.Write(100));
        peer.Connection.Close(peer.Now);
        Assert.Equal(TcpState.LastAck, peer.Connection.State);
        Assert.Equal("FA", peer.Take()[^1].Flags);
        peer.Send(new Segment(9002, 1102, "A"));
        Assert.Equal((TcpState.Closed, TcpError.None), (peer.Connection.State, peer.Connection.Error));
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void Both_sides_closing_at_once_go_through_CLOSING_to_TIME_WAIT()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Take();
        peer.Send(new Segment(9001, 1001, "FA"));
        Assert.Equal(TcpState.Closing, peer.Connection.State);
        Assert.Equal(9002u, peer.One().Ack);
        peer.Send(new Segment(9002, 1002, "A"));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);

        var network = new TestNetwork();
        var (client, server) = network.Connect();
        client.Close(network.Now);
        server.Close(network.Now);
        network.Run(Duration.FromSeconds(1));
        Assert.Equal((TcpState.TimeWait, TcpState.TimeWait), (client.State, server.State));
        network.Run(Duration.FromSeconds(61));
        Assert.Equal(0, network.A.ConnectionCount + network.B.ConnectionCount);
    }

    [Fact]
    public void A_FIN_that_acknowledges_ours_goes_straight_to_TIME_WAIT()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Take();
        peer.Send(new Segment(9001, 1002, "FA"));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        Assert.Equal(9002u, peer.One().Ack);
    }

    [Fact]
    public void What_is_queued_is_sent_before_the_FIN_which_rides_on_the_last_segment()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write(2000);
        peer.Write(100);
        peer.Connection.Shutdown(peer.Now);
        var segments = peer.Take();
        Assert.Equal((540 + 100, "FPA"), (segments[^1].Length, segments[^1].Flags));
        Assert.Equal(0, peer.Connection.Write([1], peer.Now));
        Assert.False(peer.Connection.IsWritable);
    }

    [Fact]
    public void Nagle_does_not_hold_back_the_segment_with_the_FIN()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write(10);
        peer.Write(10);
        Assert.Equal([10], peer.Lengths());
        peer.Connection.Shutdown(peer.Now);
        Assert.Equal((10, "FPA"), Pair(peer.One()));
    }

    [Fact]
    public void After_a_shutdown_the_peers_data_is_still_read()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Shutdown(peer.Now);
        peer.Send(new Segment(9001, 1002, "A", Length: 50));
        Assert.Equal(50, peer.Read());
    }

    [Fact]
    public void Closing_with_data_unread_resets()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Send(new Segment(9001, 1001, "A", Length: 50)).Take();
        peer.Connection.Close(peer.Now);
        Assert.Equal("RA", peer.One().Flags);
        Assert.Equal((TcpState.Closed, TcpError.Aborted), (peer.Connection.State, peer.Connection.Error));
    }

    [Fact]
    public void Data_for_a_closed_socket_is_answered_with_a_reset()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Take();
        peer.Send(new Segment(9001, 1002, "A", Length: 50));
        Assert.Equal("RA", peer.One().Flags);
        Assert.Equal(0, peer.Stack.ConnectionCount);
    }

    [Fact]
    public void A_peer_that_never_sends_its_FIN_is_let_go_of()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Send(new Segment(9001, 1002, "A"));
        peer.After(179_000);
        Assert.Equal(TcpState.FinWait2, peer.Connection.State);
        peer.After(2000);
        Assert.Equal(TcpState.Closed, peer.Connection.State);
    }

    [Fact]
    public void A_newer_SYN_reopens_the_ports_of_a_connection_in_TIME_WAIT()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Take();
        peer.Send(new Segment(9001, 1002, "FA")).Take();
        peer.Send(new Segment(8000, 0, "S"));
        Assert.Equal(TcpState.TimeWait, peer.Connection.State);
        peer.Take();
        peer.Send(new Segment(20_000, 0, "S"));
        var answer = peer.One();
        Assert.Equal(("SA", 20_001u), (answer.Flags, answer.Ack));
    }

    [Fact]
    public void An_abort_resets_the_peer()
    {
        var network = new TestNetwork();
        var (client, server) = network.Connect();
        client.Abort(network.Now);
        network.Run(Duration.FromMilliseconds(10));
        Assert.Equal(TcpError.ConnectionReset, server.Error);
        Assert.True(server.AtEndOfStream);
        Assert.Equal((0, 0), (network.A.ConnectionCount, network.B.ConnectionCount));
    }

    [Fact]
    public void The_counters_of_ended_connections_stay_in_the_stacks_sum()
    {
        var network = new TestNetwork();
        var (client, _) = network.Connect();
        var before = network.A.TcpCounters;
        client.Abort(network.Now);
        Assert.Equal(before.SegmentsSent + 1, network.A.TcpCounters.SegmentsSent);
    }

    private static (int Length, string Flags) Pair(Segment segment) => (segment.Length, segment.Flags);
}
