using Testbed.Tests.Experiments;

namespace Testbed.Tests.Faults;

/// <summary>Faults of components: one process equals two timelines, whether the run comes to its end or not.</summary>
public sealed class ComponentDeterminismTests
{
    [Theory]
    [InlineData("native-733-to-350", "pc-733/nic", "stuck-transmitter", "nth=100")]
    [InlineData("vm733-to-350", "pc-733/nic", "stuck-transmitter", "nth=50")]
    [InlineData("vm733-to-350", "pc-733/nic", "stuck-transmitter", "nth=50", ".sender.system=proposed-native-monitor")]
    [InlineData("vm733-to-350", "pc-*/nic", "spurious-irq", "interval=200 us", "distribution=exponential")]
    [InlineData("350-to-vm733", "pc-733/nic", "overrun", "probability=10 %")]
    [InlineData("native-733-to-350", "pc-350/interrupt-controller", "drop", "message=InterruptController.LineChanged", "nth=60")]
    [InlineData("native-733-to-350", "pc-*/interrupt-controller", "delay", "message=InterruptController.LineChanged", "delay=50 us", "distribution=exponential")]
    [InlineData("native-733-to-350", "pc-*/interrupt-controller", "drop", "message=InterruptController.Pulsed", "probability=30 %")]
    [InlineData("native-733-to-350", "pc-*/nic", "reorder", "probability=20 %", "delay=1 ms")]
    [InlineData("native-733-to-350", "pc-350/nic", "crash", "from=120 ms", "times=1")]
    [InlineData("vm733-to-350", "pc-733/host", "load", "from=110 ms", "until=130 ms", "burst=200 us", "pause=1 ms")]
    [InlineData("vm733-to-vm350", "pc-*/host", "skbuff", "probability=0.5 %")]
    [InlineData("350-to-vm733", "pc-733/guest", "skbuff", "probability=1 %")]
    [InlineData("350-to-vm733", "pc-733/vmnet", "crash", "message=VmNet.FrameArrived", "nth=20")]
    [InlineData("vm733-to-350", "pc-733/vmapp", "delay", "message=VmNet.Selected", "delay=200 us", "context=sleeps")]
    [InlineData("native-733-to-350", "pc-733/program", "crash", "from=110 ms", "times=1")]
    [InlineData("native-733-to-350", "pc-350/program", "crash", "from=110 ms", "times=1")]
    [InlineData("vm733-to-350", "pc-733/vmm", "crash", "from=110 ms", "times=1")]
    [InlineData("350-to-vm733", "pc-733/guest", "crash", "from=110 ms", "times=1")]
    [InlineData("vm733-to-350", "pc-350/host", "stop", "from=110 ms", "times=1")]
    [InlineData("native-733-to-350", "pc-733/nic", "stop", "from=110 ms", ".virtual-limit=3 s")]
    public async Task Two_timelines_give_what_one_gives(string experiment, string target, string effect, params string[] keys)
    {
        var settings = FaultedRun.Settings(experiment, target, effect, [".nettest.bytes=150KiB", .. keys]);
        var one = Experiment.OnOneTimeline(settings);
        var two = await Experiment.OnTwoTimelinesAsync(settings);
        Assert.Null(two.Sender.Defect ?? two.Receiver.Defect);
        Assert.Equal(one.Failure, two.Sender.Failure ?? two.Receiver.Failure);
        Assert.Equal(one.Sender.ToJson(), two.Sender.DeterministicJson);
        Assert.Equal(one.Receiver.ToJson(), two.Receiver.DeterministicJson);
        Assert.Contains(one.Sender.Node.Faults!.Concat(one.Receiver.Node.Faults!), fault => fault.Strikes > 0);
    }
}
