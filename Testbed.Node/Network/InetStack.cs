using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>
/// One host's Internet layer as a pure state machine: frames, calls and timers in; frames, deadlines and wake-ups out.
/// Host kernel and guest kernel use the same class. One interface, one gateway at most, no fragmentation.
/// Received frames are kept until their payload is read, so nobody may change them; frames handed out are never changed either.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "A protocol stack, the field's word; not a collection.")]
public sealed class InetStack : ITcpOutput
{
    // Linux 2.2, net/ipv4/tcp_ipv4.c: sysctl_local_port_range.
    private const ushort FirstEphemeralPort = 1024;
    private const ushort LastEphemeralPort = 4999;

    /// <summary>More than usually wait on the way to the wire: two device queues and a ring.</summary>
    private const int RememberedLengths = 256;

    private readonly InetSettings _settings;
    private readonly Func<uint> _initialSequenceNumbers;
    private readonly ArpCache _arp;
    private readonly Dictionary<ulong, TcpConnection> _byEndpoints = [];
    private readonly Dictionary<TcpConnection, TcpListener> _opening = [];
    private readonly List<TcpConnection> _connections = [];
    private readonly Dictionary<ushort, TcpListener> _listeners = [];
    private readonly Queue<OutgoingFrame> _output = new(64);
    private readonly int[] _lengths = new int[RememberedLengths];
    private readonly Queue<EchoReply> _echoReplies = new();
    private InetCounters _counters;
    private TcpCounters _closedConnections;
    private ushort _nextPort = FirstEphemeralPort;
    private ushort _identification;

