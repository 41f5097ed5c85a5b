using System.Buffers.Binary;

namespace Testbed.Node.Network;

/// <summary>ICMP echo messages as bytes (RFC 792).</summary>
public static class Icmp
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderLength = 8;

    /// <summary>Type of an echo request.</summary>
    public const byte EchoRequest = 8;

    /// <summary>Type of an echo reply.</summary>
    public const byte EchoReply = 0;

    /// <summary>Writes an echo message with its checksum.</summary>
    public static void WriteEcho(Span<byte> to, byte type, ushort identifier, ushort sequence, ReadOnlySpan<byte> payload)
    {
        var message = to[..(HeaderLength + payload.Length)];
        message[0] = type;
        message[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], 0);
        BinaryPrimitives.WriteUInt16BigEndian(message[4..], identifier);
        BinaryPrimitives.WriteUInt16BigEndian(message[6..], sequence);
        payload.CopyTo(message[HeaderLength..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.Compute(message));
    }

    /// <summary>The identifier of an echo message of at least <see cref="HeaderLength"/> bytes.</summary>
    public static ushort Identifier(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[4..]);

    /// <summary>The sequence number of an echo message of at least <see cref="HeaderLength"/> bytes.</summary>
    public static ushort Sequence(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
}
