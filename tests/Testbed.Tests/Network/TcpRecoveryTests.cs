using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class TcpRecoveryTests
{
    private const uint Mss = 1460;
    private static readonly TcpSettings Linux = new() { Timestamps = false, InitialWindow = 10 };

    [Fact]
    public void Three_duplicate_ACKs_repeat_the_missing_segment_and_halve_the_window()
    {
        var peer = TenOutstanding();
        Duplicate(peer, 2);
        peer.None();
        Duplicate(peer, 1);
        var repeated = peer.One();
        Assert.Equal((1001u, true), (repeated.Seq, repeated.IsRetransmission));
        Assert.Equal(5 + 3, peer.Connection.CongestionWindow);
        Assert.Equal((1, 3, 0), Counts(peer));
    }

    [Fact]
    public void An_ACK_with_data_or_a_larger_window_is_no_duplicate()
    {
        var peer = TenOutstanding();
        for (var i = 1; i <= 3; i++)
            peer.Send(new Segment(9001, 1001, "A", 32120 + i));
        for (var i = 0u; i < 3; i++)
            peer.Send(new Segment(9001 + (i * 10), 1001, "A", 32123, 10));
        Assert.DoesNotContain(peer.Take(), s => s.IsRetransmission);
        Assert.Equal(0, peer.Connection.Counters.DuplicateAcks);
    }

    [Fact]
    public void Each_further_duplicate_lets_one_more_segment_leave()
    {
        var peer = TenOutstanding();
        peer.Write(10_000);
        Duplicate(peer, 3);
        peer.Take();
        Duplicate(peer, 2);
        peer.None();
        Duplicate(peer, 1);
        Assert.Equal([1460], peer.Lengths());
    }

    [Fact]
    public void A_partial_ACK_repeats_the_next_hole_and_a_full_one_ends_the_recovery_at_half_the_window()
    {
        var peer = TenOutstanding();
        Duplicate(peer, 3);
        peer.Take();
        peer.Send(new Segment(9001, 1001 + (4 * Mss), "A"));
        var next = peer.One();
        Assert.Equal((1001 + (4 * Mss), true), (next.Seq, next.IsRetransmission));
        Assert.Equal(8 - 4 + 1, peer.Connection.CongestionWindow);
        peer.Send(new Segment(9001, 1001 + (10 * Mss), "A"));
        peer.None();
        Assert.Equal(5, peer.Connection.CongestionWindow);
        Assert.Equal(1, peer.Connection.Counters.FastRetransmits);
        Assert.Equal(Instant.Never, peer.Stack.NextTimer);
    }

    [Fact]
    public void Above_the_threshold_the_window_grows_by_one_segment_per_round_trip()
    {
        var peer = TenOutstanding();
        Duplicate(peer, 3);
        peer.Send(new Segment(9001, 1001 + (10 * Mss), "A"));
        var at = 1001 + (10 * Mss);
        var acks = 0;
        while (peer.Connection.CongestionWindow < 7)
        {
            peer.Write(1000);
            at += 1000;
            acks++;
            peer.Send(new Segment(9001, at, "A"));
        }

        // One in slow start at the threshold itself, then 6 + 1 of congestion avoidance.
        Assert.Equal(1 + 7, acks);
    }

    [Fact]
    public void Duplicates_of_what_was_outstanding_at_the_loss_start_no_second_recovery()
    {
        var peer = TenOutstanding();
        peer.After(3000);
        peer.Take();
        Duplicate(peer, 5);
        Assert.Equal((0, 5, 1), Counts(peer));
    }

    [Fact]
    public void Duplicates_of_the_ACK_that_ended_a_recovery_start_no_second_one()
    {
        var peer = TenOutstanding();
        Duplicate(peer, 3);
        peer.Send(new Segment(9001, 1001 + (10 * Mss), "A"));
        peer.Write(4000);
        for (var i = 0; i < 4; i++)
            peer.Send(new Segment(9001, 1001 + (10 * Mss), "A"));
        Assert.Equal(1, peer.Connection.Counters.FastRetransmits);
    }

    [Fact]
    public void A_timeout_sends_the_first_segment_again_and_then_the_rest_in_slow_start()
    {
        var peer = TenOutstanding();
        peer.Write(5000);
        peer.After(3000);
        var first = peer.One();
        Assert.Equal((1001u, true), (first.Seq, first.IsRetransmission));
        Assert.Equal(1, peer.Connection.CongestionWindow);
        peer.Send(new Segment(9001, 1001 + Mss, "A"));
        Assert.Equal([1001 + Mss, 1001 + (2 * Mss)], peer.Take().Select(s => s.Seq));
        for (var i = 2u; i < 10; i++)
        {
            peer.Send(new Segment(9001, 1001 + (i * Mss), "A"));
            Assert.All(peer.Take(), s => Assert.True(s.IsRetransmission));
        }

        // New data follows when all that was outstanding has arrived, not before, though the congestion window allows it.
        peer.Send(new Segment(9001, 1001 + (10 * Mss), "A"));
        Assert.All(peer.Take(), s => Assert.False(s.IsRetransmission));
    }

    [Fact]
    public void A_timeout_doubles_the_next_one_up_to_the_limit()
    {
        var peer = new ScriptedPeer(Linux with { MaximumRto = Duration.FromSeconds(10) }).Accept();
        peer.Write(10);
        peer.Take();
        var last = peer.Now;
        var intervals = new List<Duration>();
        while (intervals.Count < 5)
        {
            peer.After(10);
            if (peer.Take().Count == 0)
                continue;
            intervals.Add(peer.Now - last);
            last = peer.Now;
        }

        Assert.Equal(new[] { 3L, 6, 10, 10, 10 }.Select(Duration.FromSeconds), intervals);
        Assert.Equal(5, peer.Connection.Counters.RetransmissionTimeouts);
    }

    [Fact]
    public void A_peer_that_acknowledges_nothing_is_given_up_after_the_last_retry()
    {
        var peer = new ScriptedPeer(Linux with { Retries = 2 }).Accept();
        peer.Write(10);
        peer.After(60_000);
        Assert.Equal((TcpState.Closed, TcpError.TimedOut), (peer.Connection.State, peer.Connection.Error));
        Assert.Equal(3, peer.Take().Count);
    }

    [Theory]
    [InlineData(RetransmissionRule.Linux22)]
    [InlineData(RetransmissionRule.Rfc)]
    public void The_timeout_of_a_fast_network_is_the_minimum(RetransmissionRule rule)
    {
        var peer = new ScriptedPeer(Linux with { Retransmission = rule }).Accept();
        Exchange(peer, 20, 1);
        Assert.Equal(Duration.FromMilliseconds(200), peer.Connection.RetransmissionTimeout);
    }

    [Fact]
    public void The_timeout_follows_the_round_trips_by_each_rule()
    {
        // First sample R = 40 ticks. RFC 6298: R + 4 * R/2.
        var rfc = new ScriptedPeer(Linux with { Retransmission = RetransmissionRule.Rfc }).Connect();
        rfc.Take();
        rfc.After(400).Send(new Segment(9000, 1001, "SA") { Mss = 1460 });
        Assert.Equal(Duration.FromMilliseconds(1200), rfc.Connection.RetransmissionTimeout);

        // Linux 2.2 does not measure the handshake, begins with a deviation of R, and adds a quarter (and little more in a wide window).
        var linux = new ScriptedPeer(Linux).Accept();
        Exchange(linux, 1, 400);
        Assert.Equal(Duration.FromMilliseconds(10 * (200 + 50)), linux.Connection.RetransmissionTimeout);
    }

    [Fact]
    public void Without_timestamps_the_ACK_of_a_repeated_segment_measures_nothing()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        Exchange(peer, 20, 1);
        peer.Write(10);
        peer.After(200).Take();
        var backedOff = peer.Connection.RetransmissionTimeout;
        Assert.Equal(Duration.FromMilliseconds(400), backedOff);
        peer.After(5).Send(new Segment(9001, 1001 + 200 + 10, "A"));
        Assert.Equal(backedOff, peer.Connection.RetransmissionTimeout);
    }

    [Fact]
    public void With_timestamps_it_measures_from_the_sending_that_it_answers()
    {
        var peer = new ScriptedPeer(new TcpSettings()).Accept(timestamps: (1, 0));
        peer.Write(10);
        peer.After(3000);
        var repeated = peer.Take()[^1];
        Assert.True(repeated.IsRetransmission);
        peer.After(30).Send(new Segment(9001, 1011, "A") { Timestamps = (2, repeated.Timestamps!.Value.Value) });
        Assert.Equal(Duration.FromMilliseconds(30), peer.Connection.SmoothedRoundTrip);
    }

    [Fact]
    public void Linuxs_timer_runs_from_the_oldest_outstanding_segments_sending()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        Exchange(peer, 20, 1);
        peer.Write(1000);
        peer.After(30).Write(1000);
        peer.Take();
        peer.After(20).Send(new Segment(9001, 1001 + 200 + 1000, "A"));

        // The second left 20 ms ago: 200 ms from then, neither from the first's sending nor from the ACK.
        peer.After(170).None();
        peer.After(10);
        Assert.True(peer.One().IsRetransmission);
    }

    [Fact]
    public void A_lost_FIN_is_repeated()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Connection.Close(peer.Now);
        peer.Take();
        peer.After(3000);
        var fin = peer.One();
        Assert.Equal(("FA", 1001u, true), (fin.Flags, fin.Seq, fin.IsRetransmission));
    }

    private static ScriptedPeer TenOutstanding()
    {
        var peer = new ScriptedPeer(Linux).Accept();
        peer.Write((int)(10 * Mss));
        Assert.Equal(10, peer.Take().Count);
        return peer;
    }

    private static void Duplicate(ScriptedPeer peer, int times)
    {
        for (var i = 0; i < times; i++)
            peer.Send(new Segment(9001, 1001, "A"));
    }

    private static (int Fast, int Duplicates, int Timeouts) Counts(ScriptedPeer peer)
    {
        var counters = peer.Connection.Counters;
        return ((int)counters.FastRetransmits, (int)counters.DuplicateAcks, (int)counters.RetransmissionTimeouts);
    }

    private static void Exchange(ScriptedPeer peer, int times, int milliseconds)
    {
        for (var i = 1u; i <= times; i++)
        {
            peer.Write(10);
            peer.After(milliseconds);
            peer.Send(new Segment(9001, 1001 + (i * 10), "A"));
        }

        peer.Take();
    }
}
