using Testbed.Node.Configuration;
using Testbed.Node.Faults;

namespace Testbed.Tests.Faults;

/// <summary>Plans for the cable that make no sense are refused in one line that names the fault and the key.</summary>
public sealed class CablePlanTests
{
    [Theory]
    [InlineData("faults.x.effect = crash: makes no sense on a cable", "x.effect=crash")]
    [InlineData("faults.x.effect = stop: makes no sense on a cable", "x.effect=stop")]
    [InlineData("faults.x.effect = pause: makes no sense on a cable", "x.effect=pause", "x.duration=1 ms")]
    [InlineData("faults.x.context = sleeps: makes no sense on a cable, which has no thread of control", "x.effect=delay", "x.delay=1 ms", "x.context=sleeps")]
    [InlineData("faults.x.message = VmNet.FrameArrived: means nothing for effect drop on the cable", "x.effect=drop", "x.message=VmNet.FrameArrived")]
    [InlineData("faults.x.copies = 2: means nothing for effect drop on the cable", "x.effect=drop", "x.copies=2")]
    [InlineData("faults.x.direction = up: expected one of both, to-receiver, to-sender", "x.effect=drop", "x.direction=up")]
    [InlineData("faults.x.delay = none: effect delay needs it", "x.effect=delay")]
    [InlineData("faults.x.rate = none: effect throttle needs it", "x.effect=throttle")]
    [InlineData("faults.x.bound = 0: is out of range", "x.effect=throttle", "x.rate=1 Mb/s", "x.bound=0")]
    [InlineData("faults.x.bound = 1001: is out of range", "x.effect=reorder", "x.bound=1001")]
    [InlineData("faults.x.from = none: effect unplug needs it", "x.effect=unplug")]
    [InlineData("faults.x.from = none: effect cut needs it", "x.effect=cut", "x.direction=to-sender")]
    [InlineData("faults.x.from = none: effect rate-change needs it", "x.effect=rate-change", "x.rate=10 Mb/s")]
    [InlineData("faults.x.probability = 10 %: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.probability=10 %")]
    [InlineData("faults.x.every = 2: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.every=2")]
    [InlineData("faults.x.nth = 2: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.nth=2")]
    [InlineData("faults.x.times = 2: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.times=2")]
    [InlineData("faults.x.after = y: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.after=y", "y.target=cable", "y.effect=drop")]
    [InlineData("faults.x.message = any: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.message=any")]
    [InlineData("faults.x.distribution = uniform: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.duration=1 s", "x.distribution=uniform")]
    [InlineData("faults.x.direction = to-sender: means nothing for effect unplug on the cable", "x.effect=unplug", "x.from=1 s", "x.direction=to-sender")]
    [InlineData("faults.x.until = 1 s: is not after from", "x.effect=unplug", "x.from=1 s", "x.until=1 s")]
    [InlineData("faults.x.duration = 1 s: and until are both set", "x.effect=unplug", "x.from=1 s", "x.until=2 s", "x.duration=1 s")]
    [InlineData("faults.x.duration = 1 s: means nothing for effect drop on the cable", "x.effect=drop", "x.duration=1 s")]
    [InlineData("faults.x.direction = none: effect cut needs it; expected to-receiver or to-sender", "x.effect=cut", "x.from=1 s")]
    [InlineData("faults.x.direction = both: expected one of to-receiver, to-sender", "x.effect=cut", "x.from=1 s", "x.direction=both")]
    [InlineData("faults.x.direction = to-sender: means nothing for effect rate-change on the cable", "x.effect=rate-change", "x.from=1 s", "x.rate=10 Mb/s", "x.direction=to-sender")]
    [InlineData("faults.x.rate = none: effect rate-change needs it", "x.effect=rate-change", "x.from=1 s")]
    [InlineData("faults.x.rate = 3 Mb/s: a byte would not take whole nanoseconds", "x.effect=rate-change", "x.from=1 s", "x.rate=3 Mb/s")]
    [InlineData("faults.x.rate = 10 Gb/s: is out of range", "x.effect=rate-change", "x.from=1 s", "x.rate=10 Gb/s")]
    [InlineData("faults.x.good-to-bad = none: effect burst-loss needs it", "x.effect=burst-loss", "x.bad-to-good=20 %")]
    [InlineData("faults.x.bad-to-good = none: effect burst-loss needs it", "x.effect=burst-loss", "x.good-to-bad=1 %")]
    [InlineData("faults.x.bad-to-good = 0: is out of range", "x.effect=burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=0")]
    [InlineData("faults.x.loss-bad = 0: is out of range", "x.effect=burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=1 %", "x.loss-bad=0")]
    [InlineData("faults.x.probability = 1 %: means nothing for effect burst-loss on the cable", "x.effect=burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=1 %", "x.probability=1 %")]
    [InlineData("faults.x.loss-good = 1 %: means nothing for effect drop on the cable", "x.effect=drop", "x.loss-good=1 %")]
    public void A_plan_that_makes_no_sense_is_refused(string expected, params string[] plan)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(["x.target=cable", .. plan]));
        // A setting is named as it was written, "key = value" in a file and "key=value" on the command line.
        Assert.Contains(expected, refused.Message.Replace("=", " = ", StringComparison.Ordinal).Replace("  =  ", " = ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
    }

    [Theory]
    [InlineData("unplug", "x.from=1 s")]
    [InlineData("cut", "x.from=1 s", "x.direction=to-sender")]
    [InlineData("rate-change", "x.from=1 s", "x.rate=10 Mb/s")]
    [InlineData("burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=20 %")]
    public void What_only_a_cable_has_is_refused_of_an_actor(string effect, params string[] plan)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Read(["x.target=pc-350/nic", $"x.effect={effect}", .. plan]));
        Assert.Contains($"faults.x.effect={effect}: makes sense on the cable only; expected target = cable", refused.Message, StringComparison.Ordinal);
    }

    private static FaultPlan? Read(string[] plan) => Experiments.Experiment.Settings("native-733-to-350", [.. plan.Select(set => $"faults.{set}")]).Faults;
}
