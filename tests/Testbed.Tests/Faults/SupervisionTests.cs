using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Tests.Faults;

/// <summary>What becomes of a run when a component crashes, stops or pauses, or loses a hand-off.</summary>
public sealed class SupervisionTests
{
    private static readonly string[] HostedVm = ["vmdriver", "vmapp", "vmm"];

    public static TheoryData<string, string> WholeMachines
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var experiment in (string[])["vm733-to-350", "350-to-vm733"])
            {
                foreach (var actor in HostedVm)
                    data.Add(experiment, actor);
                data.Add(experiment, "host");
                data.Add(experiment, "guest");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(WholeMachines))]
    public void Without_any_of_its_parts_a_virtual_machine_is_gone_and_the_run_says_which(string experiment, string actor)
    {
        foreach (var (effect, how) in (ReadOnlySpan<(string, string)>)[("crash", "crashed"), ("stop", "stopped")])
        {
            var run = FaultedRun.Of(experiment, $"pc-733/{actor}", effect, "from=150 ms", "times=1");
            Assert.StartsWith($"fault f has {how} pc-733/{actor} at 0.15", run.Failure, StringComparison.Ordinal);
            Assert.EndsWith("s: pc-733's program cannot finish", run.Failure, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', run.Failure!);
            var lost = Assert.Single(run.At("pc-733").Lost);
            Assert.Equal((how, $"pc-733/{actor}"), (lost.How, lost.Actor));

            // A second is left to see what the other PC does.
            Assert.InRange(run.Sender.VirtualNs - lost.AtNs, 1_000_000_000, 1_010_000_000);
        }
    }

    [Fact]
    public void With_its_guest_in_a_panic_a_virtual_machine_idles_and_its_VMM_goes_on()
    {
        var run = FaultedRun.Of("vm733-to-350", "pc-733/guest", "crash", "from=150 ms", "times=1");
        var vm = run.Sender.Node.Vm!;

        // A world switch and a look by VMApp at each tick, for a second.
        Assert.InRange(vm.WorldSwitches["interrupt"], 100, 10_000);
        Assert.True(vm.Counters["selects"] > 100);
        Assert.True(run.Sender.Node.Ledger.Single(row => row.Category == "idle").TimeNs > 900_000_000);
    }

    [Fact]
    public void The_host_lives_on_without_its_virtual_machine()
    {
        var run = FaultedRun.Of("vm733-to-350", "pc-733/vmm", "crash", "from=150 ms", "times=1");
        Assert.True(run.Sender.Node.Ledger.Single(row => row is { World: "host", Category: "timer-tick" }).Count > 100);
    }

    [Theory]
    [InlineData("vm733-to-350", "vmm", ".sender.system=proposed-native-monitor")]
    [InlineData("vm733-to-350", "guest", ".sender.system=proposed-native-monitor")]
    [InlineData("native-733-to-350", "host")]
    public void Without_its_kernel_or_its_monitor_a_PC_is_gone(string experiment, string actor, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, $"pc-733/{actor}", "crash", ["from=150 ms", "times=1", .. keys]);
        Assert.StartsWith($"fault f has crashed pc-733/{actor} at 0.15", run.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("vm733-to-350")]
    [InlineData("vm733-to-350", ".sender.system=proposed-native-monitor")]
    public void A_sender_that_is_killed_has_its_connection_closed_for_it(string experiment, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, "pc-733/program", "crash", ["from=150 ms", "times=1", .. keys]);
        Assert.Matches(@"^nettest's receiver failed after \d+ of 1048576 bytes: the sender closed the connection early$", run.Failure);
        Assert.InRange(run.Receiver.BytesDelivered, 1, 1_048_575);
        Assert.True(run.Receiver.PayloadVerified);
        Assert.Equal("pc-733/program", Assert.Single(run.At("pc-733").Lost).Actor);
    }

    [Theory]
    [InlineData("native-733-to-350", "pc-350")]
    [InlineData("350-to-vm733", "pc-733")]
    public void A_receiver_that_is_killed_resets_its_connection(string experiment, string pc)
    {
        var run = FaultedRun.Of(experiment, $"{pc}/program", "crash", "from=150 ms", "times=1");
        Assert.EndsWith("connection reset by peer", run.Failure, StringComparison.Ordinal);
        Assert.StartsWith("nettest's sender failed", run.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_connects_to_a_killed_receiver_is_refused()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-350/program", "crash", "nth=2");
        Assert.Equal("nettest's sender failed after 0 of 1048576 bytes: connection refused", run.Failure);
    }

    [Fact]
    public void A_program_that_hangs_keeps_its_connection_open_and_the_run_ends_after_a_second()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-350/program", "stop", "from=150 ms", "times=1");
        Assert.StartsWith("fault f has stopped pc-350/program at 0.15", run.Failure, StringComparison.Ordinal);

        // The window closes, and the sender probes it.
        Assert.True(run.Sender.Node.Tcp["windowProbes"] > 0);
        Assert.Equal(0, run.Receiver.Node.Tcp["resetsSent"]);
    }

    [Fact]
    public void VMNet_that_starts_anew_has_lost_what_waited_and_counts_it()
    {
        var run = FaultedRun.Of("350-to-vm733", "pc-733/vmnet", "crash", "message=VmNet.FrameArrived", "nth=100").Completed();
        Assert.Equal(1, run.At("pc-733").Strikes);
        Assert.Empty(run.At("pc-733").Lost);
        var vm = run.Receiver.Node.Vm!.Counters;

        // The one that it was told of as it crashed is lost too, before it was in the queue.
        Assert.True(run.Sender.Node.Tcp["retransmissions"] >= vm["vmnetRestartDrops"] + 1);
    }

    [Theory]
    [InlineData("350-to-vm733", "VmNet.Read")]
    [InlineData("vm733-to-350", "VmNet.Write")]
    [InlineData("vm733-to-350", "VmNet.Select")]
    public void VMNet_that_crashes_in_a_call_of_VMApps_takes_it_along(string experiment, string message)
    {
        var run = FaultedRun.Of(experiment, "pc-733/vmnet", "crash", $"message={message}", "nth=5");
        Assert.StartsWith("fault f has crashed pc-733/vmnet", run.Failure, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("native-733-to-350", "program", "SystemCall.Returned")]
    [InlineData("native-733-to-350", "host", "SystemCall.Send")]
    [InlineData("vm733-to-350", "guest", "SystemCall.Send")]
    [InlineData("vm733-to-350", "guest", "VirtualMachineMonitor.VirtualInterrupt")]
    [InlineData("vm733-to-350", "vmapp", "VmNet.Selected")]
    [InlineData("vm733-to-350", "host", "HostKernel.QueueFrame")]
    [InlineData("vm733-to-350", "vmnet", "VmNet.Write")]
    [InlineData("vm733-to-350", "vmm", "PortAccess")]
    [InlineData("vm733-to-350", "vmdriver", "VmDriver.Run")]
    [InlineData("native-733-to-350", "host", "InterruptTaken")]
    [InlineData("vm733-to-350", "vmm", "VirtualMachineMonitor.Halt", ".sender.system=proposed-native-monitor")]
    public void Whoever_loses_the_processor_on_its_way_hangs(string experiment, string actor, string message, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, $"pc-733/{actor}", "drop", [$"message={message}", "nth=10", .. keys]);
        Assert.StartsWith($"by fault f pc-733/{actor} hangs since ", run.Failure, StringComparison.Ordinal);
        Assert.Equal("hung", Assert.Single(run.At("pc-733").Lost).How);
    }

    [Theory]
    [InlineData("native-733-to-350", "host")]
    [InlineData("native-733-to-350", "program", "context=sleeps")]
    [InlineData("native-733-to-350", "interrupt-controller")]
    [InlineData("vm733-to-350", "vmapp")]
    [InlineData("vm733-to-350", "vmapp", "context=sleeps")]
    [InlineData("vm733-to-350", "vmm")]
    [InlineData("vm733-to-350", "vmdriver")]
    [InlineData("vm733-to-350", "vmnet")]
    [InlineData("vm733-to-350", "guest")]
    [InlineData("vm733-to-350", "vmm", ".sender.system=proposed-native-monitor")]
    public void A_component_that_pauses_goes_on_where_it_was(string experiment, string actor, params string[] keys)
    {
        var run = FaultedRun.Of(experiment, $"pc-733/{actor}", "pause", ["duration=40 ms", "from=150 ms", "times=1", .. keys]).Completed();
        Assert.Empty(run.At("pc-733").Lost);
    }

    [Fact]
    public void A_competing_process_that_crashes_harms_nobody()
    {
        FaultedRun.Of("vm733-to-350-contended", "pc-733/competing-1", "crash", "from=150 ms", "times=1", ".nettest.bytes=512KiB").Completed();
    }

    [Fact]
    public void A_result_that_failed_names_what_was_lost_before()
    {
        var run = FaultedRun.Of("native-733-to-350", "pc-733/program", "crash", "from=150 ms", "times=1");
        var result = Result(run);
        Assert.Matches(
            @"^nettest's receiver failed .* early; fault f has crashed pc-733/program at 0\.15\d+ s$", result.Failure);
    }

    private static RunResult Result(FaultedRun run)
    {
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All);
        return ResultBuilder.Build(
            resolver.Resolve("native-733-to-350", []),
            run.Failure,
            new PcOutcome(run.Failure, run.Sender.ToJson(), ""),
            new PcOutcome(run.Failure, run.Receiver.ToJson(), ""),
            new WallFacts("in-process", DateTime.UnixEpoch, 1));
    }
}
