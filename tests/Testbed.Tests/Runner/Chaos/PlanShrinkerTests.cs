using Testbed.Runner.Chaos;

namespace Testbed.Tests.Runner.Chaos;

public sealed class PlanShrinkerTests
{
    private static readonly ChaosPlan Plan = new(
    [
        Fault("f1", ("target", "cable"), ("effect", "drop"), ("probability", "5 %")),
        Fault("f2", ("target", "pc-733/vmnet"), ("effect", "delay"), ("delay", "20 ms"), ("distribution", "pareto"), ("shape", "1.5"), ("most", "50 ms"), ("from", "10 ms"), ("until", "500 ms"), ("after", "f3")),
        Fault("f3", ("target", "pc-733/vmm"), ("effect", "crash"), ("nth", "1000")),
        Fault("f4", ("target", "pc-350/nic"), ("effect", "duplicate"), ("copies", "3")),
    ]);

    [Fact]
    public async Task One_fault_that_fails_by_itself_is_left_with_nothing_besides()
    {
        var shrunk = await ShrinkAsync(plan => plan.Faults.Any(fault => fault.Keys["effect"] == "delay"));
        Assert.Equal([("delay", "1 ms"), ("effect", "delay"), ("target", "pc-733/vmnet"), ("times", "1")], Keys(shrunk.Faults.Single()));
    }

    [Fact]
    public async Task Two_that_fail_only_together_are_both_left()
    {
        var shrunk = await ShrinkAsync(plan => plan.Faults.Any(f => f.Name == "f1") && plan.Faults.Any(f => f.Name == "f4"));
        Assert.Equal(["f1", "f4"], shrunk.Faults.Select(fault => fault.Name));
        Assert.DoesNotContain("probability", shrunk.Faults[0].Keys.Keys);
        Assert.DoesNotContain("copies", shrunk.Faults[1].Keys.Keys);
    }

    [Fact]
    public async Task A_number_is_made_as_small_as_still_fails()
    {
        var shrunk = await ShrinkAsync(plan => plan.Faults.Any(f => f.Keys.TryGetValue("nth", out var nth) && int.Parse(nth) >= 30));
        Assert.Equal("31", shrunk.Faults.Single().Keys["nth"]);
    }

    [Fact]
    public async Task What_does_not_fail_smaller_stays_as_it_is()
    {
        var text = Plan.ToHocon();
        Assert.Equal(text, (await ShrinkAsync(plan => plan.ToHocon() == text)).ToHocon());
    }

    [Fact]
    public void A_fault_that_waited_for_one_that_is_gone_waits_no_longer() =>
        Assert.DoesNotContain("after", Plan.Without(Plan.Faults[2]).Faults[1].Keys.Keys);

    [Fact]
    public void A_plan_s_text_is_read_to_the_same_keys()
    {
        var settings = Plan.Settings.ToDictionary(setting => setting.Key, setting => setting.Text);
        Assert.Equal(Plan.Faults.Sum(fault => fault.Keys.Count), settings.Count);
        Assert.Equal("5 %", settings["faults.f1.probability"]);
    }

    private static Task<ChaosPlan> ShrinkAsync(Predicate<ChaosPlan> fails) => new PlanShrinker(plan => Task.FromResult(fails(plan))).ShrinkAsync(Plan);

    private static PlannedFault Fault(string name, params (string Key, string Value)[] keys) => new(name, keys.ToDictionary(StringComparer.Ordinal));

    private static (string, string)[] Keys(PlannedFault fault) =>
        [.. fault.Keys.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value))];
}
