using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>One row of a ledger's state.</summary>
/// <param name="World">The world; null for the idle row.</param>
/// <param name="Category">What the time went on.</param>
/// <param name="TimeNs">Nanoseconds booked.</param>
/// <param name="Count">How many times it was begun.</param>
public readonly record struct LedgerRow(World? World, string Category, long TimeNs, long Count);

/// <summary>
/// Where every nanosecond of a processor went. The rows sum to the elapsed virtual time, always: what follows begins where the
/// last entry ended, or it is a defect.
/// </summary>
public sealed class Ledger
{
    /// <summary>The category of time in which the processor has nothing to do.</summary>
    public const string Idle = "idle";

    private const int IdleRow = 0;
    private readonly Duration _memory;
    private readonly List<(World? World, string Category, string Name)> _names = [(null, Idle, Idle)];
    private (long TimeNs, long Count)[] _totals = [(0, 1)];
    private readonly Queue<(Instant At, int Row)> _following = new();

    // Closed entries, oldest first, in two spans that each reach over the memory's length: the older is forgotten as a whole.
    private List<(Instant From, Instant To, int Row)> _recent = [];
    private List<(Instant From, Instant To, int Row)> _older = [];
    private Instant _recentSince = Instant.Zero;
    private Instant _openedAt = Instant.Zero;
    private int _openRow = IdleRow;

    /// <summary>A ledger that can say how it stood at an instant up to <paramref name="memory"/> ago.</summary>
    public Ledger(Duration memory) => _memory = memory;

    /// <summary>Is told of every entry when it is closed; null if nobody looks.</summary>
    public IObserver? Observer { get; set; }

    /// <summary>How an observer is told a row: "<c>host/system-call</c>".</summary>
    public static string RowName(World world, string category) => $"{(world == World.Host ? "host" : "vmm")}/{category}";

    /// <summary>The number of a row, which is added if there is none of that name.</summary>
    public int AddRow(World world, string category)
    {
        var known = _names.FindIndex(row => row.World == world && row.Category == category);
        if (known >= 0)
            return known;
        _names.Add((world, category, RowName(world, category)));
        Array.Resize(ref _totals, _totals.Length + 1);
        return _names.Count - 1;
    }

    /// <summary>From now on time goes to <paramref name="row"/>; what was open is closed.</summary>
    internal void Open(Instant now, int row)
    {
        Settle(now);
        Close(now, row);
    }

    /// <summary>From a later instant on time will go to <paramref name="row"/>: the next part of the slice that begins now.</summary>
    internal void OpenAt(Instant at, int row) => _following.Enqueue((at, row));

    private void Settle(Instant now)
    {
        while (_following.TryPeek(out var next) && next.At <= now)
        {
            _following.Dequeue();
            Close(next.At, next.Row);
        }
    }

    private void Close(Instant now, int row)
    {
        Observer?.Spent(_names[_openRow].Name, _openedAt, now);
        _totals[_openRow].TimeNs += (now - _openedAt).Nanoseconds;
        _recent.Add((_openedAt, now, _openRow));
        if (now - _recentSince > _memory)
            ForgetOlder(now);

        _totals[row].Count++;
        _openedAt = now;
        _openRow = row;
    }

    private void ForgetOlder(Instant now)
    {
        (_recent, _older) = (_older, _recent);
        _recent.Clear();
        _recentSince = now;
    }

    /// <summary>From now on the processor is idle.</summary>
    internal void OpenIdle(Instant now) => Open(now, IdleRow);

    /// <summary>The run is over: the entry that is open is told as far as it came.</summary>
    internal void TellOpen(Instant now)
    {
        Settle(now);
        Observer?.Spent(_names[_openRow].Name, _openedAt, now);
    }

    /// <summary>The rows as they stood at an instant, that instant's own entries not begun.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant is longer ago than the ledger remembers, or still to come.</exception>
    public IReadOnlyList<LedgerRow> AsOf(Instant at, Instant now)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(at, now);
        if (at < now - _memory)
            throw new ArgumentOutOfRangeException(nameof(at), at, $"the ledger remembers {_memory}, and it is {now}");

        Settle(now);
        var time = new long[_totals.Length];
        var count = new long[_totals.Length];
        for (var row = 0; row < time.Length; row++)
            (time[row], count[row]) = _totals[row];

        Add(_openedAt, now, _openRow, +1);
        Add(Instant.Max(_openedAt, at), now, _openRow, -1);
        count[_openRow] -= _openedAt >= at ? 1 : 0;
        foreach (var (from, to, row) in _older.Concat(_recent))
        {
            if (to <= at)
                continue;
            Add(Instant.Max(from, at), to, row, -1);
            count[row] -= from >= at ? 1 : 0;
        }

        var rows = new LedgerRow[time.Length];
        for (var row = 0; row < rows.Length; row++)
            rows[row] = new LedgerRow(_names[row].World, _names[row].Category, time[row], count[row]);
        var sum = rows.Sum(row => row.TimeNs);
        return sum == at.Nanoseconds
            ? rows
            : throw new InvalidOperationException($"The ledger sums to {sum} ns at {at}: time was lost or booked twice.");

        void Add(Instant from, Instant to, int row, long sign) => time[row] += sign * (to - from).Nanoseconds;
    }
}
