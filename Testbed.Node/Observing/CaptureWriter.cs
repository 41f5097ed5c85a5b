using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>
/// The frames at one network card, as a file of the format pcapng (draft-ietf-opsawg-pcapng): nanosecond stamps, direction, length of the FCS and
/// whether that is wrong.
/// </summary>
/// <remarks>A frame that leaves is stamped with its first bit, one that comes in with its last; at a virtual card, with its copying.</remarks>
public sealed class CaptureWriter
{
    /// <summary>The most bytes that a capture comes to: 100 MiB over TCP fit. What would go beyond it is left out, and so is all that follows.</summary>
    public const int LimitBytes = 128 << 20;

    private const uint SectionHeader = 0x0A0D0D0A, InterfaceDescription = 1, InterfaceStatistics = 5, EnhancedPacket = 6;
    private const uint ByteOrder = 0x1A2B3C4D;
    private const ushort Comment = 1;
    private const int FixedPacketBytes = 44;
    private const uint Inbound = 1, Outbound = 2, FcsLengthShift = 5, CrcError = 1 << 24;

    private readonly ArrayBufferWriter<byte> _file = new();
    private readonly MacAddress _address;
    private readonly int _fcsLength;
    private readonly int _limit;
    private long _kept;
    private long _leftOut;
    private Instant _cutAt = Instant.Never;

    /// <summary>A capture without frames.</summary>
    /// <param name="name">The card's name, for an analyser's list.</param>
    /// <param name="description">What it is.</param>
    /// <param name="address">Its Ethernet address: frames from there are outbound.</param>
    /// <param name="bitsPerSecond">Its rate; null if it has none.</param>
    /// <param name="hasFcs">Whether its frames are given with their check sequence.</param>
    /// <param name="limitBytes">The most bytes that it may come to, but for its last block.</param>
    public CaptureWriter(string name, string description, MacAddress address, long? bitsPerSecond, bool hasFcs, int limitBytes = LimitBytes)
    {
        (_address, _fcsLength, _limit) = (address, hasFcs ? EthernetFrame.FcsLength : 0, limitBytes);
        Put(SectionHeader, body =>
        {
            body.Write(ByteOrder);
            body.Write((ushort)1);
            body.Write((ushort)0);
            body.Write(-1L);
            Option(body, 4, "Testbed"u8);
            EndOfOptions(body);
        });
        Put(InterfaceDescription, body =>
        {
            const ushort Ethernet = 1;
            const byte Nanoseconds = 9;
            var mac = new byte[MacAddress.Length];
            address.Write(mac);
            body.Write(Ethernet);
            body.Write((ushort)0);
            body.Write(0u);
            Option(body, 2, Encoding.UTF8.GetBytes(name));
            Option(body, 3, Encoding.UTF8.GetBytes(description));
            Option(body, 6, mac);
            if (bitsPerSecond is { } rate)
                Option(body, 8, Little(rate));
            Option(body, 9, [Nanoseconds]);
            Option(body, 13, [(byte)_fcsLength]);
            EndOfOptions(body);
        });
    }

    /// <summary>Adds a frame.</summary>
    public void Add(Instant at, ReadOnlySpan<byte> frame)
    {
        var padded = (frame.Length + 3) & ~3;
        if (_leftOut > 0 || _file.WrittenCount + FixedPacketBytes + padded > _limit)
        {
            if (_leftOut++ == 0)
                _cutAt = at;
            return;
        }

        _kept++;
        Span<byte> head = stackalloc byte[28];
        var length = (uint)(FixedPacketBytes + padded);
        BinaryPrimitives.WriteUInt32LittleEndian(head, EnhancedPacket);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], 0);
        BinaryPrimitives.WriteUInt32LittleEndian(head[12..], (uint)(at.Nanoseconds >> 32));
        BinaryPrimitives.WriteUInt32LittleEndian(head[16..], (uint)at.Nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(head[20..], frame.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], frame.Length);
        _file.Write(head);
        _file.Write(frame);

        // Padding, epb_flags (code 2, 4 bytes), the end of the options, and the length again.
        Span<byte> tail = stackalloc byte[19];
        tail.Clear();
        var end = tail[(padded - frame.Length)..];
        BinaryPrimitives.WriteUInt16LittleEndian(end, 2);
        BinaryPrimitives.WriteUInt16LittleEndian(end[2..], sizeof(uint));
        BinaryPrimitives.WriteUInt32LittleEndian(end[4..], Flags(frame));
        BinaryPrimitives.WriteUInt32LittleEndian(end[12..], length);
        _file.Write(tail[..(padded - frame.Length + 16)]);
    }

    /// <summary>The file, closed by a block that says how many frames there were, and whether some are not there.</summary>
    /// <param name="from">The first instant that was looked at.</param>
    /// <param name="to">The instant up to which it was.</param>
    public (ReadOnlyMemory<byte> File, RecordingExtent Extent) Close(Instant from, Instant to)
    {
        Put(InterfaceStatistics, body =>
        {
            body.Write(0u);
            Timestamp(body, to);
            if (_leftOut > 0)
            {
                Option(body, Comment, Encoding.UTF8.GetBytes(
                    $"The capture ends at {_cutAt}: its limit of {_limit >> 20} MiB was reached. {_leftOut} frames are left out."));
            }

            TimestampOption(2, from);
            TimestampOption(3, to);
            Option(body, 4, Little(_kept + _leftOut));
            Option(body, 5, Little(_leftOut));
            EndOfOptions(body);

            void TimestampOption(ushort code, Instant at)
            {
                body.Write(code);
                body.Write((ushort)sizeof(long));
                Timestamp(body, at);
            }
        });
        return (_file.WrittenMemory, new(_kept, _leftOut, _cutAt));
    }

    private uint Flags(ReadOnlySpan<byte> frame)
    {
        var flags = frame.Length >= EthernetFrame.HeaderLength && EthernetFrame.Source(frame) == _address ? Outbound : Inbound;
        flags |= (uint)_fcsLength << (int)FcsLengthShift;
        return _fcsLength > 0 && !EthernetFrame.VerifyFcs(frame) ? flags | CrcError : flags;
    }

    private void Put(uint type, Action<BinaryWriter> write)
    {
        const int Frame = 12;
        using var body = new MemoryStream();
        using var writer = new BinaryWriter(body);
        write(writer);
        Word(type);
        Word((uint)(body.Length + Frame));
        _file.Write(body.GetBuffer().AsSpan(0, (int)body.Length));
        Word((uint)(body.Length + Frame));

        void Word(uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(_file.GetSpan(sizeof(uint)), value);
            _file.Advance(sizeof(uint));
        }
    }

    /// <summary>An option's code, length and value, padded to whole words.</summary>
    private static void Option(BinaryWriter body, ushort code, ReadOnlySpan<byte> value)
    {
        body.Write(code);
        body.Write((ushort)value.Length);
        body.Write(value);
        for (var i = value.Length; i % sizeof(uint) != 0; i++)
            body.Write((byte)0);
    }

    private static void EndOfOptions(BinaryWriter body) => body.Write(0u);

    /// <summary>A time stamp is two words, the higher one first.</summary>
    private static void Timestamp(BinaryWriter body, Instant at)
    {
        body.Write((uint)(at.Nanoseconds >> 32));
        body.Write((uint)at.Nanoseconds);
    }

    private static byte[] Little(long value)
    {
        var bytes = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        return bytes;
    }
}
