using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>What everything costs on one PC, by world and category, already scaled to its clock.</summary>
public sealed class CostTable
{
    private readonly IReadOnlyDictionary<(World World, string Category), Cost> _costs;
    private readonly long _jitterPpm;
    private readonly long _seed;

    /// <summary>A table of costs.</summary>
    /// <param name="costs">The costs at this PC's clock.</param>
    /// <param name="jitterPpm">By how much each varies evenly about its mean, in parts per million; 0 to 500,000.</param>
    /// <param name="seed">The experiment's seed.</param>
    public CostTable(IReadOnlyDictionary<(World World, string Category), Cost> costs, long jitterPpm, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(jitterPpm);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(jitterPpm, 500_000);
        (_costs, _jitterPpm, _seed) = (costs, jitterPpm, seed);
    }

    /// <summary>An activity with a random stream of its own, booked on its category's row of the ledger.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="ledger">Where it is booked.</param>
    /// <param name="world">The world in which it happens.</param>
    /// <param name="category">Its row.</param>
    /// <param name="cost">The entry that says what it costs: the category's own, unless another is named.</param>
    /// <exception cref="KeyNotFoundException">The table has no such cost.</exception>
    public Activity Activity(Lane lane, Ledger ledger, World world, string category, string? cost = null)
    {
        var entry = cost ?? category;
        if (!_costs.TryGetValue((world, entry), out var found))
            throw new KeyNotFoundException($"No cost is given for {world}/{entry}.");
        var stream = cost is null ? category : $"{category}/{cost}";
        return new Activity(
            ledger.AddRow(world, category), world, category, found, _jitterPpm, lane.Random(_seed, $"jitter/{world.ToString().ToLowerInvariant()}/{stream}"));
    }
}
