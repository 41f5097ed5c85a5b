using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>The paper's Table 1, a column at a time.</summary>
internal static class ProfileTable
{
    /// <summary>How many packets the guest sent in the measured interval.</summary>
    public static long Transmissions(IReadOnlyList<ProfileRow> profile) =>
        profile.Where(row => row is { Column: ExecutionProfile.Total, Name: ExecutionProfile.TransmitRow } || row.Name == OptimizedProfile.DriverRow).Sum(row => row.Count);

    /// <summary>A column with what its "Other" is made of.</summary>
    public static void Put(TextPage page, string heading, IReadOnlyList<ProfileRow> profile, string column, long transmissions)
    {
        page.Heading(heading);
        page.Text("Share in %; µs each; count, and count for each packet sent.");
        var table = new TextTable();
        table.Add("", "share", "each", "count", transmissions == 0 ? "" : "packet");
        var rows = profile.Where(row => row.Column == column).ToArray();
        foreach (var row in rows)
        {
            // Slices of processor time are no occurrences of anything.
            var counts = row.AverageUs is not null;
            table.Add(
                row.Name,
                Text($"{row.Percent:0.00}"),
                row.AverageUs is { } average ? Text($"{average:#,0.00}") : "",
                counts ? Text($"{row.Count:#,0}") : "",
                counts ? Per(row.Count, transmissions) : "");
        }

        page.Table(table);
        if (rows.FirstOrDefault(row => row.Name == ExecutionProfile.OtherRow) is { Parts: { } parts } other)
            PutOther(page, other, parts, rows.Sum(row => row.TimeUs), transmissions);
    }

    private static void PutOther(TextPage page, ProfileRow other, IReadOnlyList<ProfilePart> parts, decimal columnUs, long transmissions)
    {
        page.Gap();
        var table = new TextTable();
        table.Add($"{other.Name}, in it:", "share", "each", "count", transmissions == 0 ? "" : "packet");
        foreach (var part in parts)
        {
            table.Add(
                Category(part.World, part.Category),
                Text($"{(columnUs == 0 ? 0 : 100 * part.TimeUs / columnUs):0.00}"),
                part.Count == 0 ? "" : Text($"{part.TimeUs / part.Count:#,0.00}"),
                Text($"{part.Count:#,0}"),
                Per(part.Count, transmissions));
        }

        page.Table(table);
    }
}
