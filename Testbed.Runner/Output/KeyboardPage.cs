using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>What came of the typing at a PC.</summary>
internal static class KeyboardPage
{
    /// <summary>In a few lines, for a summary.</summary>
    public static void PutLines(TextPage page, string pc, KeyboardResult keyboard)
    {
        page.Heading($"{pc}: keyboard");
        var lost = keyboard.Lost == 0 ? "none lost" : Text($"{keyboard.Lost:#,0} LOST");
        var order = keyboard.InOrder ? "in order" : "NOT in order";
        page.Line(Text($"key codes   {keyboard.Delivered:#,0} of {keyboard.Typed:#,0} reached the guest, {lost}, {order}"));
        foreach (var figure in keyboard.Latency.Totals.Where(figure => figure.Count > 0))
            page.Line(Text($"latency     {Us(figure.MedianNs)} ({Words(figure.Name)}, median of {figure.Count:#,0}), p99 {Us(figure.P99Ns)}"));
        page.Line(Text($"processor   {keyboard.ProcessorNs / 1e6:#,0.000} ms{Each(keyboard)}"));
    }

    /// <summary>What each step of a key's way cost.</summary>
    public static void PutCost(TextPage page, string pc, KeyboardResult keyboard)
    {
        page.Heading($"{pc}: what the keyboard cost in processor time");
        var table = new TextTable();
        table.Add("", "count", "each", "time");
        foreach (var row in keyboard.Cost)
            table.Add(row.Step, Text($"{row.Count:#,0}"), Us(row.MeanNs), Text($"{row.TimeNs / 1e6:#,0.000} ms"));
        table.Add("all", "", keyboard.Delivered == 0 ? "" : Us(keyboard.ProcessorNs / keyboard.Delivered), Text($"{keyboard.ProcessorNs / 1e6:#,0.000} ms"));
        page.Table(table);
    }

    private static string Each(KeyboardResult keyboard) =>
        keyboard.Delivered == 0 ? "" : $", {Us(keyboard.ProcessorNs / keyboard.Delivered)} for each code";
}
