using System.Globalization;
using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>What differs between two runs, for a person.</summary>
internal static class DifferencesPage
{
    private const int MostRows = 12;

    /// <summary>The page.</summary>
    /// <param name="one">The one run: what it was called, and its result.</param>
    /// <param name="other">The other.</param>
    /// <param name="differences">What differs.</param>
    /// <param name="all">Whether every figure that differs is shown.</param>
    /// <param name="width">Columns to keep within.</param>
    /// <param name="colour">Whether headings may be set off by colour.</param>
    public static string Of(
        (string Name, RunResult Result) one, (string Name, RunResult Result) other, RunDifferences differences, bool all, int width, bool colour)
    {
        var page = new TextPage(width, colour);
        page.Heading("compared");
        page.Line($"A           {one.Name} ({Title(one.Result)})");
        page.Line($"B           {other.Name} ({Title(other.Result)})");
        if (one.Result.Version != other.Result.Version || one.Result.Commit != other.Result.Commit)
            page.Line($"version     {Build(one.Result)} and {Build(other.Result)}");
        page.Line(differences.AreEqual
            ? "result      the same: the deterministic parts are equal to the byte"
            : "result      not the same");

        Settings(page, differences);
        Headlines(page, one.Result, other.Result);
        Figures(page, differences, all);
        page.Gap();
        page.Line($"more        testbed explain {ClosingHints.Shell(one.Name)}");
        page.Line($"            testbed explain {ClosingHints.Shell(other.Name)}");
        if (!all && differences.Figures.Count > 0)
            page.Line(Text($"all         {differences.Figures.Count:#,0} figures that differ: ") + $"testbed compare --all {ClosingHints.Shell(one.Name)} {ClosingHints.Shell(other.Name)}");
        return page.ToString();
    }

    private static void Settings(TextPage page, RunDifferences differences)
    {
        page.Heading("configuration");
        if (differences.Settings.Count == 0)
        {
            page.Text("The same.");
            return;
        }

        var table = new TextTable();
        table.Add("", "A", "B");
        foreach (var setting in differences.Settings)
            table.Add(setting.Key, setting.One ?? "-", setting.Other ?? "-");
        page.Table(table);
    }

    private static void Headlines(TextPage page, RunResult one, RunResult other)
    {
        page.Heading("headline figures");
        var table = new TextTable();
        table.Add("", "A", "B", "B - A", "");
        Add("throughput, Mb/s", result => result.Deterministic.ThroughputMbps, "0.00");
        Add("transfer, s", result => result.Deterministic.Measured is { } m ? (m.EndNs - m.StartNs) / 1_000_000_000m : null, "0.000000");
        Add("sender idle, %", result => Idle(result, "sender"), "0.00", isShare: true);
        Add("receiver idle, %", result => Idle(result, "receiver"), "0.00", isShare: true);
        Add("virtual time, s", result => result.Deterministic.VirtualSeconds, "0.000000");
        Add("delivered, bytes", result => result.Deterministic.BytesDelivered, "0");
        page.Table(table);

        void Add(string name, Func<RunResult, decimal?> figure, string format, bool isShare = false)
        {
            var (a, b) = (figure(one), figure(other));
            if (a is null && b is null)
                return;
            table.Add(
                name,
                Figure(a, format),
                Figure(b, format),
                a == b ? "same" : Change(a, b, format),
                a == b || isShare ? "" : Percent(new FigureDifference(name, a, b)));
        }
    }

    private static decimal? Idle(RunResult result, string role) => result.Deterministic.Nodes.Values.FirstOrDefault(node => node.Role == role)?.IdlePercent;

    private static void Figures(TextPage page, RunDifferences differences, bool all)
    {
        if (all)
        {
            Table(page, "every figure that differs", differences.Figures);
            return;
        }

        Processor(page, [.. differences.Figures.Where(figure => figure.IsProcessorShare).OrderByDescending(figure => figure.Points).Take(MostRows)]);
        Table(
            page,
            "what else differs most",
            [.. differences.Figures.Where(figure => !figure.IsOfProcessor && !figure.IsDetail).OrderByDescending(figure => figure.Weight).Take(MostRows)]);
    }

    private static void Processor(TextPage page, IReadOnlyList<FigureDifference> rows)
    {
        if (rows.Count == 0)
            return;
        page.Heading("where the processors' time went, % of the measured interval");
        var table = new TextTable();
        table.Add("", "A", "B", "B - A");
        foreach (var row in rows)
        {
            const string Format = "0.00";
            table.Add(row.ShortName, Figure(row.One, Format), Figure(row.Other, Format), Change(row.One ?? 0, row.Other ?? 0, Format));
        }

        page.Table(table);
    }

    private static void Table(TextPage page, string heading, IReadOnlyList<FigureDifference> figures)
    {
        if (figures.Count == 0)
            return;
        page.Heading(heading);
        var table = new TextTable();
        table.Add("", "A", "B", "");
        foreach (var figure in figures)
            table.Add(figure.Name, Figure(figure.One, "#,0.####"), Figure(figure.Other, "#,0.####"), Percent(figure));
        page.Table(table);
    }

    private static string Figure(decimal? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";

    private static string Change(decimal? one, decimal? other, string format) =>
        other - one is { } change ? change.ToString($"+{format};-{format}", CultureInfo.InvariantCulture) : "";

    private static string Percent(FigureDifference figure) =>
        figure.Share is { } share ? share.ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture) : "";

    private static string Build(RunResult result) => result.Commit is { Length: > 0 } commit ? $"{result.Version} ({commit[..Math.Min(8, commit.Length)]})" : result.Version;
}
