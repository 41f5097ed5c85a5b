namespace Testbed.Node.Transport;

/// <summary>
/// One end of a ring of bytes in shared memory: one process writes, another reads. Which end it is shows in what it is asked to do; an end does one
/// of the two.
/// </summary>
/// <remarks>
/// <para>
/// Each end counts its bytes from the beginning of time, modulo 2⁶⁴, and publishes its count after the bytes that it counts: what the other end finds
/// counted is there (or, in the other direction, is no longer needed). Either count has a cache line, and its neighbour, to itself.
/// </para>
/// <para>
/// An end believes nothing: it never reads its own count back, and finds the other's to be nonsense unless the two are between nothing and the
/// capacity apart. The bytes are copied out before anybody looks at them, since the other end can change them at any time.
/// </para>
/// </remarks>
/// <param name="memory">The memory.</param>
/// <param name="counts">Where the two counts are; a multiple of <see cref="LineBytes"/>.</param>
/// <param name="bytes">Where the bytes are.</param>
/// <param name="capacity">How many there is room for; a power of two.</param>
internal sealed class SharedRing(SharedMemory memory, int counts, int bytes, int capacity)
{
    /// <summary>Two cache lines: processors fetch them in pairs.</summary>
    public const int LineBytes = 128;

    /// <summary>Bytes of the two counts.</summary>
    public const int CountsBytes = 2 * LineBytes;

    private long _count;

    // The writer looks at the reader's count only when there seems to be no room: it would fetch it from another core each time.
    private long _knownTaken;

    /// <summary>For the writer: whether there is room, or nonsense.</summary>
    public bool HasRoom => _count - Volatile.Read(ref Taken) != capacity;

    /// <summary>For the reader: whether there are bytes, or nonsense.</summary>
    public bool HasBytes => Volatile.Read(ref Written) != _count;

    private ref long Written => ref memory.NumberAt(counts);

    private ref long Taken => ref memory.NumberAt(counts + LineBytes);

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>How many bytes; less than 0 if the reader's count is nonsense.</returns>
    public int Write(ReadOnlySpan<byte> from)
    {
        if (capacity - (_count - _knownTaken) < from.Length)
        {
            var taken = Volatile.Read(ref Taken);
            if ((ulong)(_count - taken) > (ulong)capacity)
                return -1;
            _knownTaken = taken;
        }

        var count = (int)Math.Min(from.Length, capacity - (_count - _knownTaken));
        var (start, first) = Part(count);
        from[..first].CopyTo(memory.BytesAt(bytes + start, first));
        from[first..count].CopyTo(memory.BytesAt(bytes, count - first));
        _count += count;
        Volatile.Write(ref Written, _count);
        return count;
    }

    /// <summary>Takes as much as there is, and fits.</summary>
    /// <returns>How many bytes; less than 0 if the writer's count is nonsense.</returns>
    public int Read(Span<byte> to)
    {
        var there = Volatile.Read(ref Written) - _count;
        if ((ulong)there > (ulong)capacity)
            return -1;
        var count = (int)Math.Min(to.Length, there);
        var (start, first) = Part(count);
        memory.BytesAt(bytes + start, first).CopyTo(to);
        memory.BytesAt(bytes, count - first).CopyTo(to[first..]);
        _count += count;
        Volatile.Write(ref Taken, _count);
        return count;
    }

    // Where the next bytes are, and how many of them lie before the ring's end.
    private (int Start, int First) Part(int count)
    {
        var start = (int)(_count & (capacity - 1));
        return (start, Math.Min(count, capacity - start));
    }
}
