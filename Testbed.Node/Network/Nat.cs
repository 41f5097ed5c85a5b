using System.Buffers.Binary;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>
/// Masquerading (RFC 3022's NAPT; Linux 2.2's ip_masq): packets from a network inside leave with one address of the outside and a port of its own for each
/// flow, and what comes back for that port goes back to whom it is for. TCP, UDP and ICMP echo. A pure state machine: its state is bounded, and forgotten by
/// virtual time.
/// </summary>
/// <remarks>
/// A flow's port answers to that flow's remote end alone. Not translated: fragments, and ICMP messages other than echo, which are dropped and counted. Of TCP's
/// states it tells apart what its timeouts need: opening, established, closing, reset.
/// </remarks>
public sealed class Nat
{
    private const int Ip = EthernetFrame.HeaderLength;
    private const int SourceOffset = Ip + 12;
    private const int DestinationOffset = Ip + 16;
    private const int IpChecksumOffset = Ip + 10;
    private const int TimeToLiveOffset = Ip + 8;

    private readonly NatSettings _settings;
    private readonly Dictionary<Inside, Flow> _byInside = [];
    private readonly Dictionary<(byte Protocol, ushort Port), Flow> _byOutside = [];
    private ushort _nextPort;

    /// <summary>A translation without any flow.</summary>
    /// <exception cref="ArgumentException">A setting is out of its range.</exception>
    public Nat(NatSettings settings)
    {
        settings.Validate();
        _settings = settings;
        _nextPort = settings.FirstPort;
    }

    private enum State
    {
        Opening,
        Established,
        Closing,
        Reset,
    }

    /// <summary>What it did and refused.</summary>
    public NatCounters Counters { get; } = new();

    /// <summary>Flows at present.</summary>
    public int Flows => _byInside.Count;

    /// <summary>An instant before which no flow's time is over; never, without any flow.</summary>
    public Instant NextExpiry { get; private set; } = Instant.Never;

    /// <summary>Forgets every flow whose time is over.</summary>
    public void Expire(Instant now)
    {
        if (now < NextExpiry)
            return;
        NextExpiry = Instant.Never;
        foreach (var (inside, flow) in _byInside)
        {
            if (flow.Expires <= now)
            {
                _byInside.Remove(inside);
                _byOutside.Remove((inside.Protocol, flow.Port));
                Counters.FlowsExpired++;
            }
            else
            {
                NextExpiry = Instant.Min(NextExpiry, flow.Expires);
            }
        }
    }

    /// <summary>Translates a packet from inside; it opens a flow if it belongs to none.</summary>
    /// <param name="frame">The frame that carries it, which is not changed.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>The frame to send, its Ethernet header still the old one; null if it is refused, which is counted.</returns>
    public byte[]? Outbound(ReadOnlySpan<byte> frame, Instant now)
    {
        Expire(now);
        if (!TryRead(frame, out var packet) || !HasHopsLeft(packet))
            return null;
        if (packet.Kind == Icmp.EchoReply)
        {
            Counters.Unsupported++;
            return null;
        }

        var inside = new Inside(packet.Protocol, packet.Source, packet.SourcePort, packet.Destination, packet.DestinationPort);
        if (!_byInside.TryGetValue(inside, out var flow) && !TryOpen(inside, out flow))
        {
            Counters.RefusedFull++;
            return null;
        }

        Counters.TranslatedOut++;
        Touch(flow!, packet, fromInside: true, now);
        var translated = frame.ToArray();
        Rewrite(translated, packet, SourceOffset, _settings.Outside, packet.SourcePortOffset, flow!.Port);
        return translated;
    }

    /// <summary>Whether a frame from outside carries a packet of a flow.</summary>
    public bool IsInbound(ReadOnlySpan<byte> frame) =>
        _byOutside.Count > 0 && frame.Length >= Ip && EthernetFrame.Type(frame) == EthernetFrame.TypeIpv4 && Read(frame, out var packet) is null && Find(packet) is not null;

    /// <summary>Translates a packet of a flow from outside.</summary>
    /// <param name="frame">The frame that carries it, which is not changed.</param>
    /// <param name="now">The present instant.</param>
    /// <returns>The frame for inside, its Ethernet header still the old one; null if it belongs to no flow, or is refused, which is counted.</returns>
    public byte[]? Inbound(ReadOnlySpan<byte> frame, Instant now)
    {
        Expire(now);
        if (!TryRead(frame, out var packet) || Find(packet) is not { } flow || !HasHopsLeft(packet))
            return null;
        Counters.TranslatedIn++;
        Touch(flow, packet, fromInside: false, now);
        var translated = frame.ToArray();
        Rewrite(translated, packet, DestinationOffset, flow.Inside.Address, packet.DestinationPortOffset, flow.Inside.Port);
        return translated;
    }

