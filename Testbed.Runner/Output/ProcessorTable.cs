using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>A PC's ledger over the measured interval, the longest first.</summary>
internal static class ProcessorTable
{
    /// <summary>The table, or nothing of a PC that never ran.</summary>
    public static void Put(TextPage page, string pc, NodeResult node)
    {
        if (node.Cpu.Count == 0)
            return;
        page.Heading($"{pc}: processor");
        var table = new TextTable();
        table.Add("", "share", "time", "count", "each");
        foreach (var row in node.Cpu.Where(r => r.TimeUs > 0).OrderByDescending(r => r.TimeUs).ThenBy(r => r.Category, StringComparer.Ordinal))
        {
            table.Add(
                Category(row.World, row.Category),
                Text($"{row.Percent:0.00} %"),
                Text($"{row.TimeUs / 1000:#,0.000} ms"),
                Text($"{row.Count:#,0}"),
                row.Count == 0 ? "" : Text($"{row.TimeUs / row.Count:#,0.000} µs"));
        }

        page.Table(table);
    }
}
