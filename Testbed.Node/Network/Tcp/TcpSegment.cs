using System.Buffers.Binary;

namespace Testbed.Node.Network.Tcp;

/// <summary>A received segment, read and checked for form (RFC 9293 section 3.1); and the writing of headers.</summary>
internal readonly struct TcpSegment
{
    /// <summary>Where the segment starts in a frame that is sent: after 14 bytes of Ethernet and 20 of IPv4.</summary>
    public const int FrameOffset = EthernetFrame.HeaderLength + Ipv4.HeaderLength;

    /// <summary>Bytes of a header without options.</summary>
    public const int HeaderLength = 20;

    /// <summary>Bytes that timestamps take with their padding (RFC 7323 appendix A).</summary>
    public const int TimestampsLength = 12;

    private const byte OptionEnd = 0, OptionNop = 1, OptionMss = 2, OptionWindowScale = 3, OptionTimestamps = 8;

    public ushort SourcePort { get; private init; }

    public ushort DestinationPort { get; private init; }

    public uint Sequence { get; init; }

    public uint Acknowledgment { get; private init; }

    public TcpFlags Flags { get; init; }

    public int Window { get; private init; }

    /// <summary>The peer's MSS option, or 0.</summary>
    public int Mss { get; private init; }

    /// <summary>The peer's window scale option, or -1.</summary>
    public int WindowScale { get; private init; }

    public bool HasTimestamps { get; private init; }

    public uint TimestampValue { get; private init; }

    public uint TimestampEcho { get; private init; }

    public ReadOnlyMemory<byte> Payload { get; private init; }

    /// <summary>Bytes of the frame that brought it: what it is charged to the receive buffer depends on it.</summary>
    public int FrameLength { get; private init; }

    /// <summary>The sequence number after the segment's last; SYN and FIN take one each.</summary>
    public uint End => Sequence + Length;

    /// <summary>Sequence numbers that the segment takes.</summary>
    public uint Length => (uint)Payload.Length + (Has(TcpFlags.Syn) ? 1u : 0) + (Has(TcpFlags.Fin) ? 1u : 0);

    public bool Has(TcpFlags flag) => (Flags & flag) != 0;

    /// <summary>Reads a segment; false when its lengths contradict each other. The checksum is the caller's to check.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, int frameLength, out TcpSegment segment)
    {
        segment = default;
        var span = bytes.Span;
        if (span.Length < HeaderLength)
            return false;
        var header = (span[12] >> 4) * 4;
        if (header < HeaderLength || header > span.Length)
            return false;

        int mss = 0, windowScale = -1;
        var hasTimestamps = false;
        uint value = 0, echo = 0;
        var options = span[HeaderLength..header];
        while (options.Length > 0)
        {
            if (options[0] == OptionEnd)
                break;
            if (options[0] == OptionNop)
            {
                options = options[1..];
                continue;
            }

            // A broken option ends the reading of options, as in Linux; the segment itself is still good.
            if (options.Length < 2 || options[1] < 2 || options[1] > options.Length)
                break;
            switch (options[0], options[1])
            {
                case (OptionMss, 4):
                    mss = BinaryPrimitives.ReadUInt16BigEndian(options[2..]);
                    break;
                case (OptionWindowScale, 3):
                    windowScale = Math.Min(options[2], (byte)14);
                    break;
                case (OptionTimestamps, 10):
                    hasTimestamps = true;
                    value = BinaryPrimitives.ReadUInt32BigEndian(options[2..]);
                    echo = BinaryPrimitives.ReadUInt32BigEndian(options[6..]);
                    break;
                default:
                    break;
            }

            options = options[options[1]..];
        }

        segment = new TcpSegment
        {
            SourcePort = BinaryPrimitives.ReadUInt16BigEndian(span),
            DestinationPort = BinaryPrimitives.ReadUInt16BigEndian(span[2..]),
            Sequence = BinaryPrimitives.ReadUInt32BigEndian(span[4..]),
            Acknowledgment = BinaryPrimitives.ReadUInt32BigEndian(span[8..]),
            Flags = (TcpFlags)(span[13] & 0x1F),
            Window = BinaryPrimitives.ReadUInt16BigEndian(span[14..]),
            Mss = mss,
            WindowScale = windowScale,
            HasTimestamps = hasTimestamps,
            TimestampValue = value,
            TimestampEcho = echo,
            Payload = bytes[header..],
            FrameLength = frameLength,
        };
        return true;
    }

    /// <summary>Writes the 20 bytes before the options, with a checksum of zero.</summary>
    public static void WriteHeader(
        Span<byte> to, ushort source, ushort destination, uint sequence, uint acknowledgment, int headerLength, TcpFlags flags, ushort window)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, source);
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], destination);
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], sequence);
        BinaryPrimitives.WriteUInt32BigEndian(to[8..], acknowledgment);
        to[12] = (byte)(headerLength / 4 << 4);
        to[13] = (byte)flags;
        BinaryPrimitives.WriteUInt16BigEndian(to[14..], window);
        BinaryPrimitives.WriteUInt32BigEndian(to[16..], 0);
    }

    /// <summary>Writes timestamps with the padding that makes them 12 bytes.</summary>
    public static void WriteTimestamps(Span<byte> to, uint value, uint echo)
    {
        to[0] = OptionNop;
        to[1] = OptionNop;
        to[2] = OptionTimestamps;
        to[3] = 10;
        BinaryPrimitives.WriteUInt32BigEndian(to[4..], value);
        BinaryPrimitives.WriteUInt32BigEndian(to[8..], echo);
    }

    /// <summary>Writes the MSS option, 4 bytes.</summary>
    public static void WriteMss(Span<byte> to, int mss)
    {
        to[0] = OptionMss;
        to[1] = 4;
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)mss);
    }

    /// <summary>Writes the window scale option with its padding, 4 bytes.</summary>
    public static void WriteWindowScale(Span<byte> to, int shift)
    {
        to[0] = OptionNop;
        to[1] = OptionWindowScale;
        to[2] = 3;
        to[3] = (byte)shift;
    }

    /// <summary>Writes the checksum over a finished segment whose checksum field is zero.</summary>
    public static void WriteChecksum(Span<byte> segment, Ipv4Address source, Ipv4Address destination)
    {
        var sum = InternetChecksum.Add(PseudoHeader.Sum(source, destination, Ipv4.ProtocolTcp, segment.Length), segment);
        BinaryPrimitives.WriteUInt16BigEndian(segment[16..], InternetChecksum.Finish(sum));
    }
}
