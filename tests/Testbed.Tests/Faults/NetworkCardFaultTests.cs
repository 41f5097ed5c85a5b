namespace Testbed.Tests.Faults;

/// <summary>Faults of the network card, and how its driver recovers.</summary>
public sealed class NetworkCardFaultTests
{
    private const string Line = "message=InterruptController.LineChanged";

    [Theory]
    [InlineData("native-733-to-350", "pc-733")]
    [InlineData("native-733-to-350", "pc-350")]
    [InlineData("vm733-to-350", "pc-733")]
    [InlineData("350-to-vm733", "pc-733")]
    [InlineData("350-to-vm733", "pc-350")]
    [InlineData("opt-vm733-to-350", "pc-733")]
    [InlineData("vm733-to-350", "pc-733", ".sender.system=proposed-native-monitor")]
    public void A_stuck_transmitter_stands_still_until_the_driver_resets_the_card_and_its_ring_is_sent(string experiment, string pc, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/nic", "stuck-transmitter", ["nth=100", .. keys]).Completed();
        Assert.Equal(1, run.Nic(pc, "cardResets"));

        // Two seconds of ticks, from the tick behind the last progress on; then what is lost comes by TCP's timers.
        Assert.InRange(run.Sender.VirtualNs, 2_100_000_000, 3_500_000_000);
        Assert.Equal(1, run.At(pc).Strikes);
    }

    [Theory]
    [InlineData("native-733-to-350", "pc-733")]
    [InlineData("native-733-to-350", "pc-350")]
    [InlineData("vm733-to-350", "pc-733")]
    [InlineData("vm733-to-350", "pc-350")]
    [InlineData("350-to-vm733", "pc-733")]
    [InlineData("opt-350-to-vm733", "pc-733")]
    [InlineData("vm733-to-350", "pc-733", ".sender.system=proposed-native-monitor")]
    public void After_a_lost_interrupt_the_driver_asks_for_another(string experiment, string pc, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/interrupt-controller", "drop", [Line, "nth=50", .. keys]).Completed();
        Assert.Equal((1, 0), (run.Nic(pc, "interruptsAskedFor"), run.Nic(pc, "cardResets")));
        Assert.InRange(run.Sender.VirtualNs, 2_050_000_000, 3_500_000_000);
    }

    [Fact]
    public void With_every_interrupt_lost_the_driver_gets_on_by_its_ticks_alone()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-733/interrupt-controller", "drop", Line, "from=150 ms", ".nettest.bytes=600KiB").Completed();
        Assert.True(run.Nic("pc-733", "cardResets") > 0);
    }

    [Theory]
    [InlineData("native-733-to-350", "constant")]
    [InlineData("vm733-to-350", "exponential")]
    [InlineData("350-to-vm733", "constant")]
    public void Interrupts_without_a_cause_take_time_and_change_nothing(string experiment, string distribution)
    {
        var run = FaultedRun.Of(experiment, "pc-733/nic", "spurious-irq", "interval=500 us", $"distribution={distribution}", "from=100 ms", "until=150 ms").Completed();
        Assert.InRange(run.At("pc-733").Strikes, 50, 150);
        Assert.Equal((0, 0), (run.Nic("pc-733", "interruptsAskedFor"), run.Nic("pc-733", "cardResets")));
        Assert.InRange(run.At("pc-733").FirstNs!.Value, 100_000_000, 110_000_000);
        Assert.InRange(run.At("pc-733").LastNs!.Value, 140_000_000, 150_000_000);
    }

    [Fact]
    public void A_line_that_stays_high_without_a_cause_keeps_the_processor_busy_until_it_falls()
    {
        var quiet = FaultedRun.Of("native-compute", "pc-733/nic", "spurious-irq", "interval=110 ms", "times=1", ".compute.work=100 ms");
        var storm = FaultedRun.Of("native-compute", "pc-733/nic", "spurious-irq", "interval=110 ms", "times=1", "duration=50 ms", ".compute.work=100 ms");
        Assert.InRange(storm.Completed().Sender.VirtualNs - quiet.Completed().Sender.VirtualNs, 45_000_000, 60_000_000);
    }

    [Theory]
    [InlineData("native-733-to-350", "pc-350")]
    [InlineData("350-to-vm733", "pc-733")]
    public void Frames_that_overrun_the_receiver_are_lost_and_counted_by_that_name(string experiment, string pc)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/nic", "overrun", "from=120 ms", "until=140 ms").Completed();
        Assert.Equal(run.At(pc).Strikes, run.Nic(pc, "overruns"));
        Assert.InRange(run.Nic(pc, "overruns"), 5, 200);
        Assert.Equal(0, run.Nic(pc, "ringFullDrops"));
        Assert.True(run.Sender.Node.Tcp["retransmissions"] > 0);
    }

    [Theory]
    [InlineData("pc-733")]
    [InlineData("pc-350")]
    public void A_card_that_starts_anew_is_dead_until_its_driver_has_found_out(string pc)
    {
        var run = FaultedRun.Of("native-733-to-350", $"{pc}/nic", "crash", "from=150 ms", "times=1").Completed();
        Assert.Equal(1, run.Nic(pc, "cardResets"));
        Assert.True(run.Nic(pc, "receiverIdleDrops") > 0);
        Assert.Empty(run.At(pc).Lost);
    }

    [Theory]
    [InlineData("pc-733")]
    [InlineData("pc-350")]
    public void A_card_that_pauses_goes_on_where_it_was(string pc)
    {
        var run = FaultedRun.Of("native-733-to-350", $"{pc}/nic", "pause", "duration=50 ms", "from=150 ms", "times=1").Completed();
        Assert.InRange(run.Sender.VirtualNs, 230_000_000, 600_000_000);
        Assert.Equal(0, run.Nic(pc, "cardResets"));
    }

    [Fact]
    public void A_delayed_interrupt_that_nobody_needs_any_more_is_no_interrupt()
    {
        // The line is low again by the time that word of its rise comes: no storm.
        var run = FaultedRun.Of("native-733-to-350", "pc-*/interrupt-controller", "delay", Line, "delay=300 us", "distribution=exponential").Completed();
        Assert.True(run.Sender.VirtualNs < 1_000_000_000);
    }
}
