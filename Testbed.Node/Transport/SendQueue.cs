using System.Buffers.Binary;
using Google.Protobuf;

namespace Testbed.Node.Transport;

/// <summary>
/// Frames on their way out: each behind its length, all in one stream of bytes. In chunks: one growing buffer would be copied again and again by
/// a sender that is faster than the socket.
/// </summary>
internal sealed class SendQueue
{
    private const int ChunkBytes = 64 * 1024;

    private readonly Queue<Chunk> _chunks = new();
    private Chunk? _last;
    private Chunk? _spare;

    /// <summary>Bytes that wait, lengths included.</summary>
    public long Bytes { get; private set; }

    /// <summary>What is to be sent next; empty when nothing is.</summary>
    public ReadOnlySpan<byte> Next => _chunks.TryPeek(out var first) ? first.Data.AsSpan(first.Start, first.End - first.Start) : [];

    /// <summary>Puts a frame behind the others.</summary>
    public void Add(ByteString frame)
    {
        Span<byte> length = stackalloc byte[FrameReader.LengthBytes];
        BinaryPrimitives.WriteInt32LittleEndian(length, frame.Length);
        Add(length);
        Add(frame.Span);
    }

    /// <summary>So many bytes of <see cref="Next"/> are gone.</summary>
    public void Sent(int bytes)
    {
        Bytes -= bytes;
        var first = _chunks.Peek();
        first.Start += bytes;
        if (first.Start < first.End)
            return;
        first.Start = first.End = 0;
        if (first == _last)
            return;
        _chunks.Dequeue();
        _spare = first;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _last = _spare = null;
        Bytes = 0;
    }

    private void Add(ReadOnlySpan<byte> bytes)
    {
        Bytes += bytes.Length;
        while (bytes.Length > 0)
        {
            if (_last is null || _last.End == ChunkBytes)
            {
                _last = _spare ?? new Chunk();
                _spare = null;
                _chunks.Enqueue(_last);
            }

            var part = Math.Min(bytes.Length, ChunkBytes - _last.End);
            bytes[..part].CopyTo(_last.Data.AsSpan(_last.End));
            _last.End += part;
            bytes = bytes[part..];
        }
    }

    private sealed class Chunk
    {
        public byte[] Data { get; } = new byte[ChunkBytes];

        public int Start { get; set; }

        public int End { get; set; }
    }
}
