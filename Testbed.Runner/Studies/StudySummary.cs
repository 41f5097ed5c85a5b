using System.Globalization;

namespace Testbed.Runner.Studies;

/// <summary>A study's points: what each of its figures comes to over the repetitions.</summary>
internal static class StudySummary
{
    /// <summary>A row for each point: how many runs it has, and of each figure mean, standard deviation and half of the 95 % interval.</summary>
    /// <param name="table">The runs.</param>
    /// <param name="figures">The columns of figures.</param>
    public static StudyTable Of(StudyTable table, IReadOnlyList<string> figures)
    {
        int[] of = [.. figures.Where(table.IsNumeric).Select(table.Index)];
        string[] told = [StudyTable.RunColumn, Study.SeedColumn, StudyTable.FailureColumn, StudyTable.DigestColumn];
        int[] axes = [.. table.Columns.Where(column => !told.Contains(column) && !figures.Contains(column)).Select(table.Index)];
        return new(
            [.. axes.Select(at => table.Columns[at]), "runs", .. of.SelectMany(at => (string[])[$"{table.Columns[at]}.mean", $"{table.Columns[at]}.sd", $"{table.Columns[at]}.ci95"])],
            [.. table.Rows.GroupBy(PointOf, StringComparer.Ordinal).Select(point => Row([.. point]))]);

        IReadOnlyList<string> Row(IReadOnlyList<IReadOnlyList<string>> runs) =>
        [
            .. axes.Select(at => runs[0][at]),
            runs.Count.ToString(CultureInfo.InvariantCulture),
            .. of.SelectMany(at => Estimate.Of([.. runs.Select(run => StudyTable.Number(run[at])).OfType<double>()]) is { } estimate
                ? (string[])[Text(estimate.Mean), estimate.Count > 1 ? Text(estimate.Deviation) : "", estimate.Count > 1 ? Text(estimate.Interval) : ""]
                : ["", "", ""]),
        ];
    }

    /// <summary>The point that a row is a run of: the head of its ID.</summary>
    private static string PointOf(IReadOnlyList<string> row) => row[0].Split('-')[0];

    private static string Text(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);
}
