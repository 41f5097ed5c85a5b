using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

public sealed class ContentionTests
{
    [Fact]
    public void VMApp_and_a_process_that_computes_have_the_processor_by_turns()
    {
        var sender = Run("vm733-to-350-contended", "nettest.bytes=4MiB");
        var processes = sender.Node.Processes!;
        Assert.Equal(["vmapp", "competing-1"], processes.Select(process => process.Name));
        var vmApp = processes[0];
        var competing = processes[1];
        Assert.True(vmApp.Turns >= 2);
        Assert.InRange(vmApp.Turns - competing.Turns, -1, 1);

        // Two equals have the processor for a counter of 20, each then once more as the one that had it: turns of up to 42 ticks.
        Assert.InRange(vmApp.LongestWaitNs, 200_000_000, 430_000_000);
        Assert.InRange(vmApp.WaitedNs / (double)competing.RanNs, 0.9, 1.1);
    }

    [Fact]
    public void A_process_as_nice_as_can_be_hardly_slows_the_virtual_machine_down()
    {
        var alone = Seconds(Run("vm733-to-350", "nettest.bytes=4MiB"));
        var nice = Seconds(Run("vm733-to-350-contended", "nettest.bytes=4MiB", "sender.competing.nice=19"));
        var equal = Seconds(Run("vm733-to-350-contended", "nettest.bytes=4MiB"));
        Assert.InRange(nice, alone, alone * 1.25);
        Assert.InRange(equal, alone * 1.3, alone * 3);
    }

    [Fact]
    public void Bursts_take_only_what_they_compute()
    {
        var sender = Run(
            "vm733-to-350-contended", "nettest.bytes=4MiB", "sender.competing.kind=bursty", "sender.competing.burst=5 ms", "sender.competing.pause=45 ms");
        var competing = sender.Node.Processes!.Single(process => process.Name == "competing-1");
        Assert.InRange(competing.RanNs / (double)sender.VirtualNs, 0.03, 0.2);
        Assert.True(competing.Turns > 8);
    }

    [Fact]
    public void A_native_program_that_sleeps_for_room_comes_before_one_that_only_computes()
    {
        var alone = Run("native-733-to-350", "nettest.bytes=2MiB");
        var contended = Run("native-733-to-350", "nettest.bytes=2MiB", "sender.competing.processes=2");
        Assert.Equal(3, contended.Node.Processes!.Count);
        Assert.InRange(Seconds(contended), Seconds(alone), Seconds(alone) * 3);
        Assert.Equal(0m, contended.Node.IdlePercent);
    }

    private static double Seconds(PcReport sender) => sender.VirtualNs / 1e9;

    private static PcReport Run(string name, params string[] sets)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, sets));
        Assert.Null(failure);
        Assert.True(receiver.PayloadVerified);
        Assert.Equal(sender.VirtualNs, sender.Node.Ledger.Sum(row => row.TimeNs));
        return sender;
    }
}