    private Flow? Find(in Packet packet)
    {
        // Of an echo request from outside the identifier would be the stranger's own.
        if (packet.Destination != _settings.Outside || packet.Kind == Icmp.EchoRequest)
            return null;
        var found = _byOutside.TryGetValue((packet.Protocol, packet.DestinationPort), out var flow)
            && flow.Inside.Remote == packet.Source && flow.Inside.RemotePort == packet.SourcePort;
        return found ? flow : null;
    }

    private bool TryOpen(in Inside inside, out Flow? flow)
    {
        flow = null;
        if (_byInside.Count >= _settings.Entries)
            return false;
        for (var tries = _settings.LastPort - _settings.FirstPort + 1; tries > 0; tries--)
        {
            var port = _nextPort;
            _nextPort = port == _settings.LastPort ? _settings.FirstPort : (ushort)(port + 1);
            if (_byOutside.ContainsKey((inside.Protocol, port)))
                continue;
            flow = new Flow(inside, port);
            _byInside.Add(inside, flow);
            _byOutside.Add((inside.Protocol, port), flow);
            Counters.FlowsOpened++;
            Counters.MostFlows = Math.Max(Counters.MostFlows, _byInside.Count);
            return true;
        }

        return false;
    }

    private bool HasHopsLeft(in Packet packet)
    {
        if (packet.TimeToLive > 1)
            return true;
        Counters.TimeToLiveExceeded++;
        return false;
    }

    private void Touch(Flow flow, in Packet packet, bool fromInside, Instant now)
    {
        if (packet.Protocol == Ipv4.ProtocolTcp)
            flow.State = Next(flow.State, packet.Flags, fromInside);
        flow.Expires = now + (packet.Protocol switch
        {
            Ipv4.ProtocolUdp => _settings.Udp,
            Ipv4.ProtocolIcmp => _settings.Icmp,
            _ => flow.State switch
            {
                State.Opening => _settings.TcpOpening,
                State.Established => _settings.TcpEstablished,
                State.Closing => _settings.TcpClosing,
                _ => _settings.TcpReset,
            },
        });
        NextExpiry = Instant.Min(NextExpiry, flow.Expires);
    }

    private static State Next(State state, TcpFlags flags, bool fromInside)
    {
        if ((flags & TcpFlags.Rst) != 0)
            return State.Reset;
        if ((flags & TcpFlags.Syn) != 0)
            return fromInside ? State.Opening : state;
        if ((flags & TcpFlags.Fin) != 0)
            return State.Closing;
        return state == State.Opening && (flags & TcpFlags.Ack) != 0 ? State.Established : state;
    }

    private bool TryRead(ReadOnlySpan<byte> frame, out Packet packet)
    {
        switch (Read(frame, out packet))
        {
            case Refusal.Malformed:
                Counters.Malformed++;
                return false;
            case Refusal.Unsupported:
                Counters.Unsupported++;
                return false;
            default:
                return true;
        }
    }

