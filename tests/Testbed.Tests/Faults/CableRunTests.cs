using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Faults;

/// <summary>Whole experiments over a cable with faults: TCP and the drivers repair what it does.</summary>
public sealed class CableRunTests
{
    private static readonly (string Name, string[] Sets)[] Plans =
    [
        ("loss", ["x.effect=drop", "x.probability=1 %"]),
        ("bursts", ["x.effect=burst-loss", "x.good-to-bad=1 %", "x.bad-to-good=30 %"]),
        ("corruption", ["x.effect=corrupt", "x.bits=3", "x.probability=2 %"]),
        ("reordering", ["x.effect=reorder", "x.probability=10 %"]),
        ("duplicates", ["x.effect=duplicate", "x.probability=10 %"]),
        ("jitter", ["x.effect=delay", "x.delay=50 us", "x.distribution=pareto", "x.shape=1.5", "x.most=20 ms", "x.probability=20 %"]),
        ("throttle", ["x.effect=throttle", "x.rate=5 Mb/s", "x.bound=10"]),
        ("unplug", ["x.effect=unplug", "x.from=103 ms", "x.duration=500 ms"]),
        ("cut-there", ["x.effect=cut", "x.direction=to-receiver", "x.from=103 ms", "x.duration=500 ms"]),
        ("cut-back", ["x.effect=cut", "x.direction=to-sender", "x.from=103 ms", "x.duration=500 ms"]),
        ("slower", ["x.effect=rate-change", "x.rate=10 Mb/s", "x.from=103 ms", "x.duration=20 ms"]),
        ("faster", ["x.effect=rate-change", "x.rate=1 Gb/s", "x.from=103 ms"]),
    ];

    public static TheoryData<string, string, string> Runs
    {
        get
        {
            var runs = new TheoryData<string, string, string>();
            foreach (var (plan, _) in Plans)
            {
                foreach (var (there, back) in new[] { ("native-733-to-350", "native-350-to-733"), ("vm733-to-350", "350-to-vm733") })
                {
                    foreach (var system in there.StartsWith("native", StringComparison.Ordinal) ? ["native"] : new[] { "workstation-2.0", "optimized" })
                    {
                        runs.Add(plan, there, system);
                        runs.Add(plan, back, system);
                    }
                }
            }

            return runs;
        }
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Nettest_completes_and_every_byte_is_right(string plan, string experiment, string system)
    {
        var settings = Settings(plan, experiment, system, "nettest.bytes=1 MiB");
        var (sender, receiver, failure) = Experiment.OnOneTimeline(settings);
        Assert.Null(failure);
        Assert.Equal((1 << 20, true), (receiver.BytesDelivered, receiver.PayloadVerified));
        Assert.NotEqual(0, sender.Node.Faults![0].Strikes + receiver.Node.Faults![0].Strikes);
        AssertFramesAreAccountedFor(sender, receiver);
        AssertFramesAreAccountedFor(receiver, sender);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Two_timelines_give_what_one_gives(string plan, string experiment, string system)
    {
        var settings = Settings(plan, experiment, system, "nettest.bytes=100 KiB", "virtual-limit=30 s");
        var (sender, receiver, failure) = Experiment.OnOneTimeline(settings);
        Assert.Null(failure);
        var two = await Experiment.OnTwoTimelinesAsync(settings);
        Assert.Equal((null, null), (two.Sender.Failure, two.Receiver.Failure));
        Assert.Equal(sender.ToJson(), two.Sender.DeterministicJson);
        Assert.Equal(receiver.ToJson(), two.Receiver.DeterministicJson);
    }

    [Fact]
    public void Both_chips_see_the_link_go_and_come_back_and_the_drivers_only_if_they_look_meanwhile()
    {
        var (sender, receiver, _) = Experiment.OnOneTimeline(Settings("unplug", "native-733-to-350", "native", "nettest.bytes=1 MiB"));
        Assert.All([sender, receiver], pc => Assert.Equal((2, 0), (pc.Node.Nic["linkChanges"], pc.Node.Nic["linkChangesSeen"])));

        (sender, receiver, _) = Experiment.OnOneTimeline(Settings("unplug", "native-733-to-350", "native", "nettest.bytes=1 MiB", "faults.x.duration=3 s"));
        Assert.All([sender, receiver], pc => Assert.Equal(2, pc.Node.Nic["linkChanges"]));
        Assert.All([sender, receiver], pc => Assert.InRange(pc.Node.Nic["linkChangesSeen"], 1, 2));

        (sender, receiver, _) = Experiment.OnOneTimeline(Settings("cut-there", "native-733-to-350", "native", "nettest.bytes=1 MiB"));
        Assert.Equal((0, 2), (sender.Node.Nic["linkChanges"], receiver.Node.Nic["linkChanges"]));
    }

    [Fact]
    public void A_cable_that_is_never_plugged_in_again_ends_the_run_with_a_reason()
    {
        var (_, _, failure) = Experiment.OnOneTimeline(Settings("unplug", "native-733-to-350", "native", "faults.x.duration=none", "virtual-limit=5 s"));
        Assert.Contains("virtual-limit", failure, StringComparison.Ordinal);
    }

    private static void AssertFramesAreAccountedFor(PcReport from, PcReport to)
    {
        // The run ends a millisecond after the last program, with what is still on the way.
        var onTheWay = from.Cable["frames"] + from.Cable["duplicated"] - from.Cable["lost"] - from.Cable["dropped"]
            - to.Node.Nic["framesReceived"] - to.Node.Nic["fcsErrors"] - to.Node.Nic["filtered"] - to.Node.Nic["ringFullDrops"];
        Assert.InRange(onTheWay, 0, 30);
    }

    private static ExperimentSettings Settings(string plan, string experiment, string system, params string[] sets)
    {
        var role = experiment.Contains("to-vm", StringComparison.Ordinal) ? "receiver" : "sender";
        return Experiment.Settings(
            experiment,
            ["faults.x.target=cable", .. Plans.Single(known => known.Name == plan).Sets.Select(set => $"faults.{set}"), $"{role}.system={system}", .. sets]);
    }
}
