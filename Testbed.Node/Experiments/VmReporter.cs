using Testbed.Node.Hardware;
using Testbed.Node.Measuring;
using Testbed.Node.Results;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>Reads a virtual machine's share of a PC's report off its parts.</summary>
internal static class VmReporter
{
    private static readonly bool[] Either = [false, true];

    /// <summary>What the run came to in the virtual machine.</summary>
    /// <param name="pc">The PC.</param>
    /// <param name="vm">Its virtual machine.</param>
    /// <param name="cpu">The PC's ledger over the measured interval.</param>
    public static VmResult Report(PcParts pc, VmParts vm, IReadOnlyList<CpuRow> cpu) => new(
        vm.Settings.Switches.IsWorkstation20 ? ExecutionProfile.Of(cpu) : [.. OptimizedProfile.Of(cpu), .. ExecutionProfile.Of(cpu)],
        Transmission(vm.Transmission),
        new([LatencyFigure.Of("toWire", vm.Sending.ToWire)], Segments<SendingSegment>(vm.Sending.BySegment)),
        Reception(vm.Reception),
        PortAccesses(vm.Vmm),
        new() { ["portAccess"] = vm.Vmm.SwitchesForPortAccess, ["interrupt"] = vm.Vmm.SwitchesForInterrupt },
        Interrupts(pc, vm),
        Counters(vm));

    private static LatencyPath Transmission(TransmissionPath path) => new(
        [
            LatencyFigure.Of("toWire", path.ToWire),
            LatencyFigure.Of("total", path.Total),
            LatencyFigure.Of("switchesAndHost", path.SwitchesAndHost),
            LatencyFigure.Of("transmitting", path.Transmitting),
            LatencyFigure.Of("overhead", path.Overhead),
            LatencyFigure.Of("worldSwitch", path.BySegment[(int)TransmissionSegment.WorldSwitch]),
        ],
        Segments<TransmissionSegment>(path.BySegment));

    private static LatencyPath Reception(ReceptionPath path) => new(
        [LatencyFigure.Of("toGuest", path.ToGuest), LatencyFigure.Of("toProgram", path.ToProgram)],
        Segments<ReceptionSegment>(path.BySegment));

    private static LatencyFigure[] Segments<T>(IReadOnlyList<LatencyHistogram> bySegment)
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select((name, i) => LatencyFigure.Of(CamelCase(name), bySegment[i]))];

    private static PortAccessCount[] PortAccesses(VmmCounters counters) =>
    [
        .. from port in Enum.GetValues<GuestPort>()
           from isWrite in Either
           from handler in Enum.GetValues<PortHandler>()
           let count = counters.Accesses(port, isWrite, handler)
           where count > 0
           select new PortAccessCount(Name(port), isWrite ? "out" : "in", Name(handler), count),
    ];

    private static string Name(GuestPort port) => port switch
    {
        GuestPort.LanceAddress => "Lance RAP",
        GuestPort.LanceData => "Lance RDP",
        GuestPort.LanceOther => "Lance, other",
        GuestPort.InterruptController => "8259",
        GuestPort.Vmxnet => "vmxnet",
        GuestPort.Keyboard => "8042",
        _ => "other",
    };

    private static string Name(PortHandler handler) => handler switch
    {
        PortHandler.Vmm => "vmm",
        PortHandler.Mov => "mov",
        _ => "vmapp",
    };

    private static CounterDictionary Interrupts(PcParts pc, VmParts vm)
    {
        var counters = new CounterDictionary();
        Add("real", pc.Pic.Acknowledged);
        Add("virtual", vm.Vmm.InterruptsDelivered);
        return counters;

        void Add(string kind, IReadOnlyList<long> byLine)
        {
            for (var line = 0; line < Pic8259.Lines; line++)
            {
                if (byLine[line] > 0)
                    counters[$"{kind}{line}"] = byLine[line];
            }
        }
    }

    private static CounterDictionary Counters(VmParts vm)
    {
        var counters = new CounterDictionary
        {
            ["selects"] = vm.VmNet.Selects,
            ["selectsInVain"] = vm.VmNet.SelectsInVain,
            ["vmnetFramesSent"] = vm.VmNet.FramesSent,
            ["vmnetFramesRead"] = vm.VmNet.FramesRead,
            ["vmnetQueueFullDrops"] = vm.VmNet.QueueFullDrops,
            ["vmnetNoBufferDrops"] = vm.VmNet.NoBufferDrops,
            ["vmnetRestartDrops"] = vm.VmNet.RestartDrops,
            ["vmnetCopiedBytes"] = vm.VmNet.BytesCopied,
            ["packetsLeftWaiting"] = vm.Vmm.PacketsLeftWaiting,
            ["switchesForced"] = vm.Vmm.SwitchesForced,
            ["guestBacklogDrops"] = vm.Kernel.BacklogDrops,
            ["guestDeviceQueueDrops"] = vm.Kernel.DeviceQueueDrops,
            ["guestNoBufferDrops"] = vm.Kernel.NoBufferDrops,
            ["guestCardResets"] = vm.Kernel.CardResets,
            ["guestResetDrops"] = vm.Kernel.ResetDrops,
            ["guestProcessSwitches"] = vm.Kernel.ProcessSwitches,
        };
        switch (vm.Nic)
        {
            case Lance { Counters: var lance }:
                Add("lance", lance.FramesSent, lance.FramesReceived, lance.Missed, lance.Filtered);
                break;
            case Vmxnet { Counters: var vmxnet }:
                Add("vmxnet", vmxnet.FramesSent, vmxnet.FramesReceived, vmxnet.Missed, vmxnet.Filtered);
                break;
            default:
                break;
        }

        return counters;

        void Add(string card, long sent, long received, long missed, long filtered)
        {
            counters[$"{card}FramesSent"] = sent;
            counters[$"{card}FramesReceived"] = received;
            counters[$"{card}Missed"] = missed;
            counters[$"{card}Filtered"] = filtered;
        }
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
