using System.Buffers.Binary;

namespace Testbed.Node.Network;

/// <summary>What an ARP message says (RFC 826).</summary>
/// <param name="Operation">Request or reply.</param>
/// <param name="SenderMac">The sender's Ethernet address.</param>
/// <param name="SenderIp">The sender's IPv4 address.</param>
/// <param name="TargetIp">The IPv4 address asked for, or the asker's.</param>
public readonly record struct ArpMessage(ArpOperation Operation, MacAddress SenderMac, Ipv4Address SenderIp, Ipv4Address TargetIp);

/// <summary>The kinds of ARP messages (RFC 826).</summary>
public enum ArpOperation
{
    /// <summary>Neither of the two.</summary>
    None = 0,

    /// <summary>Who has this address?</summary>
    Request = 1,

    /// <summary>I have.</summary>
    Reply = 2,
}

/// <summary>ARP messages for IPv4 over Ethernet as bytes (RFC 826).</summary>
public static class Arp
{
    /// <summary>Bytes of a message.</summary>
    public const int Length = 28;

    /// <summary>A whole frame that asks everybody for <paramref name="target"/>.</summary>
    public static byte[] RequestFrame(MacAddress ownMac, Ipv4Address ownIp, Ipv4Address target) =>
        Frame(ArpOperation.Request, MacAddress.Broadcast, ownMac, ownIp, default, target);

    /// <summary>A whole frame that answers the asker.</summary>
    public static byte[] ReplyFrame(MacAddress ownMac, Ipv4Address ownIp, MacAddress askerMac, Ipv4Address askerIp) =>
        Frame(ArpOperation.Reply, askerMac, ownMac, ownIp, askerMac, askerIp);

    /// <summary>Reads the message in a frame's payload; false when it is not ARP for IPv4 over Ethernet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, out ArpMessage message)
    {
        message = default;
        if (payload.Length < Length
            || BinaryPrimitives.ReadUInt16BigEndian(payload) != 1
            || BinaryPrimitives.ReadUInt16BigEndian(payload[2..]) != EthernetFrame.TypeIpv4
            || payload[4] != MacAddress.Length
            || payload[5] != Ipv4Address.Length)
        {
            return false;
        }

        var operation = BinaryPrimitives.ReadUInt16BigEndian(payload[6..]);
        if (operation is not ((ushort)ArpOperation.Request or (ushort)ArpOperation.Reply))
            return false;
        message = new ArpMessage(
            (ArpOperation)operation,
            MacAddress.Read(payload[8..]),
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(payload[14..])),
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(payload[24..])));
        return true;
    }

    private static byte[] Frame(
        ArpOperation operation, MacAddress to, MacAddress senderMac, Ipv4Address senderIp, MacAddress targetMac, Ipv4Address targetIp)
    {
        var frame = EthernetFrame.Allocate(EthernetFrame.HeaderLength + Length);
        EthernetFrame.WriteHeader(frame, to, senderMac, EthernetFrame.TypeArp);
        var message = frame.AsSpan(EthernetFrame.HeaderLength, Length);
        BinaryPrimitives.WriteUInt16BigEndian(message, 1);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], EthernetFrame.TypeIpv4);
        message[4] = MacAddress.Length;
        message[5] = Ipv4Address.Length;
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], (ushort)operation);
        senderMac.Write(message[8..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[14..], senderIp.Bits);
        targetMac.Write(message[18..]);
        BinaryPrimitives.WriteUInt32BigEndian(message[24..], targetIp.Bits);
        return frame;
    }
}
