using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>What became of the frames on a PC's links and queues.</summary>
internal static class FlowTable
{
    /// <summary>Puts the table on a page.</summary>
    public static void Put(TextPage page, string pc, IReadOnlyList<FrameFlow> flows)
    {
        page.Heading($"{pc}: frames on links and queues");
        var table = new TextTable();
        table.Add("", "in", "twice", "out", "dropped", "there", "most", "room");
        foreach (var flow in flows)
        {
            table.Add(
                flow.Name,
                Text($"{flow.FramesIn:#,0}"),
                Text($"{flow.Duplicated:#,0}"),
                Text($"{flow.FramesOut:#,0}"),
                Text($"{flow.Dropped.Values.Sum():#,0}"),
                Text($"{flow.InFlight:#,0}"),
                Text($"{flow.Most:#,0}"),
                Text($"{flow.Bound:#,0}"));
        }

        page.Table(table);
        var drops = flows.SelectMany(flow => flow.Dropped.Where(cause => cause.Value > 0).Select(cause => Text($"{flow.Name}: {Words(cause.Key)} {cause.Value:#,0}"))).ToArray();
        if (drops.Length > 0)
            page.Line($"dropped     {string.Join(", ", drops)}");
    }
}
