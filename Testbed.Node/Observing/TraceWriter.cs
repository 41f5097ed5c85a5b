using System.Buffers;
using System.Text;
using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>
/// Writes the records of one PC's trace, a few bytes each. <see cref="TraceReader"/> reads them.
/// </summary>
/// <remarks>
/// A record is a kind, the number of a name (which a record of its own has introduced), the time since the record before in nanoseconds, and
/// what else there is to its kind: integers of variable length, as Protocol Buffers write them.
/// </remarks>
public sealed class TraceWriter
{
    /// <summary>The most records that a trace holds of one PC. What comes after the last is left out.</summary>
    public const int LimitRecords = 500_000;

    internal const uint NameKind = 1, SpanKind = 2, EventKind = 3, TransferKind = 4, PassKind = 5, FollowedPassKind = 6;

    private readonly Dictionary<string, uint> _names = new(StringComparer.Ordinal);
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly int _limit;
    private long _kept;
    private long _leftOut;
    private Instant _cutAt = Instant.Never;
    private long _lastNs;

    /// <summary>A trace without records, that will hold so many at most.</summary>
    public TraceWriter(int limitRecords = LimitRecords) => _limit = limitRecords;

    /// <summary>Adds a <see cref="TraceRecord.Span"/>.</summary>
    public void Span(string name, Instant from, Instant to)
    {
        if (!TryBegin(SpanKind, name, from))
            return;
        Write((ulong)(to - from).Nanoseconds);
    }

    /// <summary>Adds a <see cref="TraceRecord.Event"/>.</summary>
    public void Event(string name, Instant at, long detail)
    {
        if (TryBegin(EventKind, name, at))
            WriteSigned(detail);
    }

    /// <summary>Adds a <see cref="TraceRecord.Transfer"/>.</summary>
    public void Transfer(string name, Instant at, long bytes, long total)
    {
        if (!TryBegin(TransferKind, name, at))
            return;
        Write((ulong)bytes);
        Write((ulong)total);
    }

    /// <summary>Adds a <see cref="TraceRecord.Pass"/>.</summary>
    public void Pass(string name, Instant at, int frameBytes, FollowedPacket? packet)
    {
        if (!TryBegin(packet is null ? PassKind : FollowedPassKind, name, at))
            return;
        Write((ulong)frameBytes);
        if (packet is not { } followed)
            return;
        Write(followed.Key);
        Write(followed.Offset);
        Write((ulong)followed.Length);
    }

    /// <summary>All records.</summary>
    public (ReadOnlyMemory<byte> Bytes, RecordingExtent Extent) Close()
    {
        return (_bytes.WrittenMemory, new(_kept, _leftOut, _cutAt));
    }

    private bool TryBegin(uint kind, string name, Instant at)
    {
        if (_kept == _limit)
        {
            _cutAt = Instant.Min(_cutAt, at);
            _leftOut++;
            return false;
        }

        _kept++;
        if (!_names.TryGetValue(name, out var number))
        {
            _names[name] = number = (uint)_names.Count;
            Write(NameKind);
            var utf8 = Encoding.UTF8.GetBytes(name);
            Write((ulong)utf8.Length);
            _bytes.Write(utf8);
        }

        Write(kind);
        Write(number);
        WriteSigned(at.Nanoseconds - _lastNs);
        _lastNs = at.Nanoseconds;
        return true;
    }

    /// <summary>Seven bits to a byte, the lowest first, the eighth bit saying that there are more.</summary>
    private void Write(ulong value)
    {
        const int LongestBytes = 10;
        const int More = 0x80;
        var span = _bytes.GetSpan(LongestBytes);
        var length = 0;
        for (; value >= More; value >>= 7)
            span[length++] = (byte)(value | More);
        span[length++] = (byte)value;
        _bytes.Advance(length);
    }

    /// <summary>Small numbers of either sign are short: 0, −1, 1, −2 and so on.</summary>
    private void WriteSigned(long value) => Write((ulong)((value << 1) ^ (value >> 63)));
}
