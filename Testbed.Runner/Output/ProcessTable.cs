using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>How a host's processes shared its processor.</summary>
internal static class ProcessTable
{
    /// <summary>The table.</summary>
    public static void Put(TextPage page, string pc, IReadOnlyList<ProcessResult> processes)
    {
        page.Heading($"{pc}: the host's processes");
        var table = new TextTable();
        table.Add("", "turns", "ran", "waited", "longest wait");
        foreach (var process in processes)
        {
            table.Add(
                process.Name, Text($"{process.Turns:#,0}"), Ms(process.RanNs), Ms(process.WaitedNs), Ms(process.LongestWaitNs));
        }

        page.Table(table);
    }

    private static string Ms(long ns) => Text($"{ns / 1e6:#,0.000} ms");
}