    /// <summary>Reads what is translated of a packet; null if it can be.</summary>
    private static Refusal? Read(ReadOnlySpan<byte> frame, out Packet packet)
    {
        packet = default;
        if (frame.Length < Ip)
            return Refusal.Malformed;
        switch (Ipv4.TryRead(frame[Ip..], out var header))
        {
            case Ipv4ReadResult.Ok:
                break;
            case Ipv4ReadResult.Fragment:
                return Refusal.Unsupported;
            default:
                return Refusal.Malformed;
        }

        const int TcpFlagsOffset = 13;
        var at = Ip + header.HeaderLength;
        var payload = frame[at..(Ip + header.TotalLength)];
        packet = new Packet(header.Protocol, header.TimeToLive, header.Source, header.Destination);
        switch (header.Protocol)
        {
            case Ipv4.ProtocolTcp:
                if (payload.Length < TcpSegment.HeaderLength)
                    return Refusal.Malformed;
                packet = Ports(packet, payload, at) with { ChecksumOffset = at + 16, Flags = (TcpFlags)payload[TcpFlagsOffset] };
                return null;
            case Ipv4.ProtocolUdp:
                const int UdpHeader = 8;
                if (payload.Length < UdpHeader)
                    return Refusal.Malformed;
                packet = Ports(packet, payload, at) with { ChecksumOffset = at + 6 };
                return null;
            case Ipv4.ProtocolIcmp:
                if (payload.Length < Icmp.HeaderLength)
                    return Refusal.Malformed;
                if (payload[0] is not (Icmp.EchoRequest or Icmp.EchoReply) || payload[1] != 0)
                    return Refusal.Unsupported;

                // A request's identifier is its sender's port, a reply's its receiver's.
                var identifier = Icmp.Identifier(payload);
                var isRequest = payload[0] == Icmp.EchoRequest;
                packet = packet with
                {
                    SourcePort = isRequest ? identifier : (ushort)0,
                    DestinationPort = isRequest ? (ushort)0 : identifier,
                    SourcePortOffset = at + 4,
                    DestinationPortOffset = at + 4,
                    ChecksumOffset = at + 2,
                    Kind = payload[0],
                };
                return null;
            default:
                return Refusal.Unsupported;
        }
    }

    private static Packet Ports(in Packet packet, ReadOnlySpan<byte> payload, int at) => packet with
    {
        SourcePort = BinaryPrimitives.ReadUInt16BigEndian(payload),
        DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(payload[2..]),
        SourcePortOffset = at,
        DestinationPortOffset = at + 2,
    };

    /// <summary>Puts another address and port in, takes a hop off, and brings both checksums up to date.</summary>
    private static void Rewrite(Span<byte> frame, in Packet packet, int addressOffset, Ipv4Address address, int portOffset, ushort port)
    {
        var before = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(frame[addressOffset..]));
        var portBefore = BinaryPrimitives.ReadUInt16BigEndian(frame[portOffset..]);
        var hopBefore = BinaryPrimitives.ReadUInt16BigEndian(frame[TimeToLiveOffset..]);
        BinaryPrimitives.WriteUInt32BigEndian(frame[addressOffset..], address.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(frame[portOffset..], port);
        frame[TimeToLiveOffset]--;

        var ipChecksum = BinaryPrimitives.ReadUInt16BigEndian(frame[IpChecksumOffset..]);
        ipChecksum = IncrementalChecksum.Update(ipChecksum, before, address);
        ipChecksum = IncrementalChecksum.Update(ipChecksum, hopBefore, BinaryPrimitives.ReadUInt16BigEndian(frame[TimeToLiveOffset..]));
        BinaryPrimitives.WriteUInt16BigEndian(frame[IpChecksumOffset..], ipChecksum);

        var checksum = BinaryPrimitives.ReadUInt16BigEndian(frame[packet.ChecksumOffset..]);
        var isUdp = packet.Protocol == Ipv4.ProtocolUdp;

        // Of UDP, zero is no checksum (RFC 768).
        if (isUdp && checksum == 0)
            return;

        // ICMP's covers no addresses.
        if (packet.Protocol != Ipv4.ProtocolIcmp)
            checksum = IncrementalChecksum.Update(checksum, before, address);
        checksum = IncrementalChecksum.Update(checksum, portBefore, port);
        BinaryPrimitives.WriteUInt16BigEndian(frame[packet.ChecksumOffset..], isUdp && checksum == 0 ? ushort.MaxValue : checksum);
    }

    private enum Refusal
    {
        Malformed,
        Unsupported,
    }

    private readonly record struct Inside(byte Protocol, Ipv4Address Address, ushort Port, Ipv4Address Remote, ushort RemotePort);

    private readonly record struct Packet(byte Protocol, byte TimeToLive, Ipv4Address Source, Ipv4Address Destination)
    {
        public ushort SourcePort { get; init; }

        public ushort DestinationPort { get; init; }

        public int SourcePortOffset { get; init; }

        public int DestinationPortOffset { get; init; }

        public int ChecksumOffset { get; init; }

        public TcpFlags Flags { get; init; }

        /// <summary>Of ICMP, the message's type; else 255, which is none that is looked at.</summary>
        public byte Kind { get; init; } = byte.MaxValue;
    }

    private sealed class Flow(Inside inside, ushort port)
    {
        public Inside Inside { get; } = inside;

        public ushort Port { get; } = port;

        public State State { get; set; }

        public Instant Expires { get; set; }
    }
}
