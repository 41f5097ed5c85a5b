using Google.Protobuf;
using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>Reads what <see cref="TraceWriter"/> has written, here or in another process.</summary>
public static class TraceReader
{
    /// <summary>The records, in the order in which they were written.</summary>
    /// <exception cref="FormatException">These bytes are no trace; in one line.</exception>
    public static IEnumerable<TraceRecord> Read(ReadOnlyMemory<byte> bytes)
    {
        using var source = new CodedInputStream(bytes.ToArray());
        var names = new List<string>();
        var last = Instant.Zero;
        while (TryRead(source, names, ref last, out var record))
        {
            if (record is not null)
                yield return record;
        }
    }

    private static bool TryRead(CodedInputStream source, List<string> names, ref Instant last, out TraceRecord? record)
    {
        record = null;
        try
        {
            if (source.IsAtEnd)
                return false;
            var kind = source.ReadUInt32();
            if (kind == TraceWriter.NameKind)
            {
                names.Add(source.ReadString());
                return true;
            }

            var name = names[checked((int)source.ReadUInt32())];
            last += new Duration(source.ReadSInt64());
            record = kind switch
            {
                TraceWriter.SpanKind => new TraceRecord.Span(name, last, last + new Duration(checked((long)source.ReadUInt64()))),
                TraceWriter.EventKind => new TraceRecord.Event(name, last, source.ReadSInt64()),
                TraceWriter.TransferKind => new TraceRecord.Transfer(
                    name, last, checked((long)source.ReadUInt64()), checked((long)source.ReadUInt64())),
                TraceWriter.PassKind => new TraceRecord.Pass(name, last, checked((int)source.ReadUInt32()), null),
                TraceWriter.FollowedPassKind => new TraceRecord.Pass(
                    name,
                    last,
                    checked((int)source.ReadUInt32()),
                    new FollowedPacket(source.ReadUInt64(), source.ReadUInt32(), checked((int)source.ReadUInt32()))),
                _ => throw new FormatException($"a trace with a record of the unknown kind {kind}"),
            };
            return true;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or OverflowException or ArgumentOutOfRangeException)
        {
            throw new FormatException($"a trace that is not readable: {e.Message}", e);
        }
    }
}
