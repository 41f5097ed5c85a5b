namespace Testbed.Node.Network.Tcp;

/// <summary>A segment of the send queue: sent and not acknowledged, or not sent yet.</summary>
internal struct SendSegment
{
    public uint Sequence;

    /// <summary>Bytes of payload.</summary>
    public int Length;

    /// <summary>SYN, FIN and PSH as they apply.</summary>
    public TcpFlags Flags;

    /// <summary>A whole frame with the payload at <see cref="Offset"/>; once sent, the very frame that was handed out.</summary>
    public byte[] Buffer;

    public int Offset;

    /// <summary>Bytes of payload that <see cref="Buffer"/> has room for.</summary>
    public int Capacity;

    /// <summary>What it occupies of the send buffer.</summary>
    public int Truesize;

    /// <summary>The tick of its last sending.</summary>
    public long SentAt;

    public bool WasRetransmitted;

    public readonly uint End =>
        Sequence + (uint)Length + ((Flags & TcpFlags.Syn) != 0 ? 1u : 0) + ((Flags & TcpFlags.Fin) != 0 ? 1u : 0);
}

/// <summary>
/// The segments between the writer and the last ACK, in order: first <see cref="Sent"/> that are on their way, then the unsent.
/// Bounded by the send buffer that its segments are charged to.
/// </summary>
internal sealed class SendQueue
{
    private SendSegment[] _ring = new SendSegment[64];
    private int _head;

    /// <summary>Segments in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Of these, the first ones that were sent and are not acknowledged.</summary>
    public int Sent { get; set; }

    /// <summary>Whether something has not been sent yet.</summary>
    public bool HasUnsent => Count > Sent;

    public ref SendSegment this[int index] => ref _ring[(_head + index) & (_ring.Length - 1)];

    /// <summary>The last segment; there must be one.</summary>
    public ref SendSegment Tail => ref this[Count - 1];

    public void Append(in SendSegment segment)
    {
        Grow();
        Count++;
        Tail = segment;
    }

    /// <summary>Puts a segment before the one at <paramref name="index"/>.</summary>
    public void Insert(int index, in SendSegment segment)
    {
        Append(segment);
        for (var i = Count - 1; i > index; i--)
            this[i] = this[i - 1];
        this[index] = segment;
    }

    public void RemoveHead()
    {
        _ring[_head] = default;
        _head = (_head + 1) & (_ring.Length - 1);
        Count--;
        Sent--;
    }

    public void Clear()
    {
        Array.Clear(_ring);
        _head = 0;
        Count = 0;
        Sent = 0;
    }

    private void Grow()
    {
        if (Count < _ring.Length)
            return;
        var larger = new SendSegment[_ring.Length * 2];
        for (var i = 0; i < Count; i++)
            larger[i] = this[i];
        _ring = larger;
        _head = 0;
    }
}
