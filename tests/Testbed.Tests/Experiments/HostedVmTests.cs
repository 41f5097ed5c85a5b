using CsCheck;
using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

/// <summary>What the model must reproduce of Workstation 2.0 (paper, section 4), and what its mechanism comes to.</summary>
public sealed class HostedVmTests
{
    private static readonly Lazy<(PcReport Sender, PcReport Receiver)> Baseline = new(() => Run("vm733-to-350", "nettest.bytes=8MiB"));

    private static VmResult Vm => Baseline.Value.Sender.Node.Vm!;

    private static long Packets => Baseline.Value.Sender.Node.Tcp["dataSegmentsSent"];

    [Fact]
    public void A_virtual_machine_sends_at_64_megabits_and_its_processor_is_never_idle()
    {
        var runs = Enumerable.Range(1, 5).Select(seed => Run("vm733-to-350", "nettest.bytes=4MiB", $"seed={seed}")).ToArray();
        Assert.InRange(runs.Average(run => Mbps(run.Sender, run.Receiver)), 63, 65);
        Assert.All(runs, run => Assert.InRange(run.Sender.Node.IdlePercent, 0, 0.5m));
        Assert.Equal(5, runs.Select(run => run.Sender.Node.Digest).Distinct().Count());
    }

    [Theory]
    [InlineData("toWire", 23.8)]
    [InlineData("total", 31.63)]
    [InlineData("switchesAndHost", 30.65)]
    [InlineData("transmitting", 17.55)]
    [InlineData("overhead", 13.10)]
    [InlineData("worldSwitch", 8.90)]
    public void A_transmission_takes_what_Figure_5_says(string name, double us)
    {
        var figure = Vm.Transmission.Totals.Single(total => total.Name == name);
        Assert.True(figure.Count > 1000);
        Assert.InRange(figure.MedianNs / 1000.0, us * 0.97, us * 1.03);
    }

    [Theory]
    [InlineData("Transmitting via VMNet", 13.8)]
    [InlineData("Emulating the Lance status register", 3.1)]
    [InlineData("Emulating the Lance transmit path", 5.2)]
    [InlineData("Receiving via VMNet", 1.8)]
    [InlineData("IN/OUTs requiring a switch to VMApp", 7.45)]
    [InlineData("IN/OUTs handled in the VMM", 1.36)]
    [InlineData("IN/OUTs to the Lance address port", 0.74)]
    [InlineData("Virtualizing IRET", 3.93)]
    public void An_occurrence_takes_what_Table_1_says(string row, double us) =>
        Assert.InRange((double)Row(row).AverageUs!.Value, us * 0.95, us * 1.05);

    [Theory]
    [InlineData("Transmitting via VMNet", 8.7)]
    [InlineData("Host IRQs (device interrupts)", 3.4)]
    [InlineData("Emulating the Lance transmit path", 3.3)]
    [InlineData("Instructions not requiring virtualization", 22.0)]
    [InlineData("General instructions requiring virtualization", 11.6)]
    [InlineData("Transitioning to/from virtualization code", 4.8)]
    [InlineData("Virtualizing IRET", 4.8)]
    [InlineData("Delivering virtual IRQs (device interrupts)", 4.6)]
    public void A_share_is_Table_1_s_where_the_published_counts_are_the_mechanism_s(string row, double percent)
    {
        // The others' published counts contradict the mechanism's: docs/validation.md.
        var tolerance = Math.Min(1, percent * 0.15);
        Assert.InRange((double)Row(row).Percent, percent - tolerance, percent + tolerance);
    }

    [Fact]
    public void A_packet_takes_twelve_accesses_to_the_Lance_and_one_interrupt_that_takes_five_to_its_controller()
    {
        AssertPerPacket(7, Accesses("Lance RAP"));
        AssertPerPacket(5, Accesses("Lance RDP"));
        AssertPerPacket(1, Vm.Interrupts["virtual10"]);

        // Of the timer's line it is four, for it is not the slave controller's; setting the controllers up takes twelve.
        Assert.Equal((5 * Vm.Interrupts["virtual10"]) + (4 * Vm.Interrupts["virtual0"]) + 12, Accesses("8259"));
        Assert.Equal(Vm.WorldSwitches["portAccess"], Accesses("Lance RDP") + Accesses("Lance, other"));
    }

    [Fact]
    public void The_guest_returns_once_from_each_interrupt_and_each_system_call()
    {
        var cpu = Baseline.Value.Sender.Node.Cpu;
        var interrupts = cpu.Single(row => row.Category == "guest-interrupt").Count;
        var calls = cpu.Single(row => row.Category == "guest-system-call").Count;
        Assert.InRange(Row("Virtualizing IRET").Count - interrupts - calls, -2, 2);
    }

    [Fact]
    public void A_chunk_leaves_in_three_segments_and_three_segments_are_acknowledged_by_one()
    {
        Assert.InRange(Packets, (3 * (8 << 20) / 4096) - 3, 3 * (8 << 20) / 4096);
        Assert.InRange(Row("Receiving via VMNet").Count / (double)Packets, 0.32, 0.35);
    }

    [Fact]
    public void If_only_writes_of_the_data_port_switch_reads_stay_in_the_VMM()
    {
        var vm = Run("vm733-to-350", "nettest.bytes=1MiB", "sender.vm.data-port-reads-switch=off").Sender.Node.Vm!;
        var data = vm.PortAccesses.Where(access => access.Port == "Lance RDP").ToArray();
        Assert.All(data, access => Assert.Equal(access.Direction == "in" ? "vmm" : "vmapp", access.HandledBy));
        Assert.Equal(2, data.Length);
    }

