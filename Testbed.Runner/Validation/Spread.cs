namespace Testbed.Runner.Validation;

/// <summary>A figure over several seeds.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation; 0 of one seed.</param>
/// <param name="Count">How many seeds.</param>
internal sealed record Spread(decimal Mean, decimal Deviation, int Count)
{
    /// <summary>The figure over these; null when there is none.</summary>
    public static Spread? Of(IEnumerable<decimal> values)
    {
        var all = values.ToArray();
        if (all.Length == 0)
            return null;
        var mean = all.Average();
        var squares = all.Sum(value => (value - mean) * (value - mean));
        return new(mean, all.Length == 1 ? 0 : (decimal)Math.Sqrt((double)(squares / (all.Length - 1))), all.Length);
    }
}
