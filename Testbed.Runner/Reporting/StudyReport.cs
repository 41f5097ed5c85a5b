using Testbed.Node.Results;
using Testbed.Runner.Pictures;
using Testbed.Runner.Studies;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Reporting;

/// <summary>The report of a study.</summary>
/// <param name="folder">The study's folder.</param>
/// <param name="study">The study, as the folder has it.</param>
/// <param name="facts">What the folder says of itself.</param>
/// <param name="table">Its table.</param>
/// <param name="result">A run's result, by its ID.</param>
internal sealed class StudyReport(string folder, Study study, StudyFacts facts, StudyTable table, Func<string, RunResult> result)
{
    private const string PublishedNote =
        "Published: Sugerman, Venkitachalam and Lim, USENIX 2001; the paper gives figures for few of a study's points. Modelled: the mean over the point's runs.";

    /// <summary>All that it says.</summary>
    /// <param name="pictures">Its pictures.</param>
    public ReportModel Model(IReadOnlyList<Picture> pictures)
    {
        var summary = StudySummary.Of(table, facts.Outputs);
        var failed = table.Rows.Count(row => row[table.Index(StudyTable.FailureColumn)].Length > 0);
        return new(
            $"Study: {facts.Study}",
            facts.Description,
            Warning(failed),
            Headlines(summary),
            Published(),
            [.. pictures.Select(ReportParts.Picture)],
            [Summary(summary), Runs()],
            Facts(),
            [Command(), $"testbed sweep {folder}/study.conf{Sets()}      # whatever config/studies has now"],
            [new("The study's file", study.Text)]);
    }

    private string? Warning(int failed)
    {
        var missing = facts.Runs - table.Rows.Count;
        string[] what =
        [
            .. missing > 0 ? [Text($"{missing:#,0} of {facts.Runs:#,0} runs have not been made yet; testbed sweep … --resume goes on.")] : (string[])[],
            .. failed > 0 ? [Text($"{failed:#,0} runs failed; the table of runs says why.")] : (string[])[],
        ];
        return what.Length == 0 ? null : string.Join(' ', what);
    }

    private List<ReportFact> Headlines(StudyTable summary)
    {
        var headlines = new List<ReportFact> { new("runs", Text($"{table.Rows.Count:#,0}"), Text($"{summary.Rows.Count:#,0} points")) };
        foreach (var figure in facts.Outputs.Where(figure => summary.Columns.Contains($"{figure}.mean")).Take(3))
        {
            var at = summary.Index($"{figure}.mean");
            double[] means = [.. summary.Rows.Select(row => StudyTable.Number(row[at])).OfType<double>()];
            if (means.Length == 1 && StudyTable.Number(summary.Rows[0][summary.Index($"{figure}.ci95")]) is { } interval)
                headlines.Add(new(Figure.TitleOf(figure), Text($"{means[0]:0.00} ±{interval:0.00}"), "mean and half of its 95 % interval"));
            else if (means.Length > 0)
                headlines.Add(new(Figure.TitleOf(figure), Text($"{means.Min():0.00} to {means.Max():0.00}"), "least and greatest mean of a point"));
        }

        return headlines;
    }

    private ReportPublished? Published()
    {
        var rows = new List<string[]>();
        var all = new List<PublishedPoint>();
        foreach (var point in table.Rows.Where(IsAsShipped).GroupBy(row => row[0].Split('-')[0], StringComparer.Ordinal))
        {
            IReadOnlyList<string>[] runs = [.. point];
            foreach (var published in PublishedPoints.Of(result(runs[0][table.Index(StudyTable.RunColumn)])))
            {
                if (!table.Columns.Contains(published.Figure)
                    || Estimate.Of([.. runs.Select(run => StudyTable.Number(run[table.Index(published.Figure)])).OfType<double>()]) is not { } modelled)
                    continue;
                all.Add(published);
                rows.Add(
                [
                    Label(runs[0]),
                    published.Name,
                    Text($"{published.Value}"),
                    modelled.Count > 1 ? Text($"{modelled.Mean:0.00} ±{modelled.Interval:0.00}") : Text($"{modelled.Mean:0.00}"),
                    Text($"{modelled.Mean - (double)published.Value:+0.00;-0.00;0.00}"),
                ]);
            }
        }

        return rows.Count == 0
            ? null
            : new(PublishedNote, [ReportParts.Table("published-figures", "Throughput and idle time", PublishedPoint.Notes(all), ["point", "figure", "published", "modelled", "difference"], rows)]);

        bool IsAsShipped(IReadOnlyList<string> row) =>
            row[table.Index(StudyTable.FailureColumn)].Length == 0
            && study.Axes.OfType<ScaledAxis>().All(axis => row[table.Index(axis.Name)] == ScaledAxis.Unscaled);
    }

    /// <summary>A point in words: the labels of its axes, and their values where they have none.</summary>
    private string Label(IReadOnlyList<string> row)
    {
        var told = study.Axes.SelectMany(axis => axis is ListedAxis && axis.Columns.Contains(axis.Name) ? [axis.Name] : axis.Columns);
        var label = string.Join(", ", told.Select(column => row[table.Index(column)]));
        return label.Length == 0 ? row[table.Index(Study.ExperimentColumn)] : label;
    }

    private ReportTable Summary(StudyTable summary)
    {
        // A mean with its interval is one thing.
        string[] figures = [.. facts.Outputs.Where(figure => summary.Columns.Contains($"{figure}.mean"))];
        string[] axes = [.. summary.Columns.TakeWhile(column => column != "runs")];
        return ReportParts.Table(
            "points",
            "Points",
            ["Means over each point's runs; ± is half of the 95 % interval, by Student's t. The same in summary.csv."],
            [.. axes, "runs", .. figures.Select(Figure.TitleOf)],
            [
                .. summary.Rows.Select(row => (string[])
                [
                    .. axes.Append("runs").Select(column => row[summary.Index(column)]),
                    .. figures.Select(figure => Of(row[summary.Index($"{figure}.mean")], row[summary.Index($"{figure}.ci95")])),
                ]),
            ]);

        static string Of(string mean, string interval) => StudyTable.Number(mean) is not { } value ? ""
            : StudyTable.Number(interval) is { } half ? Text($"{value:0.00} ±{half:0.00}")
            : Text($"{value:0.00}");
    }

    private ReportTable Runs()
    {
        var failure = table.Index(StudyTable.FailureColumn);
        string[] columns = [.. table.Columns.Where((_, i) => i != failure || table.Rows.Any(row => row[failure].Length > 0))];
        return ReportParts.Table(
            "runs",
            "Runs",
            ["The tidy table, as table.csv and table.parquet have it. Each run's own folder is runs/RUN."],
            columns,
            [.. table.Rows.Select(row => (string[])[.. columns.Select(column => row[table.Index(column)])])]);
    }

    private IReadOnlyList<ReportFact> Facts() =>
    [
        new("study", facts.Study),
        new("runs", Text($"{facts.Finished:#,0} of {facts.Runs:#,0}")),
        new("repetitions", Text($"{study.Repetitions:#,0} of each point, seeds from {study.FirstSeed} on")),
        new("set for all", facts.Sets.Count == 0 ? "nothing" : string.Join(", ", facts.Sets)),
        new("program", $"testbed {facts.Version}{(facts.Commit is { } commit ? $", commit {commit}" : "")}"),
    ];

    private string Command() => $"testbed sweep {facts.Study}{Sets()}";

    private string Sets() => string.Concat(facts.Sets.Select(set => $" --set {(set.Contains(' ', StringComparison.Ordinal) ? $"'{set}'" : set)}"));
}
