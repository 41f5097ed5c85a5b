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

    /// <summary>The activity of a category, with a row of its own in the ledger and a random stream of its own.</summary>
    /// <exception cref="KeyNotFoundException">The table has no such cost.</exception>
    public Activity Activity(Lane lane, Ledger ledger, World world, string category)
    {
        if (!_costs.TryGetValue((world, category), out var cost))
            throw new KeyNotFoundException($"No cost is given for {world}/{category}.");
        var row = ledger.AddRow(world, category);
        return new Activity(row, world, category, cost, _jitterPpm, lane.Random(_seed, $"jitter/{world.ToString().ToLowerInvariant()}/{category}"));
    }
}
