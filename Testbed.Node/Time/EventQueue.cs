using System.Runtime.CompilerServices;

namespace Testbed.Node.Time;

/// <summary>
/// The total order of what happens: by instant; at one instant arrivals from outside before local events; arrivals by
/// (direction, number), local events by (lane, number). Nothing in it depends on when something was put in.
/// </summary>
/// <param name="At">The instant.</param>
/// <param name="Rank">Kind, lane or direction, and number, so packed that lower comes first.</param>
internal readonly record struct EventKey(Instant At, ulong Rank) : IComparable<EventKey>
{
    private const int NumberBits = 48;
    private const ulong LocalKind = 1UL << 63;

    /// <summary>The key of the <paramref name="number"/>th arrival from <paramref name="direction"/>.</summary>
    public static EventKey Arrival(Instant at, int direction, long number) => new(at, Pack(direction, number));

    /// <summary>The key of the <paramref name="number"/>th event that a lane scheduled.</summary>
    public static EventKey Local(Instant at, int lane, long number) => new(at, LocalKind | Pack(lane, number));

    /// <summary>Whether this is an arrival from outside.</summary>
    public bool IsArrival => (Rank & LocalKind) == 0;

    /// <inheritdoc/>
    public int CompareTo(EventKey other) => At != other.At ? At.CompareTo(other.At) : Rank.CompareTo(other.Rank);

    /// <summary>Comes before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool operator <(EventKey a, EventKey b) =>
        a.At.Nanoseconds < b.At.Nanoseconds || (a.At.Nanoseconds == b.At.Nanoseconds && a.Rank < b.Rank);

    /// <summary>Comes after.</summary>
    public static bool operator >(EventKey a, EventKey b) => b < a;

    /// <summary>Comes before or is the same.</summary>
    public static bool operator <=(EventKey a, EventKey b) => !(b < a);

    /// <summary>Comes after or is the same.</summary>
    public static bool operator >=(EventKey a, EventKey b) => !(a < b);

    private static ulong Pack(int source, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(source);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(source, 1 << 15);
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, 1L << NumberBits);
        return ((ulong)source << NumberBits) | (ulong)number;
    }
}

/// <summary>A priority queue of timed events with a front slot: an event earlier than all others never touches the heap.</summary>
internal sealed class EventQueue
{
    private (EventKey Key, TimedEvent Event)[] _heap = new (EventKey, TimedEvent)[64];
    private int _heapCount;
    private EventKey _frontKey;
    private TimedEvent? _front;

    /// <summary>How many events are waiting.</summary>
    public int Count => _heapCount + (_front is null ? 0 : 1);

    /// <summary>Puts an event in.</summary>
    public void Add(EventKey key, TimedEvent timed)
    {
        if (_front is null)
        {
            if (_heapCount == 0 || key < _heap[0].Key)
                (_frontKey, _front) = (key, timed);
            else
                Push((key, timed));
        }
        else if (key < _frontKey)
        {
            Push((_frontKey, _front));
            (_frontKey, _front) = (key, timed);
        }
        else
        {
            Push((key, timed));
        }
    }

    /// <summary>The first event, left in place.</summary>
    public bool TryPeek(out EventKey key, out TimedEvent timed)
    {
        if (_front is not null)
        {
            (key, timed) = (_frontKey, _front);
            return true;
        }

        if (_heapCount > 0)
        {
            (key, timed) = _heap[0];
            return true;
        }

        key = default;
        timed = null!;
        return false;
    }

    /// <summary>Takes the first event out; there must be one.</summary>
    public void RemoveFirst()
    {
        if (_front is not null)
        {
            _front = null;
            return;
        }

        var last = _heap[--_heapCount];
        _heap[_heapCount] = default;
        if (_heapCount == 0)
            return;

        var hole = 0;
        while (true)
        {
            var child = (2 * hole) + 1;
            if (child >= _heapCount)
                break;
            if (child + 1 < _heapCount && _heap[child + 1].Key < _heap[child].Key)
                child++;
            if (last.Key < _heap[child].Key)
                break;
            _heap[hole] = _heap[child];
            hole = child;
        }

        _heap[hole] = last;
    }

    private void Push((EventKey Key, TimedEvent Event) entry)
    {
        if (_heapCount == _heap.Length)
            Array.Resize(ref _heap, 2 * _heap.Length);
        var hole = _heapCount++;
        while (hole > 0)
        {
            var parent = (hole - 1) / 2;
            if (_heap[parent].Key < entry.Key)
                break;
            _heap[hole] = _heap[parent];
            hole = parent;
        }

        _heap[hole] = entry;
    }
}
