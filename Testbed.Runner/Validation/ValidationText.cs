using System.Globalization;
using Testbed.Runner.Output;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Validation;

/// <summary>A validation as a person reads it in a terminal.</summary>
internal static class ValidationText
{
    /// <summary>The text.</summary>
    public static string Of(ValidationReport report, int width, bool colour)
    {
        var page = new TextPage(width, colour);
        foreach (var reading in report.Readings)
        {
            page.Heading(reading.Title);
            foreach (var section in reading.Sections)
                Put(page, section);
        }

        page.Heading("conclusion");
        page.Text(Conclusion(report));
        return page.ToString();
    }

    /// <summary>What comes of it all, in a sentence.</summary>
    public static string Conclusion(ValidationReport report) => report.Failures.Count == 0
        ? "All that has to hold holds: throughput, idle time, Figure 5, averages, native."
        : $"{report.Failures.Count} that have to hold do not: {string.Join("; ", report.Failures.Select(row => row.Name))}.";

    /// <summary>The paper's figure with the digits that the paper gives it.</summary>
    public static string Published(Comparison row) => row.Published.ToString(CultureInfo.InvariantCulture);

    /// <summary>A figure with as many decimals as make sense.</summary>
    public static string Figure(decimal value, int decimals) => value.ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The difference, relative where there is something to relate it to.</summary>
    public static string Difference(Comparison row) => row switch
    {
        { DifferencePercent: { } percent } => Text($"{percent:+0.0;-0.0;0.0} %"),
        { Modelled: { } modelled } => (modelled.Mean - row.Published).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture),
        _ => "",
    };

    /// <summary>The verdict in a word.</summary>
    public static string Word(Comparison row) => row.Verdict switch
    {
        Verdict.Holds => "holds",
        Verdict.Contradiction => "see note",
        Verdict.Off => row.Must ? "FAILS" : "off",
        _ => "",
    };

    private static void Put(TextPage page, ComparisonSection section)
    {
        page.Gap();
        page.Text(section.Title);
        var table = new TextTable();
        table.Add("", "paper", "model", "±", "differs", "");
        foreach (var row in section.Rows)
        {
            table.Add(
                row.Name,
                Published(row),
                row.Modelled is { } modelled ? Figure(modelled.Mean, row.Decimals) : "none",
                row.Modelled is { } spread ? Figure(spread.Deviation, row.Decimals) : "",
                Difference(row),
                Word(row));
        }

        page.Table(table);
        foreach (var note in section.Notes)
            page.Text(note);
    }
}
