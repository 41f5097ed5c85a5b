using CsCheck;
using Testbed.Node.Configuration;
using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

public sealed class KeyboardTests
{
    [Fact]
    public void Every_key_reaches_an_idle_guest_by_one_real_and_one_virtual_interrupt()
    {
        var node = Run("keyboard-idle", "idle.length=1.5 s", "sender.keyboard.keys=10");
        var keyboard = node.Keyboard!;
        Assert.Equal((20, 20, 0, 0, true), (keyboard.Typed, keyboard.Delivered, keyboard.UnderWay, keyboard.Lost, keyboard.InOrder));
        Assert.Equal(20, node.Vm!.Interrupts["real1"]);

        // One more is left from setting the keyboard up; its handler finds nothing.
        Assert.Equal(21, node.Vm.Interrupts["virtual1"]);

        // Status, code and status again for each code; for nothing, the status alone. Setting it up: ten writes, each after a look at the status, and eight answers.
        var accesses = node.Vm.PortAccesses.Where(access => access.Port == "8042").ToArray();
        Assert.Equal((20 * 3) + 1 + 10 + 10 + (8 * 2), accesses.Sum(access => access.Count));
        Assert.All(accesses, access => Assert.Equal("vmm", access.HandledBy));
        Assert.Equal(20, Latency(keyboard, "interruptToGuest").Count);
        Assert.InRange(Latency(keyboard, "interruptToGuest").MedianNs, 40_000, 80_000);
    }

    [Fact]
    public void The_processor_time_that_is_reported_is_what_the_processor_is_busier_by()
    {
        string[] idle = ["idle.length=1 s", "jitter=0"];
        var without = Busy(Run("keyboard-idle", [.. idle, "sender.keyboard.typing=off"]));
        var node = Run("keyboard-idle", [.. idle, "sender.keyboard.keys=6"]);
        Assert.Equal(12, node.Keyboard!.Delivered);
        Assert.Equal(node.Keyboard.Cost.Sum(row => row.TimeNs), node.Keyboard.ProcessorNs);
        Assert.Equal(Busy(node) - without, node.Keyboard.ProcessorNs);
    }

    [Fact]
    public void Under_full_load_no_key_is_lost_and_the_order_is_kept() =>
        Gen.Select(Gen.Int[1, 1000], Gen.Int[1, 20], Gen.Int[1, 20]).Sample(
            (seed, intervalMs, holdMs) =>
            {
                var keyboard = Run(
                    "keyboard-under-load",
                    "nettest.bytes=1MiB",
                    $"seed={seed}",
                    "sender.keyboard.keys=10",
                    $"sender.keyboard.interval={intervalMs} ms",
                    $"sender.keyboard.hold={holdMs} ms").Keyboard!;
                Assert.True(keyboard.Delivered > 0);
                Assert.Equal((keyboard.Typed, 0, true), (keyboard.Delivered + keyboard.UnderWay, keyboard.Lost, keyboard.InOrder));
            },
            iter: 6);

    [Fact]
    public void Load_makes_a_key_wait_longer()
    {
        var idle = Run("keyboard-idle", "idle.length=700 ms", "sender.keyboard.keys=40", "sender.keyboard.interval=12 ms", "sender.keyboard.hold=5 ms").Keyboard!;
        var loaded = Run("keyboard-under-load", "nettest.bytes=4MiB", "sender.keyboard.keys=40", "sender.keyboard.interval=12 ms", "sender.keyboard.hold=5 ms").Keyboard!;
        Assert.True(Latency(loaded, "interruptToGuest").MedianNs > Latency(idle, "interruptToGuest").MedianNs);
    }

    [Fact]
    public void A_script_types_what_it_says()
    {
        var keyboard = Run("keyboard-idle", "idle.length=200 ms", "sender.keyboard.typing=script", "sender.keyboard.script=[\"150 ms a\", \"200 ms enter\"]").Keyboard!;
        Assert.Equal((4, 4, true), (keyboard.Typed, keyboard.Delivered, keyboard.InOrder));
    }

    [Theory]
    [InlineData("sender.keyboard.script=[\"soon a\"]", "no press of a key")]
    [InlineData("sender.keyboard.script=[\"150 ms entr\"]", "there is no key entr")]
    [InlineData("sender.keyboard.script=[\"1 ms a\"]", "while the guest boots")]
    [InlineData("sender.keyboard.script=[]", "is empty")]
    [InlineData("sender.system=native", "needs a virtual machine")]
    public void A_mistake_in_the_typing_is_told(string set, string problem)
    {
        var mistake = Assert.Throws<ConfigurationException>(
            () => Experiment.Settings("keyboard-idle", "sender.keyboard.typing=script", "sender.keyboard.script=[\"150 ms a\"]", set));
        Assert.Contains(problem, mistake.Message, StringComparison.Ordinal);
    }

    private static long Busy(NodeResult node) => node.Ledger.Where(row => row.World is not null).Sum(row => row.TimeNs);

    private static LatencyFigure Latency(KeyboardResult keyboard, string name) => keyboard.Latency.Totals.Single(total => total.Name == name);

    private static NodeResult Run(string name, params string[] sets)
    {
        var (sender, _, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, sets));
        Assert.Null(failure);
        Assert.Equal(sender.VirtualNs, sender.Node.Ledger.Sum(row => row.TimeNs));
        return sender.Node;
    }
}
