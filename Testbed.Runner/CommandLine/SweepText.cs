using System.Text;
using Testbed.Runner.Output;
using Testbed.Runner.Studies;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.CommandLine;

/// <summary>What a sweep prints.</summary>
internal static class SweepText
{
    private const int MostPoints = 60;
    private const int MostLabel = 44;

    /// <summary>The runs that there would be, one a line.</summary>
    public static string List(Study study, IReadOnlyList<StudyRun> runs)
    {
        var text = new StringBuilder();
        foreach (var run in runs)
        {
            text.Append(Text($"{run.Id}  {run.Experiment.Name}  seed={run.Seed}"));
            foreach (var cell in run.Cells.Where(cell => cell.Column != Study.ExperimentColumn))
                text.Append("  ").Append(cell.Column).Append('=').Append(cell.Text.Contains(' ', StringComparison.Ordinal) ? $"\"{cell.Text}\"" : cell.Text);
            text.Append('\n');
        }

        return text.Append(Text($"{runs.Count:#,0} runs: {runs.Count / study.Repetitions:#,0} points, {study.Repetitions:#,0} seeds each\n")).ToString();
    }

    /// <summary>What the points came to, and where all of it is.</summary>
    public static string Summary(Study study, StudyTable table, string folder, int pictures, int width, bool colour)
    {
        var page = new TextPage(width, colour);
        page.Heading($"{study.Name}: {study.Description}");
        var summary = StudySummary.Of(table, [.. study.Outputs.Select(figure => figure.Name)]);
        var labels = study.AxisColumns.Where(column => summary.Columns.Contains(column)).ToArray();
        // What an axis has a label for need not be told key by key.
        var told = study.Axes.SelectMany(axis => axis.Columns.Contains(axis.Name) && axis is ListedAxis ? [axis.Name] : axis.Columns).Where(labels.Contains).ToArray();
        var figures = study.Outputs.Select(figure => figure.Name).Where(name => summary.Columns.Contains(name + ".mean")).ToArray();
        // What fits beside the longest name.
        var room = width - 4 - Math.Min(MostLabel, summary.Rows.Max(row => string.Join(", ", told.Select(column => row[summary.Index(column)])).Length));
        figures = [.. figures.TakeWhile(figure => (room -= Math.Max(figure.Length, 13) + 2) >= 0).DefaultIfEmpty(figures.FirstOrDefault("")).Where(figure => figure.Length > 0)];
        var rows = new TextTable();
        rows.Add([string.Join(", ", told), .. figures]);
        foreach (var row in summary.Rows.Take(MostPoints))
            rows.Add([string.Join(", ", told.Select(column => row[summary.Index(column)])), .. figures.Select(figure => Of(summary, row, figure))]);
        page.Table(rows);
        if (summary.Rows.Count > MostPoints)
            page.Text(Text($"… and {summary.Rows.Count - MostPoints:#,0} more points in summary.csv"));
        page.Gap();
        page.Line(Text($"runs        {table.Rows.Count:#,0}, {summary.Rows.Count:#,0} points; ± is half of the mean's 95 % interval"));
        page.Line($"written to  {folder}: table.csv, table.parquet, summary.csv{(pictures > 0 ? ", pictures/" : "")}");
        page.Line($"more        testbed report {folder}");
        return page.ToString();
    }

    private static string Of(StudyTable summary, IReadOnlyList<string> row, string figure)
    {
        if (StudyTable.Number(row[summary.Index(figure + ".mean")]) is not { } mean)
            return "";
        return StudyTable.Number(row[summary.Index(figure + ".ci95")]) is { } interval ? Text($"{mean:0.00} ±{interval:0.00}") : Text($"{mean:0.00}");
    }
}
