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
        const ushort Application = 4, Ethernet = 1;
        const ushort Name = 2, Description = 3, Address = 6, Speed = 8, Resolution = 9, FcsLength = 13;
        const byte Nanoseconds = 9;
        var header = new Block(SectionHeader);
        header.Word(ByteOrder);
        header.Word(1);
        header.Long(-1);
        header.Option(Application, "Testbed"u8);
        header.WriteTo(_file);

        var card = new Block(InterfaceDescription);
        var mac = new byte[MacAddress.Length];
        address.Write(mac);
        card.Word(Ethernet);
        card.Word(0);
        card.Option(Name, Encoding.UTF8.GetBytes(name));
        card.Option(Description, Encoding.UTF8.GetBytes(description));
        card.Option(Address, mac);
        if (bitsPerSecond is { } rate)
            card.Option(Speed, rate);
        card.Option(Resolution, [Nanoseconds]);
        card.Option(FcsLength, [(byte)_fcsLength]);
        card.WriteTo(_file);
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
        const ushort Comment = 1, Start = 2, End = 3, Received = 4, Dropped = 5;
        var statistics = new Block(InterfaceStatistics);
        statistics.Word(0);
        statistics.Stamp(to);
        if (_leftOut > 0)
        {
            statistics.Option(Comment, Encoding.UTF8.GetBytes(
                $"The capture ends at {_cutAt}: its limit of {_limit >> 20} MiB was reached. {_leftOut} frames are left out."));
        }

        statistics.Option(Start, from);
        statistics.Option(End, to);
        statistics.Option(Received, _kept + _leftOut);
        statistics.Option(Dropped, _leftOut);
        statistics.WriteTo(_file);
        return (_file.WrittenMemory, new(_kept, _leftOut, _cutAt));
    }

    private uint Flags(ReadOnlySpan<byte> frame)
    {
        var flags = frame.Length >= EthernetFrame.HeaderLength && EthernetFrame.Source(frame) == _address ? Outbound : Inbound;
        flags |= (uint)_fcsLength << (int)FcsLengthShift;
        return _fcsLength > 0 && !EthernetFrame.VerifyFcs(frame) ? flags | CrcError : flags;
    }

    /// <summary>A block that ends in options: its type, its length, its body, its length again.</summary>
    private sealed class Block(uint type)
    {
        private const int FrameBytes = 12;
        private readonly ArrayBufferWriter<byte> _body = new();

        public void Word(uint value) => Put(_body, value);

        public void Long(long value)
        {
            BinaryPrimitives.WriteInt64LittleEndian(_body.GetSpan(sizeof(long)), value);
            _body.Advance(sizeof(long));
        }

        /// <summary>A time stamp is two words, the higher one first.</summary>
        public void Stamp(Instant at)
        {
            Word((uint)(at.Nanoseconds >> 32));
            Word((uint)at.Nanoseconds);
        }

        /// <summary>An option's code, length and value, padded to whole words.</summary>
        public void Option(ushort code, ReadOnlySpan<byte> value)
        {
            Word(code | ((uint)value.Length << 16));
            _body.Write(value);
            for (var i = value.Length; i % sizeof(uint) != 0; i++)
                _body.Write("\0"u8);
        }

        public void Option(ushort code, long value)
        {
            Word(code | ((uint)sizeof(long) << 16));
            Long(value);
        }

        public void Option(ushort code, Instant value)
        {
            Word(code | ((uint)sizeof(long) << 16));
            Stamp(value);
        }

        public void WriteTo(ArrayBufferWriter<byte> file)
        {
            // The end of the options.
            Word(0);
            var length = (uint)(_body.WrittenCount + FrameBytes);
            Put(file, type);
            Put(file, length);
            file.Write(_body.WrittenSpan);
            Put(file, length);
        }

        private static void Put(ArrayBufferWriter<byte> to, uint value)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(to.GetSpan(sizeof(uint)), value);
            to.Advance(sizeof(uint));
        }
    }
}
