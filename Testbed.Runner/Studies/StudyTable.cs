using System.Globalization;
using Testbed.Node.Results;

namespace Testbed.Runner.Studies;

/// <summary>A study's tidy table: a row for each run, a column for each thing that is said of it; an empty text where there is nothing to say.</summary>
/// <param name="Columns">The columns.</param>
/// <param name="Rows">The rows, each with a text for each column.</param>
internal sealed record StudyTable(IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<string>> Rows)
{
    /// <summary>The key.</summary>
    public const string RunColumn = "run";

    /// <summary>Why a run came to no figures.</summary>
    public const string FailureColumn = "failure";

    /// <summary>The run's event digest: equal digests are equal runs.</summary>
    public const string DigestColumn = "digest";

    /// <summary>The table of the runs that have results, in the order of their IDs.</summary>
    /// <param name="study">The study.</param>
    /// <param name="results">Runs with their results.</param>
    public static StudyTable Of(Study study, IEnumerable<(StudyRun Run, RunResult Result)> results)
    {
        string[] axes = [.. study.AxisColumns.Where(column => column != Study.ExperimentColumn)];
        var keys = study.Axes.SelectMany(axis => axis.Keys).ToHashSet(StringComparer.Ordinal);
        string[] columns =
        [
            RunColumn, Study.ExperimentColumn, Study.SeedColumn, .. axes, .. study.Outputs.Select(figure => figure.Name), FailureColumn, DigestColumn,
        ];
        return new(columns, [.. results.OrderBy(found => found.Run.Id, StringComparer.Ordinal).Select(found => Row(found.Run, found.Result))]);

        IReadOnlyList<string> Row(StudyRun run, RunResult result) =>
        [
            run.Id,
            run.Experiment.Name,
            run.Seed.ToString(CultureInfo.InvariantCulture),
            .. axes.Select(column => keys.Contains(column) && result.Resolved.TryGetValue(column, out var value) && value is not null
                ? value.ToString()
                : run.Cells.FirstOrDefault(cell => cell.Column == column)?.Text ?? ""),
            .. study.Outputs.Select(figure => result.Failure is null ? figure.Of(result) : ""),
            result.Failure ?? "",
            result.Failure is null ? result.Deterministic.Digest : "",
        ];
    }

    /// <summary>The index of a column.</summary>
    /// <exception cref="KeyNotFoundException">There is none such.</exception>
    public int Index(string column)
    {
        for (var i = 0; i < Columns.Count; i++)
        {
            if (Columns[i] == column)
                return i;
        }

        throw new KeyNotFoundException($"The table has no column {column}.");
    }

    /// <summary>A column's number in a row; null where there is none.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <summary>Whether every text that there is in a column is a number, and there is any.</summary>
    public bool IsNumeric(string column)
    {
        var at = Index(column);
        return Rows.Any(row => row[at].Length > 0) && Rows.All(row => row[at].Length == 0 || Number(row[at]) is not null);
    }
}
