using System.Text;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Validation;

/// <summary>A validation as the page <c>docs/validation.md</c>.</summary>
internal static class ValidationMarkdown
{
    /// <summary>The page.</summary>
    public static string Of(ValidationReport report)
    {
        var page = new StringBuilder();
        page.Append("# Validation\n\n");
        page.Append(Text($"Generated, not typed, by `{Command(report.Settings)} > docs/validation.md`.\n\n"));
        page.Append(Text($"Published figures are the paper's (section 4); modelled ones are means over {report.Settings.Runs} seeds from "));
        page.Append(Text($"{report.Settings.FirstSeed} on ({report.Settings.NativeRuns} of the native runs), ± their standard deviation. The "));
        page.Append("terminal shows the same without `--markdown`.\n\n");
        page.Append("Counts come from the mechanism alone and are not judged. *See note*: the published figures contradict each other or the ");
        page.Append("mechanism's counts; the note under the table says why and by how much.\n\n");
        page.Append(Text($"{ValidationText.Conclusion(report)}\n"));
        foreach (var reading in report.Readings)
        {
            page.Append(Text($"\n## {reading.Title}\n"));
            foreach (var section in reading.Sections)
                Put(page, section);
        }

        return page.ToString();
    }

    private static string Command(ValidationSettings settings) =>
        Text($"testbed validate --runs {settings.Runs} --seed {settings.FirstSeed}{string.Concat(settings.Sets.Select(set => $" --set '{set}'"))} --markdown");

    private static void Put(StringBuilder page, ComparisonSection section)
    {
        page.Append(Text($"\n### {section.Title}\n\n"));
        page.Append("| | published | modelled | ± | difference | |\n|---|---:|---:|---:|---:|---|\n");
        foreach (var row in section.Rows)
        {
            var (mean, spread) = row.Modelled is { } modelled
                ? (ValidationText.Figure(modelled.Mean, row.Decimals), ValidationText.Figure(modelled.Deviation, row.Decimals))
                : ("none", "");
            page.Append(Text($"| {row.Name} | {ValidationText.Published(row)} | {mean} | {spread} | "));
            page.Append(Text($"{ValidationText.Difference(row)} | {ValidationText.Word(row)} |\n"));
        }

        foreach (var note in section.Notes)
            page.Append(Text($"\n{note}\n"));
    }
}
