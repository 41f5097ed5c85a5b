using System.Buffers.Binary;
using CsCheck;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class InetStackTests
{
    private static readonly byte[] Payload = [.. Enumerable.Range(0, 56).Select(i => (byte)i)];

    [Fact]
    public void An_echo_comes_back_with_the_payload_it_left_with()
    {
        var network = new TestNetwork();
        network.A.SendEcho(TestNetwork.AddressB, 77, 3, Payload, network.Now);
        network.Run(Duration.FromMilliseconds(1));
        Assert.True(network.A.TryReceiveEchoReply(out var reply));
        Assert.Equal((TestNetwork.AddressB, 77, 3, 64), (reply.From, reply.Identifier, reply.Sequence, reply.TimeToLive));
        Assert.Equal(Payload, reply.Payload.ToArray());
        Assert.Equal([FrameKind.Arp, FrameKind.Arp, FrameKind.Icmp, FrameKind.Icmp], network.Sent.Select(s => s.Frame.Kind));
        Assert.Equal(1, network.B.Counters.EchoRequestsAnswered);
        Assert.False(network.A.TryReceiveEchoReply(out _));
    }

    [Fact]
    public void Echo_replies_that_nobody_takes_are_bounded()
    {
        var network = new TestNetwork();
        for (ushort i = 0; i < 20; i++)
        {
            network.A.SendEcho(TestNetwork.AddressB, 1, i, Payload, network.Now);
            network.Run(Duration.FromMilliseconds(1));
        }

        Assert.Equal(4, network.A.Counters.EchoRepliesDropped);
    }

    [Fact]
    public void An_echo_that_would_need_fragments_is_refused()
    {
        var network = new TestNetwork();
        network.A.SendEcho(TestNetwork.AddressB, 1, 1, new byte[1472], network.Now);
        Assert.Throws<ArgumentException>(() => network.A.SendEcho(TestNetwork.AddressB, 1, 1, new byte[1473], network.Now));
    }

    [Fact]
    public void Three_packets_wait_for_an_address_and_the_oldest_gives_way()
    {
        var network = new TestNetwork { Hold = true };
        for (ushort i = 0; i < 5; i++)
            network.A.SendEcho(TestNetwork.AddressB, 1, i, Payload, network.Now);
        Assert.True(network.A.TryDequeue(out var request));
        Assert.Equal(FrameKind.Arp, request.Kind);
        Assert.False(network.A.TryDequeue(out _));
        network.B.Receive(request.Bytes, network.Now);
        Assert.True(network.B.TryDequeue(out var reply));
        network.A.Receive(reply.Bytes, network.Now);
        var sequences = new List<int>();
        while (network.A.TryDequeue(out var echo))
            sequences.Add(BinaryPrimitives.ReadUInt16BigEndian(echo.Bytes.AsSpan(40)));
        Assert.Equal([2, 3, 4], sequences);
        Assert.Equal(2, network.A.Counters.ArpQueueDrops);
    }

    [Fact]
    public void An_address_is_asked_for_three_times_a_second_apart_and_then_given_up()
    {
        var network = new TestNetwork { Fate = (_, _) => [] };
        network.A.SendEcho(TestNetwork.AddressB, 1, 1, Payload, network.Now);
        network.Run(Duration.FromSeconds(10));
        Assert.Equal(
            [Duration.Zero, Duration.FromSeconds(1), Duration.FromSeconds(2)], network.Sent.Select(s => s.At - network.Sent[0].At));
        Assert.Equal(1, network.A.Counters.ArpUnresolvedDrops);
        Assert.Equal(Instant.Never, network.A.NextTimer);
    }

    [Fact]
    public void The_host_asked_for_its_address_has_learnt_the_askers()
    {
        var network = new TestNetwork();
        network.A.SendEcho(TestNetwork.AddressB, 1, 1, Payload, network.Now);
        network.Run(Duration.FromMilliseconds(1));
        Assert.Equal(0, network.B.Counters.ArpRequestsSent);
        Assert.Equal(1, network.B.Counters.ArpRepliesSent);
    }

    [Fact]
    public void Neighbours_are_bounded_and_the_least_recently_used_gives_way()
    {
        var stack = new InetStack(
            new InetSettings { Mac = new MacAddress(2), Address = TestNetwork.AddressA, ArpEntries = 2 }, () => 1);
        for (var i = 2u; i <= 4; i++)
        {
            stack.Receive(
                Arp.RequestFrame(new MacAddress(i * 16), new Ipv4Address(TestNetwork.AddressA.Bits + i), TestNetwork.AddressA), new Instant(i));
        }

        while (stack.TryDequeue(out _))
        {
        }

        stack.SendEcho(new Ipv4Address(TestNetwork.AddressA.Bits + 4), 1, 1, Payload, new Instant(9));
        Assert.True(stack.TryDequeue(out var known));
        Assert.Equal(FrameKind.Icmp, known.Kind);
        stack.SendEcho(new Ipv4Address(TestNetwork.AddressA.Bits + 2), 1, 1, Payload, new Instant(9));
        Assert.True(stack.TryDequeue(out var forgotten));
        Assert.Equal(FrameKind.Arp, forgotten.Kind);
    }

    [Fact]
    public void A_neighbour_without_a_sign_of_life_is_asked_for_again()
    {
        var network = new TestNetwork();
        network.A.SendEcho(TestNetwork.AddressB, 1, 1, Payload, network.Now);
        network.Run(Duration.FromSeconds(61));
        network.A.SendEcho(TestNetwork.AddressB, 1, 2, Payload, network.Now);
        network.Run(Duration.FromMilliseconds(1));
        Assert.Equal(2, network.A.Counters.ArpRequestsSent);
    }

    [Fact]
    public void A_busy_connection_keeps_its_neighbours_address_alive()
    {
        var network = new TestNetwork();
        var (client, _) = network.Connect();
        for (var i = 0; i < 90; i++)
        {
            client.Write([1], network.Now);
            client.Push(network.Now);
            network.Run(Duration.FromSeconds(2));
        }

        Assert.Equal(1, network.A.Counters.ArpRequestsSent);
    }

    [Fact]
    public void A_segment_for_a_closed_port_is_answered_with_a_reset_and_counted()
    {
        var network = new TestNetwork();
        var client = network.A.Connect(TestNetwork.AddressB, 9, network.Now);
        network.Run(Duration.FromMilliseconds(10));
        Assert.Equal(TcpState.Closed, client.State);
        Assert.Equal(TcpError.ConnectionRefused, client.Error);
        Assert.Equal((1, 1), (network.B.Counters.TcpNoSocket, network.B.Counters.TcpResetsWithoutSocket));
        Assert.Equal(0, network.A.ConnectionCount);
    }

    [Fact]
    public void A_reset_is_never_answered_with_a_reset()
    {
        var peer = new ScriptedPeer();
        peer.Send(new Segment(5, 6, "R")).None();
        Assert.Equal(1, peer.Stack.Counters.TcpNoSocket);
    }

    [Fact]
    public void A_full_backlog_drops_the_SYN_without_an_answer()
    {
        var network = new TestNetwork(backlog: 1);
        network.A.Connect(TestNetwork.AddressB, 5001, network.Now);
        network.Run(Duration.FromMilliseconds(10));
        var second = network.A.Connect(TestNetwork.AddressB, 5001, network.Now);
        network.Run(Duration.FromMilliseconds(10));
        Assert.Equal(TcpState.SynSent, second.State);
        Assert.Equal(1, network.B.Counters.TcpListenDrops);
        network.Listener.Accept();
        network.RunUntil(() => second.State == TcpState.Established, Duration.FromSeconds(5));
    }

    [Fact]
    public void Ports_are_given_out_in_order_from_1024_and_reused_only_when_free()
    {
        var network = new TestNetwork();
        Assert.Equal(1024, network.A.Connect(TestNetwork.AddressB, 5001, network.Now).Endpoints.LocalPort);
        for (var i = 0; i < 3975; i++)
            network.A.Connect(TestNetwork.AddressB, 5001, network.Now).Abort(network.Now);
        Assert.Equal(1025, network.A.Connect(TestNetwork.AddressB, 5001, network.Now).Endpoints.LocalPort);
    }

    [Fact]
    public void What_a_frame_carries_is_known_before_it_is_processed()
    {
        var network = new TestNetwork();
        var (client, _) = network.Connect();
        network.Hold = true;
        Assert.Equal(1448, client.Write(new byte[1448], network.Now));
        Assert.True(network.A.TryDequeue(out var frame));
        Assert.Equal(FrameKind.TcpData, InetStack.Classify(frame.Bytes, out var payload));
        Assert.Equal((1448, 1448, 1514), (payload, frame.PayloadBytes, frame.Bytes.Length));
        Assert.Equal(FrameKind.TcpAck, network.Sent.Last(s => !s.FromA).Frame.Kind);
    }

    [Fact]
    public void A_frame_is_classified_by_what_it_carries()
    {
        var network = new TestNetwork();
        network.A.SendEcho(TestNetwork.AddressB, 1, 1, Payload, network.Now);
        network.Connect();
        foreach (var (_, _, frame) in network.Sent)
        {
            Assert.Equal(frame.Kind, InetStack.Classify(frame.Bytes, out var payload));
            Assert.Equal(frame.PayloadBytes, payload);
        }

        Assert.Equal(FrameKind.Other, InetStack.Classify(new byte[60], out _));
        Assert.Equal(FrameKind.Other, InetStack.Classify([], out _));
    }

    [Fact]
    public void Arbitrary_bytes_never_throw_and_every_one_is_counted()
    {
        var peer = new ScriptedPeer().Accept();
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 4]).Sample((bytes, kind) => Feed(peer, bytes, kind), threads: 1, iter: 20_000);
    }

    [Fact]
    public void Segments_with_arbitrary_fields_and_options_never_throw()
    {
        foreach (var timestamps in new[] { false, true })
        {
            var gen =
                from flags in Gen.Int[0, 31]
                from seq in Gen.OneOf(Gen.UInt, Gen.UInt[8990, 9100], Gen.UInt[9001, 9001 + 33000])
                from ack in Gen.OneOf(Gen.UInt, Gen.UInt[990, 1100], Gen.UInt[1001, 5000])
                from window in Gen.Int[0, 65535]
                from length in Gen.Int[0, 1460]
                from action in Gen.Int[0, 9]
                select (flags, seq, ack, window, length, action);
            gen.Array[1, 60].Sample(
                steps =>
                {
                    var peer = new ScriptedPeer(new TcpSettings { Timestamps = timestamps })
                        .Accept(timestamps: timestamps ? (50u, 0u) : null);
                    foreach (var (flags, seq, ack, window, length, action) in steps)
                    {
                        var letters = string.Concat("FSRPA".Where((_, i) => (flags >> i & 1) != 0));
                        peer.Send(new Segment(seq, ack, letters, window, length) { Timestamps = timestamps ? (50u, 100u) : null });
                        switch (action)
                        {
                            case 0:
                                peer.Write(3000);
                                break;
                            case 1:
                                peer.Read(1000);
                                break;
                            case 2:
                                peer.After(1000);
                                break;
                            case 3:
                                peer.Connection.Shutdown(peer.Now);
                                break;
                            default:
                                break;
                        }

                        peer.Take();
                        Assert.InRange(peer.Connection.ReadableBytes, 0, 2 * 65535);
                    }
                },
                threads: 1,
                iter: 300);
        }
    }

    [Fact]
    public void Drops_are_counted_by_cause()
    {
        var peer = new ScriptedPeer().Accept();
        var good = peer.Frame(new Segment(9001, 1001, "A", Length: 100));
        Spoil(good, 14 + 10);
        Assert.Equal(1, peer.Stack.Counters.IpChecksumErrors);
        Spoil(good, 34 + 30);
        Assert.Equal(1, peer.Stack.Counters.TcpChecksumErrors);
        Spoil(good, 0);
        Assert.Equal(1, peer.Stack.Counters.FramesIgnored);
        Spoil(good, 14);
        Assert.Equal(1, peer.Stack.Counters.IpMalformed);

        var fragment = (byte[])good.Clone();
        fragment[20] |= 0x20;
        fragment[24] = fragment[25] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(fragment.AsSpan(24), NaiveChecksum.Of(fragment.AsSpan(14, 20)));
        peer.Stack.Receive(fragment, peer.Now);
        Assert.Equal(1, peer.Stack.Counters.IpFragmentsDropped);
        Assert.Equal(0, peer.Connection.ReadableBytes);

        void Spoil(byte[] frame, int at)
        {
            var bad = (byte[])frame.Clone();
            bad[at] ^= 0x12;
            peer.Stack.Receive(bad, peer.Now);
        }
    }

    [Fact]
    public void Settings_out_of_range_are_refused_with_the_reason()
    {
        var good = new InetSettings { Mac = new MacAddress(2), Address = TestNetwork.AddressA };
        Assert.Contains("MTU", Refusal(good with { Mtu = 20 }), StringComparison.Ordinal);
        Assert.Contains("prefix", Refusal(good with { PrefixLength = 32 }), StringComparison.Ordinal);
        Assert.Contains("group", Refusal(good with { Mac = MacAddress.Broadcast }), StringComparison.Ordinal);
        Assert.Contains("buffers", Refusal(good with { Tcp = new TcpSettings { SendBuffer = 1 } }), StringComparison.Ordinal);

        static string Refusal(InetSettings settings) => Assert.Throws<ArgumentException>(() => new InetStack(settings, () => 1)).Message;
    }

    private static void Feed(ScriptedPeer peer, byte[] bytes, int kind)
    {
        // The closer to a good frame, the deeper it gets.
        var frame = peer.Frame(new Segment(9001, 1001, "A", Length: Math.Max(0, bytes.Length - 54)));
        switch (kind)
        {
            case 0:
                frame = bytes;
                break;
            case 1:
                bytes.AsSpan(0, Math.Min(bytes.Length, frame.Length - 14)).CopyTo(frame.AsSpan(14));
                break;
            case 2:
                bytes.AsSpan(0, Math.Min(bytes.Length, frame.Length - 34)).CopyTo(frame.AsSpan(34));
                break;
            case 3:
                frame[13] = 6;
                bytes.AsSpan(0, Math.Min(bytes.Length, frame.Length - 14)).CopyTo(frame.AsSpan(14));
                break;
            default:
                frame = frame[..Math.Min(frame.Length, bytes.Length)];
                break;
        }

        var before = peer.Stack.Counters.FramesReceived;
        InetStack.Classify(frame, out var payload);
        Assert.InRange(payload, 0, frame.Length);
        peer.Stack.Receive(frame, peer.Now);
        Assert.Equal(before + 1, peer.Stack.Counters.FramesReceived);
        peer.Take();
    }
}
