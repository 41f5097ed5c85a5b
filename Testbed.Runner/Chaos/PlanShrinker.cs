using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Chaos;

/// <summary>
/// Makes of a plan that fails a smaller one that still fails in the same way: takes faults away, then keys, then makes what is left of
/// windows, lengths and numbers smaller, for as long as anything helps.
/// </summary>
/// <param name="fails">Whether a plan fails in that way. It may be one that makes no sense, which does not.</param>
internal sealed class PlanShrinker(Func<ChaosPlan, Task<bool>> fails)
{
    private const int MostTrials = 200;
    private static readonly string[] Needed = ["target", "effect", "message", "delay", "duration", "rate"];
    private static readonly string[] DistributionKeys = ["distribution", "spread", "shape", "most"];
    private static readonly string[] Numbers = ["nth", "bound"];
    private static readonly string[] Lengths = ["until", "delay", "duration"];
    private int _trials;

    /// <summary>How many plans it has tried.</summary>
    public int Trials => _trials;

    /// <summary>The smaller plan; the same if there is none.</summary>
    public async Task<ChaosPlan> ShrinkAsync(ChaosPlan plan)
    {
        for (var before = (ChaosPlan?)null; before != plan && _trials < MostTrials;)
        {
            before = plan;
            plan = await TakeFirstAsync(plan, Alone) ?? plan;
            plan = await WhileItHelpsAsync(plan, WithoutAFault);
            plan = await WhileItHelpsAsync(plan, WithoutAKey);
            plan = await WhileItHelpsAsync(plan, Smaller);
        }

        return plan;
    }

    private static IEnumerable<ChaosPlan> Alone(ChaosPlan plan) => plan.Faults.Count < 2
        ? []
        : plan.Faults.Select(alone => plan.Faults.Where(fault => fault != alone).Aggregate(plan, (left, gone) => left.Without(gone)));

    private static IEnumerable<ChaosPlan> WithoutAFault(ChaosPlan plan) => plan.Faults.Count < 2 ? [] : plan.Faults.Select(plan.Without);

    private static IEnumerable<ChaosPlan> WithoutAKey(ChaosPlan plan) =>
        from fault in plan.Faults
        from key in fault.Keys.Keys.Order(StringComparer.Ordinal)
        where !Needed.Contains(key) || (key == "delay" && fault.Keys["effect"] == "duplicate")
        from smaller in (IEnumerable<PlannedFault>)[fault.Without(key), .. key == "distribution" ? [WithoutDistribution(fault)] : (IEnumerable<PlannedFault>)[]]
        select plan.With(fault, smaller);

    private static IEnumerable<ChaosPlan> Smaller(ChaosPlan plan) =>
        from fault in plan.Faults
        from smaller in Smaller(fault)
        select plan.With(fault, smaller);

    private static IEnumerable<PlannedFault> Smaller(PlannedFault fault)
    {
        // One strike tells more than many.
        if (!fault.Keys.ContainsKey("nth") && fault.Keys.GetValueOrDefault("times") != "1")
            yield return fault.With("times", "1");
        foreach (var key in Lengths)
        {
            if (Halved(fault.Keys.GetValueOrDefault(key)) is { } half)
                yield return fault.With(key, half);
        }

        foreach (var key in Numbers)
        {
            if (long.TryParse(fault.Keys.GetValueOrDefault(key), out var number) && number > 1)
                yield return fault.With(key, Text($"{number / 2}"));
        }
    }

    private static PlannedFault WithoutDistribution(PlannedFault fault) =>
        DistributionKeys.Aggregate(fault, (left, key) => left.Without(key));

    private static string? Halved(string? length) =>
        length?.Split(' ') is [var number, var unit] && long.TryParse(number, out var value) && value > 1 ? Text($"{value / 2} {unit}") : null;

    private async Task<ChaosPlan> WhileItHelpsAsync(ChaosPlan plan, Func<ChaosPlan, IEnumerable<ChaosPlan>> smaller)
    {
        while (await TakeFirstAsync(plan, smaller) is { } found)
            plan = found;
        return plan;
    }

    private async Task<ChaosPlan?> TakeFirstAsync(ChaosPlan plan, Func<ChaosPlan, IEnumerable<ChaosPlan>> smaller)
    {
        foreach (var candidate in smaller(plan))
        {
            if (_trials == MostTrials)
                return null;
            _trials++;
            if (await fails(candidate))
                return candidate;
        }

        return null;
    }
}
