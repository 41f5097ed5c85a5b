using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

/// <summary>Every frame is accounted for, on every link and queue of real experiments, whatever a plan does to it.</summary>
public sealed class FrameFlowTests
{
    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("vm733-to-vm350", "cable.loss=0.02")]
    [InlineData("opt-vm733-to-350")]
    [InlineData("opt-350-to-vm733", "receiver.system=proposed-native-monitor")]
    [InlineData("nat-vm733-to-350")]
    [InlineData("hostonly-vm733")]
    [InlineData("vm733-to-350", "virtual-limit=150 ms")]
    [InlineData("vm733-to-350", "faults.f.target=cable", "faults.f.effect=delay", "faults.f.delay=3 ms", "faults.f.every=7")]
    [InlineData("vm733-to-350", "faults.f.target=pc-*/nic", "faults.f.effect=duplicate", "faults.f.every=5", "faults.f.delay=1 ms")]
    [InlineData("350-to-vm733", "faults.f.target=pc-733/vmnet", "faults.f.effect=drop", "faults.f.every=9")]
    [InlineData("vm733-to-350", "faults.f.target=pc-733/vmnet", "faults.f.effect=crash", "faults.f.nth=40")]
    [InlineData("vm733-to-350", "faults.f.target=pc-350/nic", "faults.f.effect=crash", "faults.f.nth=30")]
    [InlineData("vm733-to-350", "faults.f.target=pc-733/vmm", "faults.f.effect=crash", "faults.f.from=120 ms")]
    [InlineData("vm733-to-350", "faults.f.target=pc-350/nic", "faults.f.effect=pause", "faults.f.duration=5 ms", "faults.f.bound=3", "faults.f.from=110 ms", "faults.f.times=2")]
    public void Nothing_is_missing(string name, params string[] sets)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, ["nettest.bytes=100KiB", "virtual-limit=20 s", .. sets]));
        Assert.Null(Invariants.Violated(sender, receiver, failure is null));
        foreach (var report in new[] { sender, receiver })
            Assert.All(report.Node.Flows!, flow => Assert.Equal(flow.FramesIn + flow.Duplicated, flow.Accounted));
    }

    [Fact]
    public void What_is_on_the_cable_as_the_run_ends_is_in_flight()
    {
        // The SYN, or the ARP request before it, is still on its way after 50 ms of delay.
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", "cable.delay=50 ms", "virtual-limit=140 ms"));
        Assert.NotNull(failure);
        Assert.Equal(1, sender.Cable["inFlight"]);
        Assert.Equal(sender.Cable["frames"], receiver.CableArrived + 1);
    }

    [Fact]
    public void A_module_that_is_loaded_anew_has_lost_what_waited_in_it()
    {
        var (_, receiver, _) = Experiment.OnOneTimeline(Experiment.Settings(
            "350-to-vm733", "nettest.bytes=1MiB", "virtual-limit=20 s", "receiver.vm.select-interval=2 ms", "faults.f.target=pc-733/vmnet", "faults.f.message=VmNet.FrameArrived", "faults.f.effect=crash", "faults.f.every=10"));
        var flow = receiver.Node.Flows!.Single(flow => flow.Name == "VMNet's queue");
        Assert.InRange(flow.Dropped["restart"], 1, long.MaxValue);
        Assert.InRange(flow.Dropped["faults"], 1, long.MaxValue);
    }

    [Theory]
    [InlineData(false, "cable", null, "8")]
    [InlineData(false, "pc-733/nic", "CableEnd.FrameArrived", "8")]
    [InlineData(false, "pc-733/vmnet", "VmNet.FrameArrived", "1")]
    [InlineData(false, "pc-733/vmnet", "VmNet.Write", "1")]
    [InlineData(true, "pc-733/vmnet", "VmNet.Write", "2")]
    [InlineData(true, "pc-733/*", "VmNet.Write", "1")]
    [InlineData(true, "pc-733/guest", "SystemCall.Send", "1")]
    public void Whether_a_plan_can_corrupt_payload_is_seen_from_the_plan(bool can, string target, string? message, string bits)
    {
        string[] sets = [$"faults.f.target={target}", "faults.f.effect=corrupt", $"faults.f.bits={bits}", .. message is null ? (string[])[] : [$"faults.f.message={message}"]];
        Assert.Equal(can, PayloadProtection.CanBeBroken(Experiment.Settings("vm733-to-350", sets).Faults));
    }

    [Fact]
    public void Corruption_above_TCP_s_checksum_shows_as_payload_that_differs_and_violates_nothing()
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(
            "vm733-to-350", "nettest.bytes=100KiB", "faults.f.target=pc-733/guest", "faults.f.message=SystemCall.Send", "faults.f.effect=corrupt", "faults.f.nth=3"));
        Assert.Null(failure);
        Assert.False(receiver.PayloadVerified);
        Assert.Null(Invariants.Violated(sender, receiver, isComplete: true));
    }
}
