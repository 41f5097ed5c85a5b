using System.Buffers.Binary;

namespace Testbed.Node.Network;

/// <summary>What the header of a received IPv4 packet says that matters here.</summary>
/// <param name="Source">Who sent it.</param>
/// <param name="Destination">Whom it is for.</param>
/// <param name="Protocol">What it carries.</param>
/// <param name="TimeToLive">Hops that were left.</param>
/// <param name="HeaderLength">Bytes of the header, options included.</param>
/// <param name="TotalLength">Bytes of header and payload; what follows in the frame is padding.</param>
public readonly record struct Ipv4Header(
    Ipv4Address Source, Ipv4Address Destination, byte Protocol, byte TimeToLive, int HeaderLength, int TotalLength);

/// <summary>How the reading of an IPv4 header ended.</summary>
public enum Ipv4ReadResult
{
    /// <summary>The header is good.</summary>
    Ok,

    /// <summary>Too short, not version 4, or lengths that contradict each other.</summary>
    Malformed,

    /// <summary>The header's checksum is wrong.</summary>
    BadChecksum,

    /// <summary>A fragment; nothing here fragments, so none is reassembled.</summary>
    Fragment,
}

/// <summary>IPv4 headers as bytes (RFC 791). Never fragments, never forwards.</summary>
public static class Ipv4
{
    /// <summary>Bytes of a header without options, the only kind that is sent.</summary>
    public const int HeaderLength = 20;

    /// <summary>The hops given to a packet (Linux 2.2, <c>include/net/ip.h</c>).</summary>
    public const byte TimeToLive = 64;

    /// <summary>Protocol number of ICMP.</summary>
    public const byte ProtocolIcmp = 1;

    /// <summary>Protocol number of TCP.</summary>
    public const byte ProtocolTcp = 6;

    /// <summary>Protocol number of UDP.</summary>
    public const byte ProtocolUdp = 17;

    private const ushort DontFragmentFlag = 0x4000;
    private const ushort FragmentMask = 0x3FFF;

    /// <summary>Writes a header of 20 bytes with its checksum.</summary>
    /// <param name="to">Where the packet starts.</param>
    /// <param name="source">Who sends it.</param>
    /// <param name="destination">Whom it is for.</param>
    /// <param name="protocol">What it carries.</param>
    /// <param name="totalLength">Bytes of header and payload.</param>
    /// <param name="identification">The packet's number.</param>
    /// <param name="dontFragment">Whether routers must drop it rather than fragment it (path MTU discovery, RFC 1191).</param>
    public static void WriteHeader(
        Span<byte> to, Ipv4Address source, Ipv4Address destination, byte protocol, int totalLength, ushort identification, bool dontFragment)
    {
        var header = to[..HeaderLength];
        header[0] = 0x45;
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)totalLength));
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], identification);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], dontFragment ? DontFragmentFlag : (ushort)0);
        header[8] = TimeToLive;
        header[9] = protocol;
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(header[12..], source.Bits);
        BinaryPrimitives.WriteUInt32BigEndian(header[16..], destination.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(header[10..], InternetChecksum.Compute(header));
    }

    /// <summary>Reads and checks the header at the start of <paramref name="packet"/>; options are skipped, not obeyed.</summary>
    public static Ipv4ReadResult TryRead(ReadOnlySpan<byte> packet, out Ipv4Header header)
    {
        header = default;
        if (packet.Length < HeaderLength || packet[0] >> 4 != 4)
            return Ipv4ReadResult.Malformed;
        var headerLength = (packet[0] & 15) * 4;
        var totalLength = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerLength < HeaderLength || totalLength < headerLength || totalLength > packet.Length)
            return Ipv4ReadResult.Malformed;
        if (!InternetChecksum.IsValid(InternetChecksum.Add(0, packet[..headerLength])))
            return Ipv4ReadResult.BadChecksum;
        if ((BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & FragmentMask) != 0)
            return Ipv4ReadResult.Fragment;
        header = new Ipv4Header(
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(packet[12..])),
            new Ipv4Address(BinaryPrimitives.ReadUInt32BigEndian(packet[16..])),
            packet[9],
            packet[8],
            headerLength,
            totalLength);
        return Ipv4ReadResult.Ok;
    }
}
