using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>What a host's masquerading came to.</summary>
internal static class NatTable
{
    /// <summary>The table; of what never happened only that nothing was refused.</summary>
    public static void Put(TextPage page, string pc, NatResult nat)
    {
        page.Heading($"{pc}: masquerading");
        var table = new TextTable();
        table.Add("flows at the end", Text($"{nat.Flows:#,0}"));
        foreach (var (name, count) in nat.Counters.Where(counter => counter.Value > 0 || counter.Key == "refusedFull"))
            table.Add(Words(name), Text($"{count:#,0}"));
        page.Table(table);
    }
}
