using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>What the faults of a plan did. One that never struck is named too: its plan may not mean what its author thinks.</summary>
internal static class FaultTable
{
    /// <summary>What stands above the columns.</summary>
    public static IReadOnlyList<string> Columns => ["fault", "effect", "at", "strikes", "first", "last"];

    /// <summary>A row for each thing that each fault struck.</summary>
    public static IReadOnlyList<string[]> Rows(IReadOnlyList<KeyValuePair<string, NodeResult>> nodes) =>
    [
        .. nodes.SelectMany(node => (node.Value.Faults ?? []).Where(fault => fault.Strikes > 0).SelectMany(fault => fault.Hits.Select((hit, i) => (string[])
        [
            i == 0 ? fault.Name : "",
            i == 0 ? fault.Effect : "",
            hit.Key.StartsWith(node.Key, StringComparison.Ordinal) ? hit.Key : $"{node.Key}: {hit.Key}",
            Text($"{hit.Value:#,0}"),
            i == 0 ? At(fault.FirstNs) : "",
            i == 0 ? At(fault.LastNs) : "",
        ]))),
    ];

    /// <summary>A line for each fault that did nothing.</summary>
    public static IEnumerable<string> Idle(IReadOnlyList<KeyValuePair<string, NodeResult>> nodes) => nodes
        .SelectMany(node => node.Value.Faults ?? [])
        .GroupBy(fault => fault.Name, StringComparer.Ordinal)
        .Where(of => of.All(fault => fault.Strikes == 0))
        .Select(of => of.All(fault => fault.Matches == 0)
            ? $"fault {of.Key} found nothing to strike: no target, or no such message, came by"
            : Text($"fault {of.Key} never struck, of {of.Sum(fault => fault.Matches):#,0} chances"));

    /// <summary>The table.</summary>
    public static void Put(TextPage page, IReadOnlyList<KeyValuePair<string, NodeResult>> nodes)
    {
        if (nodes.All(node => node.Value.Faults is null))
            return;
        page.Heading("faults");
        if (Rows(nodes) is { Count: > 0 } rows)
        {
            var table = new TextTable();
            table.Add([.. Columns]);
            foreach (var row in rows)
                table.Add(row);
            page.Table(table);
        }

        foreach (var line in Idle(nodes))
            page.Line($"warning     {line}");
    }

    private static string At(long? ns) => Text($"{ns / 1e9:0.000000} s");
}
