namespace Testbed.Node.Network.Tcp;

/// <summary>
/// What was received: the segments in order that wait for the reader, and those that arrived before their turn.
/// It keeps the received frames themselves and copies once, to the reader. Bounded by the receive buffer:
/// <see cref="Charged"/> is what Linux 2.2 calls <c>rmem_alloc</c>.
/// </summary>
internal sealed class ReceiveQueue
{
    private readonly Queue<Piece> _inOrder = new(32);
    private readonly List<Piece> _early = [];
    private int _readOffset;

    /// <summary>Bytes of truesize in use.</summary>
    public int Charged { get; private set; }

    /// <summary>Bytes that can be read.</summary>
    public int Readable { get; private set; }

    /// <summary>Segments that wait for earlier ones.</summary>
    public int Early => _early.Count;

    /// <summary>Appends the next bytes of the stream.</summary>
    public void Append(ReadOnlyMemory<byte> data, int truesize)
    {
        _inOrder.Enqueue(new Piece(0, data, truesize, false));
        Readable += data.Length;
        Charged += truesize;
    }

    /// <summary>Keeps a segment that arrived before its turn; of two that begin alike the longer stays.</summary>
    public void Keep(uint sequence, ReadOnlyMemory<byte> data, int truesize, bool fin)
    {
        var at = _early.Count;
        while (at > 0 && SequenceNumber.After(_early[at - 1].Sequence, sequence))
            at--;
        var piece = new Piece(sequence, data, truesize, fin);
        if (at > 0 && _early[at - 1].Sequence == sequence)
        {
            var other = _early[at - 1];
            if (piece.Length <= other.Length)
                return;
            Charged += truesize - other.Truesize;
            _early[at - 1] = piece;
            return;
        }

        _early.Insert(at, piece);
        Charged += truesize;
    }

    /// <summary>
    /// Moves the early segments whose turn has come; returns the new RCV.NXT, and whether the peer's FIN was reached (and counted).
    /// </summary>
    public uint Advance(uint next, out bool finReached)
    {
        finReached = false;
        var taken = 0;
        for (; taken < _early.Count && !SequenceNumber.After(_early[taken].Sequence, next) && !finReached; taken++)
        {
            var piece = _early[taken];
            Charged -= piece.Truesize;
            var old = (int)(next - piece.Sequence);
            if (old >= piece.Length)
                continue;
            if (old < piece.Data.Length)
                Append(piece.Data[old..], piece.Truesize);
            next = piece.Sequence + (uint)piece.Length;
            finReached = piece.Fin;
        }

        if (taken > 0)
            _early.RemoveRange(0, taken);
        return next;
    }

    /// <summary>Forgets the early segments (the peer will repeat them); returns how many there were.</summary>
    public int Prune()
    {
        var count = _early.Count;
        foreach (var piece in _early)
            Charged -= piece.Truesize;
        _early.Clear();
        return count;
    }

    /// <summary>Copies out what is in order and fits; returns the bytes copied.</summary>
    public int Read(Span<byte> destination)
    {
        var copied = 0;
        while (copied < destination.Length && _inOrder.TryPeek(out var piece))
        {
            var source = piece.Data.Span[_readOffset..];
            var count = Math.Min(source.Length, destination.Length - copied);
            source[..count].CopyTo(destination[copied..]);
            copied += count;
            if (count < source.Length)
            {
                _readOffset += count;
                break;
            }

            _readOffset = 0;
            Charged -= piece.Truesize;
            _inOrder.Dequeue();
        }

        Readable -= copied;
        return copied;
    }

    public void Clear()
    {
        _inOrder.Clear();
        _early.Clear();
        _readOffset = 0;
        Charged = 0;
        Readable = 0;
    }

    private readonly record struct Piece(uint Sequence, ReadOnlyMemory<byte> Data, int Truesize, bool Fin)
    {
        public int Length => Data.Length + (Fin ? 1 : 0);
    }
}