    /// <summary>A host that has just been switched on.</summary>
    /// <param name="settings">Its addresses and rules.</param>
    /// <param name="initialSequenceNumbers">Gives the initial sequence number of each connection; deterministic for a deterministic run.</param>
    /// <exception cref="ArgumentException">A setting is out of its range; the message says which.</exception>
    public InetStack(InetSettings settings, Func<uint> initialSequenceNumbers)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Validate();
        _settings = settings;
        _initialSequenceNumbers = initialSequenceNumbers;
        _arp = new ArpCache(settings, this);
    }

    /// <summary>Its addresses and rules.</summary>
    public InetSettings Settings => _settings;

    /// <summary>What it did and dropped so far.</summary>
    public InetCounters Counters => _counters;

    internal ref InetCounters Counting => ref _counters;

    /// <summary>The sum of all its connections' counters, ended ones included.</summary>
    public TcpCounters TcpCounters
    {
        get
        {
            var sum = _closedConnections;
            foreach (var connection in _connections)
                sum += connection.Counters;
            return sum;
        }
    }

    /// <summary>Connections at present, those in TIME-WAIT included.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>When <see cref="OnTimer"/> has something to do; it may be called later, as ticks allow.</summary>
    public Instant NextTimer
    {
        get
        {
            var next = _arp.NextTimer;
            foreach (var connection in _connections)
                next = Instant.Min(next, connection.NextTimer);
            return next;
        }
    }

    /// <summary>Opens a connection from the next free port of 1024 to 4999.</summary>
    /// <exception cref="InvalidOperationException">All these ports are in use towards that peer, or there are too many connections.</exception>
    public TcpConnection Connect(Ipv4Address remote, ushort port, Instant now)
    {
        if (_connections.Count >= _settings.MaxConnections)
            throw new InvalidOperationException($"{_settings.Address} has {_connections.Count} connections; no more are allowed");
        for (var tries = 0; tries <= LastEphemeralPort - FirstEphemeralPort; tries++)
        {
            var endpoints = new TcpEndpoints(_settings.Address, _nextPort, remote, port);
            _nextPort = _nextPort == LastEphemeralPort ? FirstEphemeralPort : (ushort)(_nextPort + 1);
            if (_byEndpoints.ContainsKey(endpoints.Key) || _listeners.ContainsKey(endpoints.LocalPort))
                continue;
            var connection = Add(endpoints, isPassive: false);
            connection.OpenActive(now);
            return connection;
        }

        throw new InvalidOperationException($"{_settings.Address} has no free port towards {remote}:{port}");
    }

    /// <summary>Accepts connections on a port.</summary>
    /// <exception cref="InvalidOperationException">Somebody listens there already.</exception>
    public TcpListener Listen(ushort port, int backlog)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(backlog, 1);
        var listener = new TcpListener(port, backlog);
        if (!_listeners.TryAdd(port, listener))
            throw new InvalidOperationException($"port {port} of {_settings.Address} is in use");
        return listener;
    }

    /// <summary>Accepts no more: a port is free again, and connections that nobody has accepted are reset.</summary>
    public void Close(TcpListener listener, Instant now)
    {
        _listeners.Remove(listener.Port);
        while (listener.Accept() is { } connection)
            connection.Abort(now);
    }

    /// <summary>What a frame is to the accounting of costs, before it is processed; nothing is verified yet.</summary>
    /// <param name="frame">The frame without its check sequence.</param>
    /// <param name="payloadBytes">Bytes of TCP or ICMP payload; else 0.</param>
    public static FrameKind Classify(ReadOnlySpan<byte> frame, out int payloadBytes)
    {
        payloadBytes = 0;
        if (TryLocateTcp(frame, out var segment, out var end))
        {
            var header = (frame[segment + 12] >> 4) * 4;
            payloadBytes = Math.Max(0, end - segment - Math.Max(header, TcpSegment.HeaderLength));
            return payloadBytes > 0 ? FrameKind.TcpData : FrameKind.TcpAck;
        }

        if (frame.Length < EthernetFrame.HeaderLength)
            return FrameKind.Other;
        if (EthernetFrame.Type(frame) == EthernetFrame.TypeArp)
            return FrameKind.Arp;
        if (!TryLocateIp(frame, Ipv4.ProtocolIcmp, Icmp.HeaderLength, out var message, out end))
            return FrameKind.Other;
        payloadBytes = end - message - Icmp.HeaderLength;
        return FrameKind.Icmp;
    }

    /// <summary>Takes in a frame without its check sequence. What is wrong with it is counted by cause; it never throws.</summary>
    public void Receive(ReadOnlyMemory<byte> frame, Instant now)
    {
        _counters.FramesReceived++;
        var span = frame.Span;
        if (span.Length < EthernetFrame.HeaderLength)
        {
            _counters.FramesIgnored++;
            return;
        }

        var destination = EthernetFrame.Destination(span);
        if (destination != _settings.Mac && destination != MacAddress.Broadcast)
        {
            _counters.FramesIgnored++;
            return;
        }

        switch (EthernetFrame.Type(span))
        {
            case EthernetFrame.TypeIpv4:
                ReceiveIp(frame, now);
                break;
            case EthernetFrame.TypeArp:
                ReceiveArp(span[EthernetFrame.HeaderLength..], now);
                break;
            default:
                _counters.FramesIgnored++;
                break;
        }
    }

    /// <summary>Whether there is a frame to be sent.</summary>
    public bool HasOutput => _output.Count > 0;

    /// <summary>The frames that it will take in without sending anything before the next tick; null when it cannot tell. See <see cref="TcpConnection.Silence"/>.</summary>
    public SilentReception? Silence => _connections.Count == 1 ? _connections[0].Silence(_settings.Mac) : null;

    /// <summary>How long a frame is that has been put out, without its check sequence.</summary>
    /// <param name="number">It was the first (0), the second (1), and so on, as <see cref="InetCounters.FramesSent"/> counts.</param>
    /// <returns>Its length; 0 if it is still to come, or longer ago than the last 256.</returns>
    public int LengthOf(long number) =>
        number < _counters.FramesSent && number >= _counters.FramesSent - RememberedLengths ? _lengths[number % RememberedLengths] : 0;

    /// <summary>Takes the next frame to be sent; false when there is none.</summary>
    public bool TryDequeue(out OutgoingFrame frame) => _output.TryDequeue(out frame);

    /// <summary>
    /// The driver has freed a frame after its transmission. Needed with <see cref="TcpSettings.ChargeFramesInDriver"/>, harmless without;
    /// once for every frame.
    /// </summary>
    [SuppressMessage("Performance", "CA1822", Justification = "What a frame occupies is the stack's business.")]
    public void FrameFreed(in OutgoingFrame frame) => frame.Connection?.FrameFreed(frame.Truesize);

    /// <summary>Does what is due.</summary>
    public void OnTimer(Instant now)
    {
        _arp.OnTimer(now);
        for (var i = 0; i < _connections.Count;)
        {
            var connection = _connections[i];
            if (connection.NextTimer <= now)
                connection.OnTimer(now);

            // A connection that ended has left the list, and the next one has taken its place.
            if (i < _connections.Count && _connections[i] == connection)
                i++;
        }
    }

    /// <summary>Sends an ICMP echo request.</summary>
    /// <exception cref="ArgumentException">The payload does not fit a packet; nothing here fragments.</exception>
    public void SendEcho(Ipv4Address to, ushort identifier, ushort sequence, ReadOnlySpan<byte> payload, Instant now) =>
        SendIcmp(to, Icmp.EchoRequest, identifier, sequence, payload, now);

    /// <summary>Sends on a packet that came in elsewhere: the neighbour it is for gets it by this interface.</summary>
    /// <param name="frame">A frame that carries the packet; its Ethernet header is overwritten, and nobody else changes it any more.</param>
    /// <param name="now">The present instant.</param>
    public void Forward(byte[] frame, Instant now)
    {
        EthernetFrame.WriteHeader(frame, default, _settings.Mac, EthernetFrame.TypeIpv4);
        var to = new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(frame.AsSpan(EthernetFrame.HeaderLength + 16)));
        _arp.Send(NextHop(to), new OutgoingFrame(frame, FrameKind.Other, 0, false, null, 0), now);
    }

    /// <summary>Takes the next echo reply; false when there is none.</summary>
    public bool TryReceiveEchoReply(out EchoReply reply) => _echoReplies.TryDequeue(out reply);

    internal void Enqueue(in OutgoingFrame frame)
    {
        if (_output.Count >= _settings.OutputQueueLength)
        {
            _counters.OutputOverflows++;
            Drop(frame);
            return;
        }

        _lengths[_counters.FramesSent % RememberedLengths] = frame.Bytes.Length;
        _counters.FramesSent++;
        _output.Enqueue(frame);
    }

    internal void Drop(in OutgoingFrame frame) => FrameFreed(frame);

    void ITcpOutput.Send(TcpConnection from, byte[] frame, int length, int payloadBytes, bool isRetransmission, int charge, Instant now)
    {
        var kind = payloadBytes > 0 ? FrameKind.TcpData : FrameKind.TcpAck;
        SendIp(
            new OutgoingFrame(frame, kind, payloadBytes, isRetransmission, charge > 0 ? from : null, charge),
            from.Endpoints.Remote,
            Ipv4.ProtocolTcp,
            length - EthernetFrame.HeaderLength,
            now);
    }

    void ITcpOutput.Established(TcpConnection connection)
    {
        if (_opening.Remove(connection, out var listener))
            listener.Established(connection);
    }

    void ITcpOutput.Confirmed(TcpConnection connection, Instant now) => _arp.Confirm(NextHop(connection.Endpoints.Remote), now);

    void ITcpOutput.Closed(TcpConnection connection)
    {
        _closedConnections += connection.Counters;
        _byEndpoints.Remove(connection.Endpoints.Key);
        _connections.Remove(connection);
        if (_opening.Remove(connection, out var listener))
            listener.Opening--;
    }

    private static ulong KeyOf(ReadOnlySpan<byte> frame, int segment) => TcpEndpoints.KeyOf(
        new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(frame[(EthernetFrame.HeaderLength + 12)..])),
        BinaryPrimitives.ReadUInt16BigEndian(frame[segment..]),
        BinaryPrimitives.ReadUInt16BigEndian(frame[(segment + 2)..]));

    private static bool TryLocateTcp(ReadOnlySpan<byte> frame, out int start, out int end) =>
        TryLocateIp(frame, Ipv4.ProtocolTcp, TcpSegment.HeaderLength, out start, out end);

    /// <summary>Finds what an unfragmented IPv4 packet carries; says nothing about checksums.</summary>
    private static bool TryLocateIp(ReadOnlySpan<byte> frame, byte protocol, int minimum, out int start, out int end)
    {
        start = 0;
        end = 0;
        const int Ip = EthernetFrame.HeaderLength;
        if (frame.Length < Ip + Ipv4.HeaderLength + minimum
            || EthernetFrame.Type(frame) != EthernetFrame.TypeIpv4
            || frame[Ip] >> 4 != 4
            || frame[Ip + 9] != protocol
            || (BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 6)..]) & 0x3FFF) != 0)
        {
            return false;
        }

        start = Ip + ((frame[Ip] & 15) * 4);
        end = Ip + BinaryPrimitives.ReadUInt16BigEndian(frame[(Ip + 2)..]);
        return start >= Ip + Ipv4.HeaderLength && end <= frame.Length && end - start >= minimum;
    }

    private TcpConnection Add(TcpEndpoints endpoints, bool isPassive)
    {
        var connection = new TcpConnection(this, _settings.Tcp, _settings.Mtu, endpoints, _initialSequenceNumbers(), isPassive);
        _byEndpoints.Add(endpoints.Key, connection);
        _connections.Add(connection);
        return connection;
    }

    private void ReceiveArp(ReadOnlySpan<byte> payload, Instant now)
    {
        if (!Arp.TryRead(payload, out var message) || message.SenderMac.IsGroup)
        {
            _counters.ArpMalformed++;
            return;
        }

        var isForUs = message.TargetIp == _settings.Address;
        if (message.SenderIp.SharesPrefix(_settings.Address, _settings.PrefixLength) && message.SenderIp != _settings.Address)
            _arp.Learn(message.SenderIp, message.SenderMac, isForUs && message.Operation == ArpOperation.Request, now);
        if (!isForUs || message.Operation != ArpOperation.Request)
            return;
        _counters.ArpRepliesSent++;
        Enqueue(new OutgoingFrame(
            Arp.ReplyFrame(_settings.Mac, _settings.Address, message.SenderMac, message.SenderIp), FrameKind.Arp, 0, false, null, 0));
    }

    private void ReceiveIp(ReadOnlyMemory<byte> frame, Instant now)
    {
        switch (Ipv4.TryRead(frame.Span[EthernetFrame.HeaderLength..], out var header))
        {
            case Ipv4ReadResult.Malformed:
                _counters.IpMalformed++;
                return;
            case Ipv4ReadResult.BadChecksum:
                _counters.IpChecksumErrors++;
                return;
            case Ipv4ReadResult.Fragment:
                _counters.IpFragmentsDropped++;
                return;
            default:
                break;
        }

        // A source that cannot be answered is as good as none; an own address would be an echo of ourselves.
        if (header.Destination != _settings.Address || header.Source == _settings.Address || header.Source == Ipv4Address.Broadcast)
        {
            _counters.IpNotForUs++;
            return;
        }

        var payload = frame.Slice(EthernetFrame.HeaderLength + header.HeaderLength, header.TotalLength - header.HeaderLength);
        switch (header.Protocol)
        {
            case Ipv4.ProtocolTcp:
                ReceiveTcp(header, payload, frame.Length, now);
                break;
            case Ipv4.ProtocolIcmp:
                ReceiveIcmp(header, payload, now);
                break;
            default:
                _counters.IpUnknownProtocol++;
                break;
        }
    }

    private void ReceiveIcmp(in Ipv4Header header, ReadOnlyMemory<byte> message, Instant now)
    {
        var span = message.Span;
        if (span.Length < Icmp.HeaderLength)
        {
            _counters.IcmpIgnored++;
            return;
        }

        if (!InternetChecksum.IsValid(InternetChecksum.Add(0, span)))
        {
            _counters.IcmpChecksumErrors++;
            return;
        }

        switch (span[0], span[1])
        {
            case (Icmp.EchoRequest, 0):
                // Longer than our own packets may be: it cannot be answered in one.
                if (span.Length + Ipv4.HeaderLength > _settings.Mtu)
                {
                    _counters.IcmpIgnored++;
                    break;
                }

                _counters.EchoRequestsAnswered++;
                SendIcmp(header.Source, Icmp.EchoReply, Icmp.Identifier(span), Icmp.Sequence(span), span[Icmp.HeaderLength..], now);
                break;
            case (Icmp.EchoReply, 0):
                _counters.EchoRepliesReceived++;
                if (_echoReplies.Count >= _settings.EchoReplyQueueLength)
                {
                    _counters.EchoRepliesDropped++;
                    break;
                }

                _echoReplies.Enqueue(new EchoReply(
                    header.Source, Icmp.Identifier(span), Icmp.Sequence(span), message[Icmp.HeaderLength..], header.TimeToLive, now));
                break;
            default:
                _counters.IcmpIgnored++;
                break;
        }
    }

    private void ReceiveTcp(in Ipv4Header header, ReadOnlyMemory<byte> bytes, int frameLength, Instant now)
    {
        if (!TcpSegment.TryRead(bytes, frameLength, out var segment))
        {
            _counters.TcpMalformed++;
            return;
        }

        var sum = PseudoHeader.Sum(header.Source, header.Destination, Ipv4.ProtocolTcp, bytes.Length);
        if (!InternetChecksum.IsValid(InternetChecksum.Add(sum, bytes.Span)) && !_settings.AcceptsBadTcpChecksum)
        {
            _counters.TcpChecksumErrors++;
            return;
        }

        if (_byEndpoints.TryGetValue(TcpEndpoints.KeyOf(header.Source, segment.SourcePort, segment.DestinationPort), out var connection))
        {
            if (!connection.GivesWayTo(segment))
            {
                connection.Receive(segment, now);
                return;
            }

            connection.EndTimeWait();
        }

        if (_listeners.TryGetValue(segment.DestinationPort, out var listener) && !segment.Has(TcpFlags.Rst | TcpFlags.Ack))
        {
            if (segment.Has(TcpFlags.Syn))
                OpenPassive(listener, header.Source, segment, now);
            return;
        }

        _counters.TcpNoSocket++;
        if (!segment.Has(TcpFlags.Rst))
            SendReset(header.Source, segment, now);
    }

    private void OpenPassive(TcpListener listener, Ipv4Address remote, in TcpSegment syn, Instant now)
    {
        if (!listener.HasRoom || _connections.Count >= _settings.MaxConnections)
        {
            // The peer will repeat its SYN (RFC 1122 section 4.2.3.5).
            _counters.TcpListenDrops++;
            return;
        }

        var connection = Add(new TcpEndpoints(_settings.Address, listener.Port, remote, syn.SourcePort), isPassive: true);
        listener.Opening++;
        _opening.Add(connection, listener);
        connection.OpenPassive(syn, now);
    }

    /// <summary>The answer to a segment for nobody (RFC 9293 section 3.10.7.1).</summary>
    private void SendReset(Ipv4Address to, in TcpSegment segment, Instant now)
    {
        const int Length = TcpSegment.FrameOffset + TcpSegment.HeaderLength;
        var frame = EthernetFrame.Allocate(Length);
        var reset = frame.AsSpan(TcpSegment.FrameOffset, TcpSegment.HeaderLength);
        var acknowledged = segment.Has(TcpFlags.Ack);
        TcpSegment.WriteHeader(
            reset,
            segment.DestinationPort,
            segment.SourcePort,
            acknowledged ? segment.Acknowledgment : 0,
            acknowledged ? 0 : segment.End,
            TcpSegment.HeaderLength,
            acknowledged ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
            0);
        TcpSegment.WriteChecksum(reset, _settings.Address, to);
        _counters.TcpResetsWithoutSocket++;
        SendIp(
            new OutgoingFrame(frame, FrameKind.TcpAck, 0, false, null, 0), to, Ipv4.ProtocolTcp, Length - EthernetFrame.HeaderLength, now);
    }

    private void SendIcmp(Ipv4Address to, byte type, ushort identifier, ushort sequence, ReadOnlySpan<byte> payload, Instant now)
    {
        var packet = Ipv4.HeaderLength + Icmp.HeaderLength + payload.Length;
        if (packet > _settings.Mtu)
        {
            throw new ArgumentException(
                $"an echo of {payload.Length} bytes does not fit an MTU of {_settings.Mtu}: at most {_settings.Mtu - Ipv4.HeaderLength - Icmp.HeaderLength}",
                nameof(payload));
        }

        var frame = EthernetFrame.Allocate(EthernetFrame.HeaderLength + packet);
        Icmp.WriteEcho(frame.AsSpan(TcpSegment.FrameOffset), type, identifier, sequence, payload);
        SendIp(new OutgoingFrame(frame, FrameKind.Icmp, payload.Length, false, null, 0), to, Ipv4.ProtocolIcmp, packet, now);
    }

    private void SendIp(in OutgoingFrame frame, Ipv4Address to, byte protocol, int totalLength, Instant now)
    {
        var bytes = frame.Bytes.AsSpan();
        EthernetFrame.WriteHeader(bytes, default, _settings.Mac, EthernetFrame.TypeIpv4);
        Ipv4.WriteHeader(
            bytes[EthernetFrame.HeaderLength..], _settings.Address, to, protocol, totalLength, _identification++, protocol == Ipv4.ProtocolTcp);
        _arp.Send(NextHop(to), frame, now);
    }

    private Ipv4Address NextHop(Ipv4Address to) =>
        _settings.Gateway is { } gateway && !to.SharesPrefix(_settings.Address, _settings.PrefixLength) ? gateway : to;
}
