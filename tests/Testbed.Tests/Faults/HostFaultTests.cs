namespace Testbed.Tests.Faults;

/// <summary>Faults of the host and of time.</summary>
public sealed class HostFaultTests
{
    [Fact]
    public void A_load_takes_turns_with_VMApp_in_its_window_and_is_gone_after_it()
    {
        var run = FaultedRun.Of("vm733-to-350", "pc-733/host", "load", "processes=2", "from=110 ms", "until=400 ms", ".nettest.bytes=4MiB").Completed();
        var processes = run.Sender.Node.Processes!;
        Assert.Equal(["vmapp", "load-f-1", "load-f-2"], processes.Select(process => process.Name));

        // Both computed for all of the window that VMApp did not have, and nothing behind it but a last look at the clock.
        var loads = processes.Skip(1).ToArray();
        Assert.InRange(loads.Sum(load => load.RanNs), 100_000_000, 300_000_000);
        Assert.All(loads, load => Assert.InRange(load.Turns, 1, 10));
        Assert.Equal((1, 110_000_000L), (run.At("pc-733").Strikes / 2, run.At("pc-733").FirstNs!.Value));
    }

    [Fact]
    public void Before_its_window_a_load_is_no_process()
    {
        var never = FaultedRun.Of("native-compute", "pc-733/host", "load", "from=10 s", ".compute.work=50 ms").Completed();
        var other = FaultedRun.Of("native-compute", "pc-350/host", "load", "from=10 s", ".compute.work=50 ms").Completed();
        Assert.Equal(other.Sender.Node.Digest, never.Sender.Node.Digest);
    }

    [Fact]
    public void A_load_that_pauses_and_is_nice_takes_less()
    {
        var greedy = FaultedRun.Of("vm733-to-350", "pc-733/host", "load", ".nettest.bytes=2MiB").Completed();
        var modest = FaultedRun.Of("vm733-to-350", "pc-733/host", "load", "burst=1 ms", "pause=9 ms", "nice=10", ".nettest.bytes=2MiB").Completed();
        Assert.True(modest.Sender.VirtualNs < greedy.Sender.VirtualNs);
    }

    [Theory]
    [InlineData("native-733-to-350", "pc-733")]
    [InlineData("native-733-to-350", "pc-350")]
    public void Without_socket_buffers_packets_are_dropped_and_descriptors_stay_empty(string experiment, string pc)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/host", "skbuff", "probability=1 %").Completed();
        Assert.True(run.Nic(pc, "noBufferDrops") > 0);
        Assert.True(run.Nic(pc, "refillFailures") > 0);
        Assert.Equal(run.At(pc).Strikes, run.Nic(pc, "noBufferDrops") + run.Nic(pc, "refillFailures"));
    }

    [Fact]
    public void When_no_descriptor_can_be_refilled_for_long_the_card_drops_and_then_goes_on()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-350/host", "skbuff", "from=120 ms", "until=140 ms", ".pcs.pc-350.nic.receive-ring=8").Completed();
        Assert.True(run.Nic("pc-350", "ringFullDrops") > 0);
        Assert.True(run.Nic("pc-350", "refillFailures") > 0);
    }

    [Theory]
    [InlineData("vm733-to-350", "pc-733")]
    [InlineData("350-to-vm733", "pc-733")]
    [InlineData("vm733-to-vm350", "pc-350")]
    public void Without_socket_buffers_VMNet_drops_and_counts(string experiment, string pc)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/host", "skbuff", "probability=1 %").Completed();
        Assert.True(run.Pc(pc).Node.Vm!.Counters["vmnetNoBufferDrops"] > 0);
    }

    [Theory]
    [InlineData("vm733-to-350")]
    [InlineData("350-to-vm733")]
    [InlineData("opt-vm733-to-350")]
    [InlineData("vm733-to-350", ".sender.system=proposed-vmxnet")]
    public void A_guest_without_socket_buffers_drops_and_counts(string experiment, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, "pc-733/guest", "skbuff", ["probability=1 %", .. keys]).Completed();
        Assert.Equal(run.At("pc-733").Strikes, run.Pc("pc-733").Node.Vm!.Counters["guestNoBufferDrops"]);
        Assert.True(run.At("pc-733").Strikes > 0);
    }

    [Theory]
    [InlineData("vmnet", "VmNet.Select", "spins")]
    [InlineData("vmapp", "VmNet.Selected", "spins")]
    [InlineData("vmapp", "VmNet.Selected", "sleeps")]
    public void A_slow_select_slows_the_virtual_machine_down(string actor, string message, string context)
    {
        var run = FaultedRun.Of("vm733-to-350", $"pc-733/{actor}", "delay", $"message={message}", "delay=200 us", $"context={context}").Completed();
        Assert.True(run.Sender.VirtualNs > 300_000_000);
        var fault = run.Sender.Node.Ledger.SingleOrDefault(row => row.Category == "fault");

        // What interrupts take meanwhile is theirs.
        if (context == "spins")
            Assert.InRange(fault!.TimeNs, 180_000 * run.At("pc-733").Strikes, 200_000 * run.At("pc-733").Strikes);
        else
            Assert.Null(fault);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("delay", "delay=200 ms")]
    public void What_waits_for_a_tick_waits_for_the_first_that_comes(string effect, params string[] keys)
    {
        // nettest sleeps until 100 ms; the first tick behind that which comes is the first from 300 ms on.
        var run = FaultedRun.Of("native-733-to-350", "pc-733/interrupt-controller", effect, ["message=InterruptController.Pulsed", "until=300 ms", .. keys]).Completed();
        Assert.InRange(run.Sender.FirstByteSentNs!.Value, effect == "drop" ? 300_000_000 : 200_000_000, 315_000_000);
    }

    [Fact]
    public void A_timer_that_stood_still_ticks_on_in_its_old_phase()
    {
        var undisturbed = FaultedRun.Of("native-733-to-350", "pc-733/timer", "pause", "duration=1 ms", "from=100 s").Completed();
        var run = FaultedRun.Of("native-733-to-350", "pc-733/timer", "pause", "duration=73 ms", "from=95 ms", "times=1").Completed();
        var late = run.Sender.FirstByteSentNs!.Value - undisturbed.Sender.FirstByteSentNs!.Value;
        Assert.InRange(late, 50_000_000, 80_000_000);
    }

    [Fact]
    public void Without_ticks_no_timer_runs_and_the_run_says_so_in_the_end()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-733/timer", "stop", "from=50 ms", ".virtual-limit=2 s");
        Assert.Contains("virtual-limit", run.Failure, StringComparison.Ordinal);
        Assert.Equal("pc-733/timer", Assert.Single(run.At("pc-733").Lost).Actor);
    }
}
