using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>A fault at one PC: when it strikes, and what it has struck.</summary>
public sealed class FaultAccount
{
    private readonly Lane _lane;
    private readonly FaultSchedule _when;
    private readonly RandomStream _chance;
    private readonly long _code;
    private readonly string _observed;
    private readonly SortedDictionary<string, long> _hits = new(StringComparer.Ordinal);
    private readonly List<Loss> _losses = [];
    private FaultAccount? _after;
    private long _inWindow;

    internal FaultAccount(Lane lane, Fault fault, long seed)
    {
        (_lane, Fault, _when) = (lane, fault, fault.When);
        _chance = lane.Random(seed, $"fault/{fault.Name}/chance");
        Draws = lane.Random(seed, $"fault/{fault.Name}/effect");
        _observed = $"{ObservedPrefix}{fault.Name}";
        _code = EventDigest.NameCode(_observed);
    }

    /// <summary>What the names begin with under which an observer is told of faults.</summary>
    public const string ObservedPrefix = "fault/";

    /// <summary>The fault.</summary>
    public Fault Fault { get; }

    /// <summary>What it might have struck, in its window or not.</summary>
    public long Matches { get; private set; }

    /// <summary>How many times it has struck.</summary>
    public long Strikes { get; private set; }

    /// <summary>What it has had to drop because there was no room for more to wait.</summary>
    public long Drops { get; private set; }

    /// <summary>When it first struck; never, if it did not.</summary>
    public Instant First { get; private set; } = Instant.Never;

    /// <summary>When it last struck; never, if it did not.</summary>
    public Instant Last { get; private set; } = Instant.Never;

    /// <summary>What it has struck, and how many times.</summary>
    public IReadOnlyDictionary<string, long> Hits => _hits;

    /// <summary>What it has taken out of the run for good, each actor once.</summary>
    public IReadOnlyList<Loss> Losses => _losses;

    /// <summary>Whether it has struck as often as it may.</summary>
    internal bool IsSpent => Strikes >= _when.Times;

    /// <summary>The stream that its effect draws from.</summary>
    internal RandomStream Draws { get; }

    /// <summary>The faults of one PC are made: one may wait for another.</summary>
    internal void Join(IReadOnlyList<FaultAccount> all) =>
        _after = _when.After is { } name ? all.FirstOrDefault(account => account.Fault.Name == name) : null;

    /// <summary>Something that it could strike is there: does it strike?</summary>
    internal bool TryStrike(string what) => TryStrike(what, _chance, static (stream, when) => stream.Chance(when.PartsPerBillion));

    /// <summary>As the other, but by an effect's own chance in place of the plan's probability.</summary>
    internal bool TryStrike<T>(string what, T by, Func<T, FaultSchedule, bool> chance)
    {
        Matches++;
        if (!_when.Holds(_lane.Now) || (_when.After is not null && _after is not { Strikes: > 0 }))
            return false;
        _inWindow++;
        if (_when.Nth is { } nth ? _inWindow != nth : _inWindow % _when.Every != 0)
            return false;

        // The draw comes before the bound, so that the stream does not depend on it.
        if (!chance(by, _when) || Strikes >= _when.Times)
            return false;
        Note(what);
        return true;
    }

    /// <summary>Something that it could strike is there, and by its effect's own rule it does or does not.</summary>
    internal bool Strike(string what, bool does)
    {
        Matches++;
        if (does)
            Note(what);
        return does;
    }

    /// <summary>There was no room for one more to wait.</summary>
    internal void CountDrop() => Drops++;

    /// <summary>It takes something out of the run for good.</summary>
    internal Loss Lose(string actor, LossKind kind)
    {
        var loss = new Loss(actor, kind, Fault.Name, _lane.Now);
        if (!_losses.Exists(earlier => earlier.Actor == actor))
            _losses.Add(loss);
        return loss;
    }

    /// <summary>It has been at work since it struck, until now.</summary>
    internal void TellWork(Instant since) => _lane.Observer?.Spent(_observed, since, _lane.Now);

    private void Note(string what)
    {
        var now = _lane.Now;
        if (++Strikes == 1)
            First = now;
        Last = now;
        _hits[what] = _hits.GetValueOrDefault(what) + 1;
        _lane.Digest.Add(now, _code, Strikes);
        _lane.Observer?.Happened(_observed, Strikes);
    }
}
