using CsCheck;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Tests.Experiments;

/// <summary>What each of the paper's optimizations and proposals changes in the path of a packet, and that nothing else changes (paper, sections 5 and 6).</summary>
public sealed class SwitchTests
{
    public static TheoryData<string> Systems => new(new ExperimentCatalog(Path.Combine(AppContext.BaseDirectory, "config")).Systems.Where(s => s != "native"));

    [Fact]
    public void Optimized_it_saturates_the_link_as_the_native_PC_does_and_its_processor_is_not_the_bound()
    {
        var native = Run("native-733-to-350", "nettest.bytes=32MiB");
        var optimized = Run("opt-vm733-to-350", "nettest.bytes=32MiB");
        Assert.InRange(Mbps(optimized) / Mbps(native), 0.99, 1.0);
        Assert.InRange(optimized.Sender.Node.IdlePercent, 10, 100);
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public void No_cost_changes_with_a_system(string system) => Assert.Equal(
        Experiment.Settings("vm733-to-350").Sender.Costs.OrderBy(cost => cost.Key),
        Experiment.Settings("vm733-to-350", $"sender.system={system}").Sender.Costs.OrderBy(cost => cost.Key));

    [Theory]
    [InlineData("workstation-2.0", true)]
    [InlineData("optimized", false)]
    [InlineData("proposed-native-monitor", false)]
    public void A_system_is_its_switches(string system, bool isWorkstation20)
    {
        Assert.Equal(isWorkstation20, Switches($"sender.system={system}").IsWorkstation20);
        Assert.Equal(
            Switches("sender.system=optimized"),
            Switches(
                "sender.system=workstation-2.0", "sender.vm.io-in-vmm=on", "sender.vm.address-port-as-mov=on", "sender.vm.send-combining=on", "sender.vm.irq-notification=on"));
    }

    [Fact]
    public void With_io_in_vmm_only_what_starts_a_transmission_switches()
    {
        var before = Vm("workstation-2.0");
        var node = Node("workstation-2.0", "sender.vm.io-in-vmm=on");
        var vm = node.Vm!;
        Assert.Equal(0, Accesses(before, "Lance RDP", "vmm"));
        Assert.Equal(vm.Counters["lanceFramesSent"], Accesses(vm, "Lance RDP", "vmapp"));
        Assert.Equal(vm.WorldSwitches["portAccess"], Accesses(vm, "Lance RDP", "vmapp") + Accesses(vm, "Lance, other", "vmapp"));
        Assert.True(Accesses(vm, "Lance RDP", "vmm") > 2 * Accesses(vm, "Lance RDP", "vmapp"));
        Assert.InRange(Each(node, "lance-data-port"), 1_040, 1_060);
    }

    [Fact]
    public void With_address_port_as_mov_an_access_to_it_costs_a_MOV()
    {
        var before = Node("workstation-2.0");
        var after = Node("workstation-2.0", "sender.vm.address-port-as-mov=on");
        Assert.Equal(0, Accesses(before.Vm!, "Lance RAP", "mov"));
        Assert.Equal(0, Accesses(after.Vm!, "Lance RAP", "vmm"));
        Assert.True(Accesses(after.Vm!, "Lance RAP", "mov") > 5000);
        Assert.InRange(Each(before, "lance-address-port"), 730, 750);
        Assert.InRange(Each(after, "lance-address-port"), 19, 21);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void With_send_combining_a_queue_at_its_limit_forces_a_switch(int limit)
    {
        // Whatever the rate: only the limit or an interrupt makes a switch. At the run's end some may still wait.
        var vm = Vm("optimized", "sender.vm.send-combining-threshold=0", $"sender.vm.send-combining-queue={limit}", "pcs.pc-733.nic.transmit-ring=4");
        Assert.True(vm.Counters["switchesForced"] > 10);
        Assert.Equal(vm.Counters["switchesForced"], Accesses(vm, "Lance RDP", "vmapp"));
        Assert.InRange(vm.Counters["packetsLeftWaiting"] + vm.Counters["switchesForced"] - vm.Counters["lanceFramesSent"], 0, limit - 1);
        Assert.True(vm.Counters["packetsLeftWaiting"] >= (limit - 1) * vm.Counters["switchesForced"]);
    }

    [Fact]
    public void With_send_combining_a_packet_leaves_at_once_while_world_switches_are_rare()
    {
        var vm = Run("vm-ping", "sender.system=optimized", "ping.count=20").Sender.Node.Vm!;
        Assert.Equal(0, vm.Counters["packetsLeftWaiting"]);
        Assert.InRange(vm.Sending.Totals.Single().MaxNs, 0, 100_000);
    }

    [Fact]
    public void The_host_timer_s_tick_bounds_how_long_a_packet_waits()
    {
        // Nothing else happens that would take a request along: it waits for the tick after it.
        var vm = Run("vm-ping", "sender.system=optimized", "ping.count=20", "sender.vm.send-combining-threshold=0").Sender.Node.Vm!;
        Assert.True(vm.Counters["packetsLeftWaiting"] >= 20);
        Assert.Equal(0, vm.Counters["switchesForced"]);
        var waiting = vm.Sending.Segments.Single(segment => segment.Name == "vmm");
        Assert.InRange(waiting.MedianNs, 5_000_000, 10_000_000);
        Assert.InRange(waiting.MaxNs, 5_000_000, 10_010_000);
    }

    [Fact]
    public void With_irq_notification_VMApp_looks_at_a_bit_and_never_calls_select()
    {
        var before = Vm("workstation-2.0");
        var node = Node("workstation-2.0", "sender.vm.irq-notification=on");
        var vm = node.Vm!;
        Assert.True(before.Counters["selectsInVain"] > 300);
        Assert.Equal((0, 0), (vm.Counters["selects"], vm.Counters["selectsInVain"]));
        Assert.True(vm.Counters["vmnetFramesRead"] > 200);
        Assert.InRange(Each(node, "vmapp-notification-bit"), 48, 52);
    }

    [Fact]
    public void With_pic_as_mov_one_of_the_five_accesses_of_an_interrupt_is_a_MOV()
    {
        var before = Vm("optimized");
        var vm = Vm("optimized", "sender.vm.pic-as-mov=on");
        Assert.Equal(0, Accesses(before, "8259", "mov"));
        Assert.Equal(vm.Interrupts["virtual10"] + vm.Interrupts["virtual0"], Accesses(vm, "8259", "mov"));
        Assert.Equal((4 * vm.Interrupts["virtual10"]) + (3 * vm.Interrupts["virtual0"]) + 12, Accesses(vm, "8259", "vmm"));
    }

    [Fact]
    public void With_idle_keeps_page_table_the_idle_task_costs_no_change_of_page_tables()
    {
        var before = Run("vm733-to-350", "nettest.bytes=1MiB", "sender.system=optimized").Sender.Node;
        var after = Run("vm733-to-350", "nettest.bytes=1MiB", "sender.system=optimized", "sender.vm.idle-keeps-page-table=on").Sender.Node;
        Assert.Equal(before.Vm!.Counters["guestProcessSwitches"], Whole(before, "page-table-switch"));
        Assert.True(after.Vm!.Counters["guestProcessSwitches"] > 100);

        // The guest has one process, whose page tables stay.
        Assert.Equal(1, Whole(after, "page-table-switch"));
    }

    [Fact]
    public void A_vmxnet_packet_is_one_OUT_and_no_interrupt()
    {
        var vm = Vm("proposed-vmxnet", "pcs.pc-733.vm.nic.transmit-ring=512");
        const int Opening = 3;
        const int MayStillWait = 2;
        var accesses = Accesses(vm, "vmxnet", "vmm") + Accesses(vm, "vmxnet", "vmapp");
        Assert.InRange(accesses - vm.Counters["vmxnetFramesSent"], Opening, Opening + MayStillWait);
        Assert.All(vm.PortAccesses.Where(access => access.Port != "8259"), access => Assert.Equal(("vmxnet", "out"), (access.Port, access.Direction)));
        Assert.InRange(vm.Interrupts["virtual10"], 1, vm.Counters["vmxnetFramesReceived"]);
    }

    [Fact]
    public void A_vmxnet_interrupts_for_room_only_when_its_ring_was_full()
    {
        // All is sent at once, and received in the end only: whatever interrupts there are meanwhile are for room.
        var vm = Vm("proposed-vmxnet", "pcs.pc-733.vm.nic.transmit-ring=1");
        Assert.True(vm.Interrupts["virtual10"] >= vm.Counters["vmxnetFramesSent"] / 2);
    }

    [Fact]
    public void With_preallocated_skbuffs_VMNet_copies_nothing_of_a_packet_out()
    {
        const int LongestAck = 80;
        var before = Vm("optimized");
        var vm = Vm("optimized", "sender.vm.preallocated-skbuffs=on");
        Assert.True(before.Counters["vmnetCopiedBytes"] > 1 << 20);
        Assert.InRange(vm.Counters["vmnetCopiedBytes"], 0, vm.Counters["vmnetFramesRead"] * LongestAck);
        Assert.Equal(before.Counters["vmnetFramesSent"], vm.Counters["vmnetFramesSent"]);
    }

    [Fact]
    public void With_preallocated_skbuffs_the_guest_has_its_buffer_back_when_the_card_has_read_it()
    {
        // The guest's ring is the shorter one: it is full while the card sends.
        var vm = Vm("workstation-2.0", "sender.vm.preallocated-skbuffs=on", "pcs.pc-733.vm.nic.transmit-ring=2", "cable.rate=10 Mb/s");
        Assert.InRange(vm.Sending.Segments.Single(segment => segment.Name == "card").MaxNs, 0, 2 * 1538 * 800);
    }

    [Theory]
    [InlineData("vm733-to-350", "sender")]
    [InlineData("350-to-vm733", "receiver")]
    public void A_native_monitor_makes_no_world_switch_and_has_no_host(string experiment, string role)
    {
        var run = Run(experiment, "nettest.bytes=1MiB", $"{role}.system=proposed-native-monitor");
        var node = (role == "sender" ? run.Sender : run.Receiver).Node;
        Assert.All(node.Vm!.WorldSwitches, count => Assert.Equal(0, count.Value));
        Assert.All(node.Vm.PortAccesses, access => Assert.NotEqual("vmapp", access.HandledBy));
        Assert.DoesNotContain(node.Ledger, row => row.World == "host");
        Assert.Equal(0, node.Vm.Counters["vmnetFramesSent"] + node.Vm.Counters["vmnetFramesRead"] + node.Vm.Counters["selects"]);
        Assert.True(node.Vm.Reception.Totals.Single(total => total.Name == "toGuest").Count > 100);
    }

    [Fact]
    public void A_native_monitor_leaves_packets_in_the_guest_s_ring_while_the_card_s_is_full()
    {
        var vm = Vm("proposed-native-monitor", "pcs.pc-733.nic.transmit-ring=4", "pcs.pc-733.vm.nic.transmit-ring=64");
        var inVmm = vm.Sending.Segments.Single(segment => segment.Name == "vmm");
        Assert.True(inVmm.MedianNs > 500_000);
        Assert.Equal(vm.Counters["lanceFramesSent"], inVmm.Count);
    }

    [Theory]
    [InlineData("workstation-2.0", "sender.vm.monitor=native", "sender.vm.io-in-vmm = off: with sender.vm.monitor = native there is no VMApp")]
    [InlineData("optimized", "sender.vm.monitor=native", "sender.vm.send-combining = on: with sender.vm.monitor = native there is no world switch")]
    [InlineData("proposed-native-monitor", "sender.vm.irq-notification=on", "--set sender.vm.irq-notification=on: with sender.vm.monitor = native there is no VMApp")]
    [InlineData("proposed-native-monitor", "sender.vm.preallocated-skbuffs=on", "--set sender.vm.preallocated-skbuffs=on: with sender.vm.monitor = native there is no VMNet")]
    [InlineData("proposed-native-monitor", "sender.vm.select-interval=1 ms", "--set sender.vm.select-interval=1 ms: with sender.vm.monitor = native there is no VMApp")]
    [InlineData("optimized", "sender.vm.select-interval=1 ms", "--set sender.vm.select-interval=1 ms: with sender.vm.irq-notification = on VMApp never calls select()")]
    public void What_cannot_be_together_is_refused_in_one_line_that_names_both(string system, string set, string expected)
    {
        var refused = Assert.Throws<ConfigurationException>(() => Experiment.Settings("vm733-to-350", $"sender.system={system}", set)).Message;
        Assert.Contains(expected, refused, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused);
    }

    [Fact]
    public void In_any_combination_that_is_not_refused_every_byte_arrives_and_the_ledger_is_exact()
    {
        var combination = Gen.Select(Gen.Bool.Array[6], Gen.Int[0, 2], Gen.Bool, Gen.Int[1, 4]).Select((on, monitor, vmxnet, limit) => (on, monitor, vmxnet, limit));
        Gen.Select(combination, combination, Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[0, 1_000_000]).Sample(
            (sender, receiver, loss, ring, seed) =>
            {
                string[] sets =
                [
                    .. Sets("sender", sender), .. Sets("receiver", receiver),
                    "nettest.bytes=60KiB", $"cable.loss={loss} %", $"pcs.pc-733.vm.nic.transmit-ring={1 << ring}", $"seed={seed}",
                ];
                if (IsContradiction(sender) || IsContradiction(receiver))
                {
                    Assert.Throws<ConfigurationException>(() => Experiment.Settings("vm733-to-vm350", sets));
                    return;
                }

                var (one, other) = Run("vm733-to-vm350", sets);
                Assert.Equal(60 << 10, other.BytesDelivered);
                foreach (var node in new[] { one.Node, other.Node })
                {
                    // What the guest sent is on the wire, but for what the wire had still to send.
                    var card = node.Vm!.Counters.ContainsKey("vmxnetFramesSent") ? "vmxnet" : "lance";
                    Assert.InRange(node.Nic["framesSent"] - node.Vm.Counters[$"{card}FramesSent"], -2, 600);
                    Assert.Equal(
                        node.Cpu.Sum(row => row.TimeUs), node.Vm.Profile.Where(row => row.Column == "total").Sum(row => row.TimeUs));
                }
            },
            iter: 40);

        static string[] Sets(string role, (bool[] On, int Monitor, bool Vmxnet, int Limit) of) =>
        [
            $"{role}.system=workstation-2.0",
            Set(role, "io-in-vmm", of.On[0]), Set(role, "address-port-as-mov", of.On[1]), Set(role, "send-combining", of.On[2]),
            Set(role, "irq-notification", of.On[3]), Set(role, "pic-as-mov", of.On[4]), Set(role, "idle-keeps-page-table", !of.On[4]),
            Set(role, "preallocated-skbuffs", of.On[5]), $"{role}.vm.nic={(of.Vmxnet ? "vmxnet" : "lance")}",
            $"{role}.vm.monitor={(of.Monitor == 0 ? "native" : "hosted")}", $"{role}.vm.select-interval={(of.Monitor == 1 ? "300 us" : "0 ns")}",
            $"{role}.vm.send-combining-queue={of.Limit}", $"{role}.vm.send-combining-threshold={of.Limit * 300}",
        ];

        static string Set(string role, string key, bool on) => $"{role}.vm.{key}={(on ? "on" : "off")}";

        static bool IsContradiction((bool[] On, int Monitor, bool Vmxnet, int Limit) of) =>
            of.Monitor == 0 ? !of.On[0] || of.On[2] || of.On[3] || of.On[5] : of.Monitor == 1 && of.On[3];
    }

    [Theory]
    [MemberData(nameof(Systems))]
    public async Task Two_timelines_give_what_one_gives_on_every_system(string system)
    {
        foreach (var (name, sets) in new (string, string[])[]
        {
            ("vm733-to-350", [$"sender.system={system}", "nettest.bytes=100KiB"]),
            ("350-to-vm733", [$"receiver.system={system}", "nettest.bytes=60KiB", "cable.loss=0.02"]),
            ("vm733-to-vm350", [$"sender.system={system}", $"receiver.system={system}", "nettest.bytes=40KiB", "cable.rate=1 Gb/s", "cable.delay=0"]),
            ("vm-ping", [$"sender.system={system}", "ping.count=5", "jitter=50 %"]),
        })
        {
            var settings = Experiment.Settings(name, sets);
            var one = Experiment.OnOneTimeline(settings);
            Assert.Null(one.Failure);
            var two = await Experiment.OnTwoTimelinesAsync(settings);
            Assert.True(two.Sender.Failure is null, $"{name}: {two.Sender.Failure}");
            Assert.Equal(one.Sender.ToJson(), two.Sender.DeterministicJson);
            Assert.Equal(one.Receiver.ToJson(), two.Receiver.DeterministicJson);
        }
    }

    private static VmSwitches Switches(params string[] sets) => Experiment.Settings("vm733-to-350", sets).Sender.Vm!.Switches;

    private static VmResult Vm(string system, params string[] sets) => Node(system, sets).Vm!;

    private static NodeResult Node(string system, params string[] sets) =>
        Run("vm733-to-350", ["nettest.bytes=1MiB", $"sender.system={system}", .. sets]).Sender.Node;

    private static long Accesses(VmResult vm, string port, string handler) =>
        vm.PortAccesses.Where(access => access.Port == port && access.HandledBy == handler).Sum(access => access.Count);

    /// <summary>What a category takes each time, in nanoseconds.</summary>
    private static long Each(NodeResult node, string category) => node.Ledger.Where(row => row.Category == category).Sum(row => row.TimeNs) / Whole(node, category);

    private static long Whole(NodeResult node, string category) => node.Ledger.Where(row => row.Category == category).Sum(row => row.Count);

    private static double Mbps((PcReport Sender, PcReport Receiver) run) =>
        run.Receiver.BytesDelivered * 8_000.0 / (run.Receiver.LastByteReceivedNs! - run.Sender.FirstByteSentNs!).Value;

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
