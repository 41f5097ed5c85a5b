namespace Testbed.Node.Results;

/// <summary>A world's categories while the rows of a profile take theirs; what none has taken is the rest, so nothing is lost or in two rows.</summary>
internal sealed class ProfileColumn
{
    private readonly List<LedgerTotal> _left;
    private readonly List<LedgerTotal> _all;

    public ProfileColumn(IEnumerable<CpuRow> rows)
    {
        _all = [.. rows.Select(row => new LedgerTotal(row.World, row.Category, (long)(row.TimeUs * 1_000), row.Count))];
        _left = [.. _all];
        TimeNs = _all.Sum(row => row.TimeNs);
    }

    /// <summary>All of the world's time.</summary>
    public long TimeNs { get; }

    /// <summary>All categories, whoever takes them.</summary>
    public ProfileTaking Whole() => new(_all, _all.Sum(row => row.Count));

    /// <summary>These categories; the first one's count is the row's.</summary>
    public ProfileTaking Take(string first, params string[] others)
    {
        var taken = TakeWhere(row => row.Category == first || others.Contains(row.Category));
        return new(taken, taken.Where(row => row.Category == first).Sum(row => row.Count));
    }

    /// <summary>These categories, each of whose occurrences is one of the row's.</summary>
    public ProfileTaking TakeEach(params string[] categories)
    {
        var taken = TakeWhere(row => categories.Contains(row.Category));
        return new(taken, taken.Sum(row => row.Count));
    }

    /// <summary>All categories whose names begin so.</summary>
    public ProfileTaking TakeAll(string prefix)
    {
        var taken = TakeWhere(row => row.Category.StartsWith(prefix, StringComparison.Ordinal));
        return new(taken, taken.Sum(row => row.Count));
    }

    /// <summary>A category and some others together, each with its share of a third by their counts; a nanosecond that does not divide goes to the second.</summary>
    public (ProfileTaking First, ProfileTaking Second) Split(string shared, string first, params string[] second)
    {
        var (one, two) = (Take(first), TakeEach(second));
        var count = one.Count + two.Count;
        if (count == 0)
            return (one, two);
        var divided = TakeWhere(row => row.Category == shared);
        var ofFirst = divided.ConvertAll(row => row with { TimeNs = (long)((Int128)row.TimeNs * one.Count / count) });
        var ofSecond = divided.Zip(ofFirst, (row, given) => row with { TimeNs = row.TimeNs - given.TimeNs });
        return (one with { Rows = [.. one.Rows, .. ofFirst] }, two with { Rows = [.. two.Rows, .. ofSecond] });
    }

    /// <summary>What no row has taken.</summary>
    public ProfileTaking Rest()
    {
        var taken = TakeWhere(_ => true);
        return new(taken, taken.Sum(row => row.Count));
    }

    private List<LedgerTotal> TakeWhere(Func<LedgerTotal, bool> wanted)
    {
        var taken = _left.FindAll(row => wanted(row));
        _left.RemoveAll(row => wanted(row));
        return taken;
    }
}