    [Theory]
    [InlineData("350-to-vm733")]
    [InlineData("vm350-to-733")]
    [InlineData("733-to-vm350")]
    [InlineData("vm733-to-vm350")]
    [InlineData("vm733-to-350", "cable.loss=0.02")]
    [InlineData("350-to-vm733", "pcs.pc-733.vm.nic.receive-ring=2", "pcs.pc-733.vm.nic.transmit-ring=1")]
    [InlineData("350-to-vm733", "receiver.vm.select-interval=300us", "jitter=0")]
    [InlineData("vm733-to-350", "pcs.pc-733.vm.nic.interrupt-line=5", "pcs.pc-733.vm.nic.io-base=8192", "pcs.pc-733.vm.memory=4MiB")]
    public void Every_byte_arrives_whoever_is_virtual(string name, params string[] sets)
    {
        var (sender, receiver) = Run(name, ["nettest.bytes=500KiB", .. sets]);
        Assert.Equal(500 << 10, receiver.BytesDelivered);
        Assert.Equal(name.Contains("vm733", StringComparison.Ordinal), On("pc-733").Node.Vm is not null);
        Assert.Equal(name.Contains("vm350", StringComparison.Ordinal), On("pc-350").Node.Vm is not null);
        Assert.All(
            new[] { sender, receiver }.Where(pc => pc.Node.Vm is null), pc => Assert.DoesNotContain(pc.Node.Ledger, row => row.World == "vmm"));

        PcReport On(string pc) => sender.Pc == pc ? sender : receiver;
    }

    [Fact]
    public void A_full_VMNet_queue_drops_and_counts_and_TCP_recovers()
    {
        // Long pauses between selects, and room for one frame only.
        var (_, receiver) = Run("350-to-vm733", "nettest.bytes=200KiB", "pcs.pc-733.vm.vmnet-queue=1", "receiver.vm.select-interval=2 ms");
        Assert.True(receiver.Node.Vm!.Counters["vmnetQueueFullDrops"] > 0);
        Assert.Equal(200 << 10, receiver.BytesDelivered);
    }

    [Fact]
    public void Whatever_the_virtual_machine_every_byte_arrives_and_every_frame_is_accounted_for() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[1, 5], Gen.Int[1, 40], Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 1_000_000]).Sample(
            (transmitRing, receiveRing, queue, loss, readsSwitch, seed) =>
            {
                var (sender, receiver) = Run(
                    "vm733-to-vm350",
                    "nettest.bytes=60KiB",
                    $"pcs.pc-733.vm.nic.transmit-ring={1 << transmitRing}",
                    $"pcs.pc-350.vm.nic.receive-ring={1 << receiveRing}",
                    $"pcs.pc-350.vm.vmnet-queue={queue}",
                    $"cable.loss={loss} %",
                    $"sender.vm.data-port-reads-switch={(readsSwitch ? "on" : "off")}",
                    $"receiver.vm.select-interval={seed % 500} us",
                    $"seed={seed}");
                Assert.Equal(60 << 10, receiver.BytesDelivered);
                foreach (var vm in new[] { sender.Node.Vm!, receiver.Node.Vm! })
                {
                    Assert.Equal(vm.Counters["lanceFramesSent"], vm.Counters["vmnetFramesSent"]);
                    Assert.Equal(
                        vm.Counters["vmnetFramesRead"],
                        vm.Counters["lanceFramesReceived"] + vm.Counters["lanceMissed"] + vm.Counters["lanceFiltered"]);
                }
            },
            iter: 15);

    [Fact]
    public void Pure_computation_runs_at_nearly_native_speed()
    {
        var native = Run("native-compute", "compute.work=200 ms").Sender.Compute!;
        var hosted = Run("vm-compute", "compute.work=200 ms").Sender.Compute!;
        Assert.Equal(200_000_000, hosted.WorkNs);
        Assert.InRange(hosted.ElapsedNs / (double)native.ElapsedNs, 1.001, 1.01);
    }

    [Fact]
    public void A_guest_s_ping_is_answered_and_its_way_in_is_taken_to_the_program()
    {
        var sender = Run("vm-ping", "ping.count=20").Sender;
        Assert.Equal((20, 20), (sender.Ping!.Sent, sender.Ping.Received));
        Assert.All(sender.Ping.RoundTripsNs, ns => Assert.InRange(ns, 150_000, 1_000_000));
        Assert.Equal(20, sender.Node.Vm!.Reception.Totals.Single(total => total.Name == "toProgram").Count);
    }

    private static ProfileRow Row(string name) => Vm.Profile.Single(row => row.Name == name);

    private static long Accesses(string port) => Vm.PortAccesses.Where(access => access.Port == port).Sum(access => access.Count);

    /// <summary>Opening the card and the connection, and frames without data, take a few more; an ACK may come by itself.</summary>
    private static void AssertPerPacket(int expected, long count) =>
        Assert.InRange(count / (double)Packets, expected, (expected * 1.02) + 0.01);

    private static double Mbps(PcReport sender, PcReport receiver) =>
        receiver.BytesDelivered * 8_000.0 / (receiver.LastByteReceivedNs! - sender.FirstByteSentNs!).Value;

    private static (PcReport Sender, PcReport Receiver) Run(string name, params string[] sets)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(name, sets));
        Assert.Null(failure);
        Assert.NotEqual(false, receiver.PayloadVerified);
        foreach (var pc in new[] { sender, receiver })
            Assert.Equal(pc.VirtualNs, pc.Node.Ledger.Sum(row => row.TimeNs));
        return (sender, receiver);
    }
}
