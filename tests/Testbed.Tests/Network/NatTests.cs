using System.Buffers.Binary;
using CsCheck;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Tests.Network;

public sealed class NatTests
{
    private static readonly Ipv4Address Outside = Ipv4Address.Parse("192.168.1.73");
    private static readonly Ipv4Address Guest = Ipv4Address.Parse("192.168.73.128");
    private static readonly Ipv4Address Peer = Ipv4Address.Parse("192.168.1.35");
    private static readonly MacAddress GuestMac = MacAddress.Parse("00:50:56:00:07:33");
    private static readonly MacAddress HostMac = MacAddress.Parse("00:50:56:c0:07:33");
    private static readonly byte[] Protocols = [Ipv4.ProtocolTcp, Ipv4.ProtocolUdp, Ipv4.ProtocolIcmp];
    private static readonly Gen<byte> Protocol = Gen.Int[0, 2].Select(i => Protocols[i]);

    [Fact]
    public void A_packet_leaves_with_the_outside_s_address_and_its_answer_comes_back_to_whom_it_is_for() =>
        Gen.Select(Protocol, Gen.UShort[1, ushort.MaxValue], Gen.UShort[1, ushort.MaxValue], Gen.UInt[1, 0xDFFF_FFFF], Gen.Byte.Array[0, 200]).Sample(
            (protocol, port, peerPort, peerBits, payload) =>
            {
                var peer = new Ipv4Address(peerBits);
                var nat = new Nat(new() { Outside = Outside });
                var sent = Frame(protocol, Guest, port, peer, peerPort, payload);
                var out1 = nat.Outbound(sent, Instant.Zero)!;
                var leaving = Read(out1);
                Assert.Equal((Outside, peer), (leaving.Source, leaving.Destination));
                Assert.Equal(Ipv4.TimeToLive - 1, leaving.TimeToLive);
                Assert.InRange(leaving.SourcePort, 61_000, 65_095);
                Assert.True(leaving.IsValid);
                Assert.Equal(payload, leaving.Payload);

                var answer = Frame(protocol, peer, peerPort, Outside, leaving.SourcePort, payload, answers: true);
                Assert.True(nat.IsInbound(answer));
                var arriving = Read(nat.Inbound(answer, Instant.Zero)!);
                Assert.Equal((peer, Guest), (arriving.Source, arriving.Destination));
                Assert.Equal(port, arriving.DestinationPort);
                Assert.True(arriving.IsValid);
                Assert.Equal(payload, arriving.Payload);
                Assert.Equal((1, 1L, 1L), (nat.Flows, nat.Counters.TranslatedOut, nat.Counters.TranslatedIn));
            });

    [Fact]
    public void Flows_of_any_mixture_keep_apart() =>
        Gen.Select(Protocol, Gen.UShort[1, 40], Gen.UShort[1, 4], Gen.UInt[1, 3]).Array[1, 60].Sample(packets =>
        {
            var nat = new Nat(new() { Outside = Outside });
            var ports = new Dictionary<(byte, ushort, ushort, uint), ushort>();
            foreach (var (protocol, port, remotePort, remote) in packets)
            {
                var peerPort = protocol == Ipv4.ProtocolIcmp ? (ushort)0 : remotePort;
                var left = Read(nat.Outbound(Frame(protocol, Guest, port, new Ipv4Address(remote), peerPort, []), Instant.Zero)!);
                var flow = (protocol, port, peerPort, remote);
                if (ports.TryGetValue(flow, out var before))
                    Assert.Equal(before, left.SourcePort);
                ports[flow] = left.SourcePort;
            }

            Assert.Equal(ports.Count, nat.Flows);
            foreach (var protocol in ports.GroupBy(flow => flow.Key.Item1))
                Assert.Equal(protocol.Count(), protocol.Select(flow => flow.Value).Distinct().Count());
            foreach (var ((protocol, port, peerPort, remote), outsidePort) in ports)
            {
                var back = Read(nat.Inbound(Frame(protocol, new Ipv4Address(remote), peerPort, Outside, outsidePort, [], answers: true), Instant.Zero)!);
                Assert.Equal((Guest, port), (back.Destination, back.DestinationPort));
            }
        });

