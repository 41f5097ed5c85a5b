using System.Text;
using Testbed.Runner.Chaos;
using Testbed.Runner.Output;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.CommandLine;

/// <summary>What runs under random faults print.</summary>
internal static class ChaosText
{
    private static readonly (ChaosOutcome Outcome, string Words)[] Outcomes =
    [
        (ChaosOutcome.Completed, "completed"),
        (ChaosOutcome.Corrupted, "completed with payload that the plan corrupted above TCP's checksum"),
        (ChaosOutcome.Limit, "ended at the virtual limit, the plan having stopped something"),
        (ChaosOutcome.GaveUp, "ended as a program gave up"),
        (ChaosOutcome.Stuck, "NOT RECOVERED from faults that were over"),
        (ChaosOutcome.Violated, "VIOLATED an invariant"),
        (ChaosOutcome.Defect, "DEFECT of the testbed"),
        (ChaosOutcome.Differs, "DIFFERENT in two processes"),
    ];

    /// <summary>What became of the runs, and what faults did in them.</summary>
    public static string Summary(string experiment, long firstSeed, IReadOnlyList<ChaosResult> results, int width, bool colour)
    {
        var page = new TextPage(width, colour);
        page.Heading(Text($"{experiment} under random faults: {results.Count:#,0} runs from seed {firstSeed}"));
        var outcomes = new TextTable();
        foreach (var (outcome, words) in Outcomes)
        {
            if (results.Count(result => result.Outcome == outcome) is > 0 and var count)
                outcomes.Add(words, Text($"{count:#,0}"));
        }

        outcomes.Add("run in two processes, too", Text($"{results.Count(result => result.IsRepeated):#,0}"));
        page.Table(outcomes);
        page.Gap();
        var effects = new TextTable();
        effects.Add("effect", "faults", "struck", "strikes");
        foreach (var effect in results.SelectMany(result => result.Plan.Faults).GroupBy(fault => fault.Keys["effect"]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var struck = results.SelectMany(result => result.Faults.Where(fault => fault.Effect == effect.Key && fault.Strikes > 0).Select(fault => (result.Seed, fault.Name))).Distinct().Count();
            var strikes = results.SelectMany(result => result.Faults).Where(fault => fault.Effect == effect.Key).Sum(fault => fault.Strikes);
            effects.Add(effect.Key, Text($"{effect.Count():#,0}"), Text($"{struck:#,0}"), Text($"{strikes:#,0}"));
        }

        page.Table(effects);
        return page.ToString();
    }

    /// <summary>A failure with its smaller plan, and how to see it again.</summary>
    public static string Failure(ChaosResult failure, ChaosPlan plan, int trials, string file, string command)
    {
        var text = new StringBuilder();
        text.Append(Text($"\nseed {failure.Seed}: {failure.Reason}\n"));
        text.Append(Text($"the plan's {failure.Plan.Faults.Count} faults come down to {plan.Faults.Count} after {trials} runs: {file}\n\n"));
        text.Append(plan.ToHocon());
        return text.Append(Text($"\nagain: {command}\n")).ToString();
    }
}
