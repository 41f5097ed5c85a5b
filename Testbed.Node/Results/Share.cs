namespace Testbed.Node.Results;

/// <summary>Shares and rates as results state them: decimal, so that every platform writes the same digits.</summary>
public static class Share
{
    private const int Decimals = 4;

    /// <summary>What part is of whole, in percent to four decimals; 0 of nothing.</summary>
    public static decimal Percent(long part, long whole) => whole == 0 ? 0 : decimal.Round(part * 100m / whole, Decimals);

    /// <summary>10^6 bits a second to four decimals, or null when no time passed.</summary>
    public static decimal? Mbps(long bytes, long ns) => ns <= 0 ? null : decimal.Round(bytes * 8_000m / ns, Decimals);

    /// <summary>The ratio to four decimals; 0 of nothing.</summary>
    public static decimal Ratio(long part, long whole) => whole == 0 ? 0 : decimal.Round((decimal)part / whole, Decimals);
}
