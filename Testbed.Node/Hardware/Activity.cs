using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>One thing that a processor spends time on: a row of the ledger, its cost and its jitter.</summary>
public sealed class Activity
{
    private const long Million = 1_000_000;
    private readonly Cost _cost;
    private readonly long _jitterPpm;
    private readonly RandomStream _jitter;

    internal Activity(int row, World world, string category, Cost cost, long jitterPpm, RandomStream jitter)
    {
        Row = row;
        World = world;
        Category = category;
        Name = Ledger.RowName(world, category);
        Code = EventDigest.NameCode($"{world}/{category}");
        _cost = cost;
        _jitterPpm = jitterPpm;
        _jitter = jitter;
    }

    /// <summary>The world in which it happens.</summary>
    public World World { get; }

    /// <summary>Its name in the ledger.</summary>
    public string Category { get; }

    /// <summary>The name of its row, as an observer is told it.</summary>
    public string Name { get; }

    /// <summary>What follows in the same slice, on a row of its own; null for nothing.</summary>
    public Activity? Next { get; private init; }

    /// <summary>What it takes on average, with all that follows it in the slice, when no bytes are handled.</summary>
    public Duration Mean => new Duration((_cost.FixedPs + 500) / 1_000) + (Next?.Mean ?? Duration.Zero);

    internal int Row { get; }

    internal long Code { get; }

    /// <summary>This activity with another behind it in the same slice: no interrupt comes in between.</summary>
    public Activity FollowedBy(Activity next) =>
        new(Row, World, Category, _cost, _jitterPpm, _jitter) { Next = Next is null ? next : Next.FollowedBy(next) };

    /// <summary>The same activity, booked on another row.</summary>
    internal Activity OnRow(int row) => new(row, World, Category, _cost, _jitterPpm, _jitter) { Next = Next };

    /// <summary>Whether it takes no time whatever is handled.</summary>
    public bool IsFree => _cost == default;

    /// <summary>
    /// The least time from its end until software tells the network card of a frame, if it is a step on the way there: zero for the last. Null if
    /// it is none, or may be far from the card yet.
    /// </summary>
    public Duration? ToDoorbell { get; set; }

    /// <summary>The least that it takes, whatever is handled.</summary>
    public Duration Least => _cost.Least(_jitterPpm);

    /// <summary>How long it takes this time: the cost with an even jitter of ± the experiment's share, the mean unchanged.</summary>
    /// <param name="bytes">How many bytes are handled.</param>
    public Duration Draw(long bytes)
    {
        var ps = _cost.FixedPs + (_cost.PerBytePs * bytes);
        if (_jitterPpm > 0)
            ps += ps * (_jitter.Below((2 * _jitterPpm) + 1) - _jitterPpm) / Million;
        return new Duration((ps + 500) / 1_000);
    }
}
