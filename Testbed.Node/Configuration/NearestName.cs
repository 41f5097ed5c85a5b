namespace Testbed.Node.Configuration;

/// <summary>Finds what a person probably meant by a name that is not known.</summary>
public static class NearestName
{
    /// <summary>The nearest of <paramref name="known"/>, or null when nothing is near enough to be meant.</summary>
    public static string? Of(string name, IEnumerable<string> known)
    {
        string? nearest = null;
        var least = int.MaxValue;
        var sorted = known.Order(StringComparer.Ordinal).ToList();
        foreach (var candidate in sorted)
        {
            var distance = Distance(name, candidate);
            if (distance < least)
                (least, nearest) = (distance, candidate);
        }

        // A third of the letters wrong is still a slip; more is another word.
        if (least <= Math.Max(1, name.Length / 3))
            return nearest;
        // The right key without the section it is in.
        return sorted.FirstOrDefault(k => k.EndsWith("." + name, StringComparison.Ordinal))
            ?? sorted.FirstOrDefault(k => LastSegment(k) == LastSegment(name) && name.Contains('.', StringComparison.Ordinal));
    }

    /// <summary>"<c>; did you mean X?</c>", or nothing when no name is near.</summary>
    public static string Hint(string name, IEnumerable<string> known) =>
        Of(name, known) is { } nearest ? $"; did you mean {nearest}?" : "";

    /// <summary>The Damerau-Levenshtein distance (optimal string alignment): letters put in, left out, changed, or two swapped.</summary>
    public static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                var least = Math.Min(Math.Min(rows[i - 1, j] + 1, rows[i, j - 1] + 1), rows[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    least = Math.Min(least, rows[i - 2, j - 2] + 1);
                rows[i, j] = least;
            }
        }

        return rows[a.Length, b.Length];
    }

    private static string LastSegment(string key) => key[(key.LastIndexOf('.') + 1)..];
}
