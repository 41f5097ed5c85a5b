using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Faults;

/// <summary>Plans as they are written, and what is refused.</summary>
public sealed class FaultPlanReaderTests
{
    [Fact]
    public void No_fault_is_no_plan() => Assert.Null(Experiment.Settings("vm733-to-350").Faults);

    [Fact]
    public void A_plan_is_read_in_the_order_of_its_names()
    {
        var plan = Read("b.target=cable", "b.effect=drop", "b.direction=to-sender", "b.probability=1 %", "a.target=pc-*/vm*", "a.effect=crash", "a.nth=3");
        Assert.Equal(["a", "b"], plan.Faults.Select(fault => fault.Name));
        var target = Assert.IsType<FaultTarget.Actor>(plan.Faults[0].Target);
        Assert.Equal(["pc-733/vmapp", "pc-733/vmdriver", "pc-733/vmm", "pc-733/vmnet"], target.Paths.Order());
        Assert.Equal(new FaultTarget.Cable(ToReceiver: false, ToSender: true), plan.Faults[1].Target);
        Assert.Equal(10_000_000, plan.Faults[1].When.PartsPerBillion);
        Assert.IsType<Crash>(plan.Faults[0].Effect);
    }

    [Fact]
    public void A_pattern_that_no_actor_matches_strikes_nothing() =>
        Assert.Empty(Assert.IsType<FaultTarget.Actor>(Read("f.target=pc-350/vmm", "f.effect=drop").Faults[0].Target).Paths);

    [Theory]
    [InlineData("pc-733/vmm", "pc-733/vmm", true)]
    [InlineData("pc-*/vmm", "pc-350/vmm", true)]
    [InlineData("pc-*", "pc-350/vmm", false)]
    [InlineData("pc-350/**", "pc-350/vmm", true)]
    [InlineData("pc-350/**", "pc-350/a/b", true)]
    [InlineData("pc-350/**", "pc-3500/vmm", false)]
    [InlineData("**/vmm", "pc-350/vmm", true)]
    [InlineData("*/vm*", "pc-350/vmapp", true)]
    public void A_pattern_matches_paths(string pattern, string path, bool matches) => Assert.Equal(matches, ActorPattern.TryParse(pattern)!.Matches(path));

    [Theory]
    [InlineData("--set faults.f.effect=drip: expected one of ", "f.target=cable", "f.effect=drip")]
    [InlineData("--set faults.f.target=pc 733: expected cable, or actors such as", "f.target=pc 733", "f.effect=drop")]
    [InlineData("--set faults.f.message=VmNet.Wriet: there is no message VmNet.Wriet; did you mean VmNet.Write?", "f.target=pc-*/vmnet", "f.effect=drop", "f.message=VmNet.Wriet")]
    [InlineData("--set faults.f.message=VmNet.Write: effect duplicate: VmNet.Write carries the processor", "f.target=pc-*/vmnet", "f.effect=duplicate", "f.message=VmNet.Write")]
    [InlineData("--set faults.f.message=VmNet.Select: effect corrupt: VmNet.Select carries no bytes", "f.target=pc-*/vmnet", "f.effect=corrupt", "f.message=VmNet.Select")]
    [InlineData("--set faults.f.rate=1 Mb/s: means nothing for effect drop on the cable", "f.target=cable", "f.effect=drop", "f.rate=1 Mb/s")]
    [InlineData("--set faults.f.direction=both: means nothing for effect drop", "f.target=pc-*/nic", "f.effect=drop", "f.direction=both")]
    [InlineData("--set faults.f.message=VmNet.Write: means nothing for effect drop on the cable", "f.target=cable", "f.effect=drop", "f.message=VmNet.Write")]
    [InlineData("--set faults.f.effect=crash: makes no sense on a cable", "f.target=cable", "f.effect=crash")]
    [InlineData("--set faults.f.effect=crash: pc-733/timer is hardware, which does not crash; expected stop, or pause", "f.target=pc-733/timer", "f.effect=crash")]
    [InlineData("--set faults.f.context=sleeps: pc-733/vmm is no process; expected spins", "f.target=pc-733/vmm", "f.effect=pause", "f.duration=1 ms", "f.context=sleeps")]
    [InlineData("faults.f.duration = none: effect pause needs it; expected a duration such as", "f.target=pc-733/vmm", "f.effect=pause")]
    [InlineData("faults.f.rate = none: effect throttle needs it", "f.target=pc-733/nic", "f.effect=throttle")]
    [InlineData("--set faults.f.spread=2 us: is longer than delay", "f.target=cable", "f.effect=delay", "f.delay=1 us", "f.distribution=uniform", "f.spread=2 us")]
    [InlineData("--set faults.f.nth=2: and every are both set", "f.target=cable", "f.effect=drop", "f.every=2", "f.nth=2")]
    [InlineData("--set faults.f.until=1 ms: is not after from", "f.target=cable", "f.effect=drop", "f.from=1 ms", "f.until=1 ms")]
    [InlineData("--set faults.f.after=g: there is no such fault", "f.target=cable", "f.effect=drop", "f.after=g")]
    [InlineData("--set faults.f.after=f: is the fault itself", "f.target=cable", "f.effect=drop", "f.after=f")]
    [InlineData("--set faults.f.probability=120 %: is out of range", "f.target=cable", "f.effect=drop", "f.probability=120 %")]
    [InlineData("--set faults.f.tabel=1 us: there is no such key; did you mean faults.f.table?", "f.target=cable", "f.effect=drop", "f.tabel=1 us")]
    [InlineData("faults.f.effect is not set and has no default", "f.target=cable")]
    public void What_makes_no_sense_is_refused_in_one_line_that_names_fault_and_key(string expected, params string[] sets)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(sets));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_plan_of_the_library_or_a_file_lies_over_the_experiment()
    {
        Assert.Contains("faults.loss.probability = 1 %", Resolve("lossy-1pct").Hocon, StringComparison.Ordinal);
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "faults { mine { target = cable, effect = drop } }");
            Assert.Contains("faults.mine.effect = drop", Resolve(file).Hocon, StringComparison.Ordinal);
            File.WriteAllText(file, "seed = 3");
            Assert.Contains("a plan has description and faults", Assert.Throws<ConfigurationException>(() => Resolve(file)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.StartsWith("--faults lossy: there is no such plan, and no such file", Assert.Throws<ConfigurationException>(() => Resolve("lossy")).Message, StringComparison.Ordinal);

        // A catalog reads each file once.
        static ResolvedExperiment Resolve(string plan) =>
            new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All).Resolve("vm733-to-350", [], faults: plan);
    }

    private static FaultPlan Read(params string[] sets) =>
        Experiment.Settings("vm733-to-350", [.. sets.Select(set => $"faults.{set}")]).Faults!;
}
