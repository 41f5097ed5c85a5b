namespace Testbed.Node.Results;

/// <summary>What one category of work took of a PC's processor over the measured interval.</summary>
/// <param name="World">Who had the processor: <c>host</c> or <c>vmm</c>; null where nobody had (idle).</param>
/// <param name="Category">What it did.</param>
/// <param name="TimeUs">For how long, in microseconds (exact: three decimals are nanoseconds).</param>
/// <param name="Count">How many times it was begun.</param>
/// <param name="Percent">Of the interval.</param>
public sealed record CpuRow(string? World, string Category, decimal TimeUs, long Count, decimal Percent)
{
    /// <summary>A row from the ledger's exact figures.</summary>
    /// <param name="world">Who had the processor, or null.</param>
    /// <param name="category">What it did.</param>
    /// <param name="timeNs">For how long, in nanoseconds.</param>
    /// <param name="count">How many times it was begun.</param>
    /// <param name="intervalNs">The interval's length, in nanoseconds.</param>
    public static CpuRow Of(string? world, string category, long timeNs, long count, long intervalNs) =>
        new(world, category, timeNs / 1000m, count, Share.Percent(timeNs, intervalNs));
}
