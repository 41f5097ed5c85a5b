namespace Testbed.Runner.Validation;

/// <summary>How far a modelled figure may be from the published one.</summary>
/// <param name="Absolute">In the figure's unit; null: any.</param>
/// <param name="Relative">As a share of the published figure; null: any.</param>
internal sealed record Tolerance(decimal? Absolute, decimal? Relative)
{
    /// <summary>Table 1's shares: within a point and 15 % of itself.</summary>
    public static readonly Tolerance Share = new(1, 0.15m);

    /// <summary>Table 1's averages.</summary>
    public static readonly Tolerance Average = new(null, 0.05m);

    /// <summary>Figure 5's latencies.</summary>
    public static readonly Tolerance Latency = new(null, 0.03m);

    /// <summary>Throughput, in Mb/s.</summary>
    public static readonly Tolerance Throughput = new(1, null);

    /// <summary>Idle time, in points.</summary>
    public static readonly Tolerance Idle = new(0.5m, null);

    /// <summary>Throughput of a link that is saturated, and of two directions that are identical, in Mb/s: the last digit that one would print.</summary>
    public static readonly Tolerance SameThroughput = new(0.1m, null);

    /// <summary>Whether a figure is near enough.</summary>
    public bool Permits(decimal published, decimal modelled)
    {
        var difference = Math.Abs(modelled - published);
        return (Absolute is null || difference <= Absolute) && (Relative is null || difference <= Relative * Math.Abs(published));
    }
}
