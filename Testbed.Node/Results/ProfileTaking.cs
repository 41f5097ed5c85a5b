namespace Testbed.Node.Results;

/// <summary>What a row of a profile has taken of the ledger.</summary>
/// <param name="Rows">Its categories, or its shares of them.</param>
/// <param name="Count">How many times it happened.</param>
internal sealed record ProfileTaking(IReadOnlyList<LedgerTotal> Rows, long Count)
{
    private const int Decimals = 4;

    /// <summary>The row.</summary>
    /// <param name="column">Its column.</param>
    /// <param name="name">Its name.</param>
    /// <param name="wholeNs">The column's time.</param>
    /// <param name="averaged">Whether an occurrence of it means something.</param>
    /// <param name="always">Whether to say what is in it even if that is one category.</param>
    public ProfileRow Row(string column, string name, long wholeNs, bool averaged = true, bool always = false)
    {
        var timeNs = Rows.Sum(row => row.TimeNs);
        var parts = Rows.Where(row => row.TimeNs > 0 || row.Count > 0)
            .OrderByDescending(row => row.TimeNs)
            .ThenBy(row => row.Category, StringComparer.Ordinal)
            .Select(row => new ProfilePart(row.World!, row.Category, row.TimeNs / 1000m, row.Count))
            .ToArray();
        return new(
            column,
            name,
            timeNs / 1000m,
            Count,
            averaged && Count > 0 ? decimal.Round(timeNs / 1000m / Count, Decimals) : null,
            Share.Percent(timeNs, wholeNs),
            parts.Length > 1 || (always && parts.Length > 0) ? parts : null);
    }
}