    [Fact]
    public void Nobody_else_may_answer_and_nothing_comes_in_unasked()
    {
        var nat = new Nat(new() { Outside = Outside });
        var port = Read(nat.Outbound(Frame(Ipv4.ProtocolTcp, Guest, 1024, Peer, 80, []), Instant.Zero)!).SourcePort;
        Assert.True(nat.IsInbound(Frame(Ipv4.ProtocolTcp, Peer, 80, Outside, port, [])));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolTcp, Peer, 81, Outside, port, [])));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolTcp, Guest, 80, Outside, port, [])));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolUdp, Peer, 80, Outside, port, [])));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolTcp, Peer, 80, Outside, (ushort)(port + 1), [])));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolTcp, Peer, 80, Peer, port, [])));
        Assert.Null(nat.Inbound(Frame(Ipv4.ProtocolTcp, Peer, 81, Outside, port, []), Instant.Zero));
    }

    [Fact]
    public void An_echo_request_from_outside_is_the_host_s_even_if_its_identifier_is_a_flow_s()
    {
        var nat = new Nat(new() { Outside = Outside });
        var identifier = Read(nat.Outbound(Frame(Ipv4.ProtocolIcmp, Guest, 350, Peer, 0, []), Instant.Zero)!).SourcePort;
        Assert.True(nat.IsInbound(Frame(Ipv4.ProtocolIcmp, Peer, 0, Outside, identifier, [], answers: true)));
        Assert.False(nat.IsInbound(Frame(Ipv4.ProtocolIcmp, Peer, identifier, Outside, 0, [])));
    }

    [Fact]
    public void Without_a_UDP_checksum_none_is_made_up()
    {
        var frame = Frame(Ipv4.ProtocolUdp, Guest, 53, Peer, 53, [1, 2, 3]);
        frame[EthernetFrame.HeaderLength + Ipv4.HeaderLength + 6] = frame[EthernetFrame.HeaderLength + Ipv4.HeaderLength + 7] = 0;
        var left = new Nat(new() { Outside = Outside }).Outbound(frame, Instant.Zero)!;
        Assert.Equal(0, BinaryPrimitives.ReadUInt16BigEndian(left.AsSpan(EthernetFrame.HeaderLength + Ipv4.HeaderLength + 6)));
    }

    [Fact]
    public void A_flow_is_refused_when_there_is_no_room_for_it_and_taken_once_another_has_expired() =>
        Gen.Select(Protocol, Gen.Int[1, 20], Gen.Bool).Sample((protocol, room, ports) =>
        {
            var nat = new Nat(new()
            {
                Outside = Outside,
                Entries = ports ? 100 : room,
                LastPort = (ushort)(ports ? 61_000 + room - 1 : 65_000),
            });
            for (ushort port = 1; port <= room; port++)
                Assert.NotNull(nat.Outbound(Frame(protocol, Guest, port, Peer, 80, []), new Instant(port)));
            var late = Frame(protocol, Guest, 1000, Peer, 80, []);
            Assert.Null(nat.Outbound(late, new Instant(room)));
            Assert.Equal((1L, 0L, (long)room), (nat.Counters.RefusedFull, nat.Counters.FlowsExpired, nat.Counters.MostFlows));

            // Those that there are still work.
            Assert.NotNull(nat.Outbound(Frame(protocol, Guest, 1, Peer, 80, []), new Instant(room)));
            var first = nat.NextExpiry;
            Assert.Null(nat.Outbound(late, first - new Duration(1)));
            var expired = nat.Counters.FlowsExpired;
            var last = new Instant(room) + Duration.FromSeconds(3_600);
            Assert.NotNull(nat.Outbound(late, last));
            Assert.True(nat.Counters.FlowsExpired > expired);
            Assert.Equal(1, nat.Flows);
        });

    [Theory]
    [InlineData(Ipv4.ProtocolUdp, 300)]
    [InlineData(Ipv4.ProtocolIcmp, 60)]
    [InlineData(Ipv4.ProtocolTcp, 120)]
    public void A_flow_is_forgotten_so_long_after_its_last_packet_to_the_nanosecond(byte protocol, long seconds)
    {
        var nat = new Nat(new() { Outside = Outside });
        var port = Read(nat.Outbound(Frame(protocol, Guest, 1024, Peer, 80, []), Instant.Zero)!).SourcePort;
        var answer = Frame(protocol, Peer, 80, Outside, port, [], TcpFlags.Syn | TcpFlags.Ack, answers: true);
        var then = Instant.Zero + Duration.FromSeconds(seconds);
        var second = then - new Duration(1);
        Assert.NotNull(nat.Inbound(answer, second));
        nat.Expire(second + Duration.FromSeconds(seconds) - new Duration(1));
        Assert.Equal(1, nat.Flows);
        nat.Expire(second + Duration.FromSeconds(seconds));
        Assert.Equal((0, 1L, Instant.Never), (nat.Flows, nat.Counters.FlowsExpired, nat.NextExpiry));
        Assert.False(nat.IsInbound(answer));
    }

    [Theory]
    [InlineData(new[] { 2 }, 120)]
    [InlineData(new[] { 2, 16 }, 900)]
    [InlineData(new[] { 2, 16, 24 }, 900)]
    [InlineData(new[] { 2, 16, 17 }, 120)]
    [InlineData(new[] { 2, 16, 17, 16 }, 120)]
    [InlineData(new[] { 2, 16, 20 }, 10)]
    [InlineData(new[] { 2, 16, 17, 2 }, 120)]
    public void How_long_a_TCP_flow_is_remembered_depends_on_its_state(int[] flags, long seconds)
    {
        var nat = new Nat(new() { Outside = Outside });
        foreach (var flag in flags)
            Assert.NotNull(nat.Outbound(Frame(Ipv4.ProtocolTcp, Guest, 1024, Peer, 80, [], (TcpFlags)flag), Instant.Zero));
        var end = Instant.Zero + Duration.FromSeconds(seconds);
        nat.Expire(end - new Duration(1));
        Assert.Equal(1, nat.Flows);
        nat.Expire(end);
        Assert.Equal(0, nat.Flows);
    }

    [Fact]
    public void What_is_not_translated_is_counted_by_cause()
    {
        var nat = new Nat(new() { Outside = Outside });
        var last = Frame(Ipv4.ProtocolTcp, Guest, 1, Peer, 2, []);
        SetByte(last, 8, 1);
        Assert.Null(nat.Outbound(last, Instant.Zero));
        var fragment = Frame(Ipv4.ProtocolTcp, Guest, 1, Peer, 2, []);
        SetByte(fragment, 7, 1);
        Assert.Null(nat.Outbound(fragment, Instant.Zero));
        var other = Frame(Ipv4.ProtocolTcp, Guest, 1, Peer, 2, []);
        SetByte(other, 9, 47);
        Assert.Null(nat.Outbound(other, Instant.Zero));
        var broken = Frame(Ipv4.ProtocolTcp, Guest, 1, Peer, 2, []);
        broken[EthernetFrame.HeaderLength + 12]++;
        Assert.Null(nat.Outbound(broken, Instant.Zero));
        Assert.Null(nat.Outbound(new byte[10], Instant.Zero));
        Assert.Equal((1L, 2L, 2L, 0), (nat.Counters.TimeToLiveExceeded, nat.Counters.Unsupported, nat.Counters.Malformed, nat.Flows));
    }

    [Fact]
    public void Garbage_is_never_translated_and_never_throws() =>
        Gen.Byte.Array[0, 120].Sample(bytes =>
        {
            var nat = new Nat(new() { Outside = Outside });
            nat.Outbound(Frame(Ipv4.ProtocolTcp, Guest, 1, Peer, 2, []), Instant.Zero);
            nat.Outbound(bytes, Instant.Zero);
            nat.Inbound(bytes, Instant.Zero);
            nat.IsInbound(bytes);
        });

    /// <summary>Sets a byte of the IP header, and its checksum right.</summary>
    private static void SetByte(byte[] frame, int at, byte value)
    {
        var header = frame.AsSpan(EthernetFrame.HeaderLength, Ipv4.HeaderLength);
        header[at] = value;
        header[10] = header[11] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }

    private static byte[] Frame(
        byte protocol, Ipv4Address source, ushort sourcePort, Ipv4Address destination, ushort destinationPort, byte[] payload, TcpFlags flags = TcpFlags.Syn, bool answers = false)
    {
        var header = protocol == Ipv4.ProtocolTcp ? TcpSegment.HeaderLength : 8;
        var length = Ipv4.HeaderLength + header + payload.Length;
        var frame = EthernetFrame.Allocate(EthernetFrame.HeaderLength + length);
        EthernetFrame.WriteHeader(frame, HostMac, GuestMac, EthernetFrame.TypeIpv4);
        Ipv4.WriteHeader(frame.AsSpan(EthernetFrame.HeaderLength), source, destination, protocol, length, 7, dontFragment: true);
        var message = frame.AsSpan(EthernetFrame.HeaderLength + Ipv4.HeaderLength, header + payload.Length);
        if (protocol == Ipv4.ProtocolIcmp)
        {
            Icmp.WriteEcho(message, answers ? Icmp.EchoReply : Icmp.EchoRequest, answers ? destinationPort : sourcePort, 1, payload);
            return frame;
        }

        payload.CopyTo(message[header..]);
        if (protocol == Ipv4.ProtocolTcp)
        {
            TcpSegment.WriteHeader(message, sourcePort, destinationPort, 1, 2, TcpSegment.HeaderLength, flags, 1000);
            TcpSegment.WriteChecksum(message, source, destination);
            return frame;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message, sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], destinationPort);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], (ushort)message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], 0);
        var checksum = InternetChecksum.Finish(InternetChecksum.Add(PseudoHeader.Sum(source, destination, protocol, message.Length), message));
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], checksum == 0 ? ushort.MaxValue : checksum);
        return frame;
    }

    /// <summary>Reads a frame, all checksums computed anew.</summary>
    private static Packet Read(byte[] frame)
    {
        Assert.Equal(Ipv4ReadResult.Ok, Ipv4.TryRead(frame.AsSpan(EthernetFrame.HeaderLength), out var header));
        var message = frame.AsSpan(EthernetFrame.HeaderLength + header.HeaderLength, header.TotalLength - header.HeaderLength);
        var isIcmp = header.Protocol == Ipv4.ProtocolIcmp;
        var sum = isIcmp ? 0 : PseudoHeader.Sum(header.Source, header.Destination, header.Protocol, message.Length);
        return new(
            header.Source,
            header.Destination,
            header.TimeToLive,
            isIcmp ? Icmp.Identifier(message) : BinaryPrimitives.ReadUInt16BigEndian(message),
            isIcmp ? Icmp.Identifier(message) : BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
            message[(header.Protocol == Ipv4.ProtocolTcp ? TcpSegment.HeaderLength : 8)..].ToArray(),
            InternetChecksum.IsValid(InternetChecksum.Add(sum, message)));
    }

    private sealed record Packet(
        Ipv4Address Source, Ipv4Address Destination, byte TimeToLive, ushort SourcePort, ushort DestinationPort, byte[] Payload, bool IsValid);
}
