using System.Buffers.Binary;
using System.IO.Hashing;

namespace Testbed.Node.Network;

/// <summary>Ethernet II frames as bytes: destination, source, type, payload; and the frame check sequence (IEEE 802.3 section 3).</summary>
public static class EthernetFrame
{
    /// <summary>Bytes before the payload.</summary>
    public const int HeaderLength = 14;

    /// <summary>The least length of a frame without its check sequence; shorter ones are padded with zeros.</summary>
    public const int MinLength = 60;

    /// <summary>Bytes of the frame check sequence.</summary>
    public const int FcsLength = 4;

    /// <summary>The type of a frame that carries IPv4.</summary>
    public const ushort TypeIpv4 = 0x0800;

    /// <summary>The type of a frame that carries ARP.</summary>
    public const ushort TypeArp = 0x0806;

    /// <summary>
    /// An array for a frame of <paramref name="length"/> bytes, at least <see cref="MinLength"/> long.
    /// The padding is zero; the rest is to be written by the caller, all of it.
    /// </summary>
    public static byte[] Allocate(int length)
    {
        var frame = GC.AllocateUninitializedArray<byte>(Math.Max(length, MinLength));
        if (length < MinLength)
            frame.AsSpan(length).Clear();
        return frame;
    }

    /// <summary>Writes the 14 bytes before the payload.</summary>
    public static void WriteHeader(Span<byte> frame, MacAddress destination, MacAddress source, ushort type)
    {
        destination.Write(frame);
        source.Write(frame[6..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[12..], type);
    }

    /// <summary>The destination of a frame of at least <see cref="HeaderLength"/> bytes.</summary>
    public static MacAddress Destination(ReadOnlySpan<byte> frame) => MacAddress.Read(frame);

    /// <summary>The source of a frame of at least <see cref="HeaderLength"/> bytes.</summary>
    public static MacAddress Source(ReadOnlySpan<byte> frame) => MacAddress.Read(frame[6..]);

    /// <summary>The type of a frame of at least <see cref="HeaderLength"/> bytes.</summary>
    public static ushort Type(ReadOnlySpan<byte> frame) => BinaryPrimitives.ReadUInt16BigEndian(frame[12..]);

    /// <summary>The CRC-32 of a frame; on the wire its least significant byte comes first.</summary>
    public static uint ComputeFcs(ReadOnlySpan<byte> frame) => Crc32.HashToUInt32(frame);

    /// <summary>A copy of the frame with its check sequence, as it goes over the wire.</summary>
    public static byte[] AppendFcs(ReadOnlySpan<byte> frame)
    {
        var onTheWire = GC.AllocateUninitializedArray<byte>(frame.Length + FcsLength);
        frame.CopyTo(onTheWire);
        BinaryPrimitives.WriteUInt32LittleEndian(onTheWire.AsSpan(frame.Length), ComputeFcs(frame));
        return onTheWire;
    }

    /// <summary>Whether a frame that ends in its check sequence arrived as it was sent; false for one too short to have any.</summary>
    public static bool VerifyFcs(ReadOnlySpan<byte> onTheWire) =>
        onTheWire.Length >= FcsLength
        && BinaryPrimitives.ReadUInt32LittleEndian(onTheWire[^FcsLength..]) == ComputeFcs(onTheWire[..^FcsLength]);
}
