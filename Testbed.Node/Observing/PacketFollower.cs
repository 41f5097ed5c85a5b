using System.Buffers.Binary;
using Testbed.Node.Network;

namespace Testbed.Node.Observing;

/// <summary>Finds the packets to follow. It has seen every frame from instant 0 on, and so each stream's beginning.</summary>
public sealed class PacketFollower
{
    // A TCP header (RFC 9293, section 3.1).
    private const int TcpHeaderLength = 20, SequenceAt = 4, DataOffsetAt = 12, FlagsAt = 13;
    private const int Syn = 2;
    private readonly Dictionary<(Ipv4Address Source, uint Ports), uint> _firstBytes = [];

    /// <summary>The packet in a frame, with or without its FCS.</summary>
    /// <returns>Whether it is one to follow.</returns>
    public bool TryFollow(ReadOnlySpan<byte> frame, out FollowedPacket packet)
    {
        packet = default;
        if (frame.Length < EthernetFrame.MinLength || EthernetFrame.Type(frame) != EthernetFrame.TypeIpv4)
            return false;
        var bytes = frame[EthernetFrame.HeaderLength..];
        if (Ipv4.TryRead(bytes, out var header) != Ipv4ReadResult.Ok)
            return false;
        var content = bytes[header.HeaderLength..header.TotalLength];
        var identification = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var source = (ulong)(header.Source.Bits & byte.MaxValue);
        if (header.Protocol == Ipv4.ProtocolIcmp && content.Length >= Icmp.HeaderLength && content[0] is Icmp.EchoRequest or Icmp.EchoReply)
        {
            packet = new(Key(Icmp.Sequence(content)), 0, 0);
            return true;
        }

        if (header.Protocol != Ipv4.ProtocolTcp || content.Length < TcpHeaderLength)
            return false;
        var ports = BinaryPrimitives.ReadUInt32BigEndian(content);
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(content[SequenceAt..]);
        if ((content[FlagsAt] & Syn) != 0)
            _firstBytes[(header.Source, ports)] = sequence + 1;
        var payload = content.Length - ((content[DataOffsetAt] >> 4) * 4);
        if (payload <= 0 || !_firstBytes.TryGetValue((header.Source, ports), out var first))
            return false;
        packet = new(Key(sequence), sequence - first, payload);
        return true;

        ulong Key(uint number) => ((ulong)number << 32) | ((ulong)identification << 16) | (source << 8) | header.Protocol;
    }
}
