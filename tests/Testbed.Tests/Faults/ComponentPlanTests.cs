using Testbed.Node.Configuration;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Time;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Faults;

/// <summary>Plans of effects that are a component's own.</summary>
public sealed class ComponentPlanTests
{
    [Fact]
    public void A_load_has_defaults_and_takes_what_is_set()
    {
        Assert.Equal(new Load(1, 0, 20_000_000, Duration.Zero), Effect("f.target=pc-733/host", "f.effect=load"));
        Assert.Equal(
            new Load(3, -5, 1_000_000, Duration.FromMilliseconds(2)),
            Effect("f.target=pc-733/host", "f.effect=load", "f.processes=3", "f.nice=-5", "f.burst=1 ms", "f.pause=2 ms"));
    }

    [Theory]
    [InlineData("--set faults.f.effect=stuck-transmitter: stuck-transmitter makes no sense at pc-733/vmm; expected a target such as pc-733/nic", "f.target=pc-733/vmm", "f.effect=stuck-transmitter")]
    [InlineData("--set faults.f.effect=overrun: overrun makes no sense at pc-733/timer; expected a target such as pc-733/nic", "f.target=pc-733/timer", "f.effect=overrun")]
    [InlineData("--set faults.f.effect=skbuff: skbuff makes no sense at pc-733/nic; expected a target such as pc-733/host", "f.target=pc-733/nic", "f.effect=skbuff")]
    [InlineData("--set faults.f.effect=load: load makes no sense at pc-733/guest; expected a target such as pc-733/host", "f.target=pc-733/guest", "f.effect=load")]
    [InlineData("--set faults.f.effect=load: is a component's own, and a cable is none", "f.target=cable", "f.effect=load")]
    [InlineData("faults.f.interval = none: effect spurious-irq needs it", "f.target=pc-733/nic", "f.effect=spurious-irq")]
    [InlineData("--set faults.f.message=VmNet.Write: means nothing for effect overrun", "f.target=pc-733/nic", "f.effect=overrun", "f.message=VmNet.Write")]
    [InlineData("--set faults.f.nth=3: means nothing for effect load, which lasts", "f.target=pc-733/host", "f.effect=load", "f.nth=3")]
    [InlineData("--set faults.f.burst=1 ms: means nothing without pause", "f.target=pc-733/host", "f.effect=load", "f.burst=1 ms")]
    [InlineData("--set faults.f.nice=30: is out of range", "f.target=pc-733/host", "f.effect=load", "f.nice=30")]
    [InlineData("--set faults.f.interval=1 ms: means nothing for effect drop", "f.target=pc-733/nic", "f.effect=drop", "f.interval=1 ms")]
    public void What_makes_no_sense_is_refused_in_one_line_that_names_fault_and_key(string expected, params string[] sets)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Effect(sets));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Fact]
    public void A_pattern_means_those_that_know_of_the_effect()
    {
        var settings = Experiment.Settings("vm733-to-350", "faults.f.target=**", "faults.f.effect=skbuff");
        var target = Assert.IsType<Testbed.Node.Faults.FaultTarget.Actor>(settings.Faults!.Faults[0].Target);
        Assert.Equal(["pc-350/host", "pc-733/guest", "pc-733/host"], target.Paths.Order());
    }

    private static Testbed.Node.Faults.IEffect Effect(params string[] sets) =>
        Experiment.Settings("vm733-to-350", [.. sets.Select(set => $"faults.{set}")]).Faults!.Faults[0].Effect;
}
