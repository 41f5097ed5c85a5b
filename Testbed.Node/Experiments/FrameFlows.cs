using Testbed.Node.Faults;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Results;

namespace Testbed.Node.Experiments;

/// <summary>The links and queues that frames pass at one PC, as their two ends have counted them.</summary>
internal static class FrameFlows
{
    /// <summary>What a thread of control carries: one frame at a time.</summary>
    private const int InHand = 1;

    /// <summary>All of a PC's, in the order of a frame's way: in, then out.</summary>
    /// <param name="parts">The PC, whose run has stopped.</param>
    public static IReadOnlyList<FrameFlow> Of(PcParts parts)
    {
        var chip = parts.Chip;
        var nic = chip.Counters;
        List<FrameFlow> flows =
        [
            NetworkCard(parts),
            new("receive ring", nic.FramesReceived, 0, nic.FramesTaken, [], chip.FramesInReceiveRing, chip.FramesInReceiveRing, chip.ReceiveRing.Length),
        ];
        var isHosted = parts.Vm?.Settings.Switches.Monitor != MonitorKind.Native;
        if (isHosted)
            flows.AddRange(Receiving("", nic.FramesTaken, parts.Kernel));
        if (parts.Vm is { } vm)
        {
            if (isHosted)
                flows.Add(VmNet(parts, vm));
            flows.AddRange(VirtualCard(vm, isHosted ? vm.VmNet.FramesTaken : nic.FramesTaken, isHosted ? InHand : chip.ReceiveRing.Length));
            if (isHosted)
                flows.Add(FrameFlow.Link(
                    "virtual card to VMNet", Fetched(vm), vm.VmNet.FramesSent, InHand, new() { ["noBuffer"] = vm.VmNet.NoBufferDropsOut }));
        }

        if (isHosted)
            flows.Add(DeviceQueue("", parts.Kernel));
        var given = isHosted ? parts.Kernel.FramesToDriver : Fetched(parts.Vm!);
        flows.Add(new("transmit ring", given, nic.SentAgain, nic.FramesSent, [], chip.FramesInTransmitRing, chip.FramesInTransmitRing, chip.TransmitRing.Length));
        flows.Add(FrameFlow.Link("network card to cable", nic.FramesSent, parts.Cable.Frames, 0));
        if (parts.Faults is { } faults)
            flows.AddRange(faults.Mailboxes.Select(mailbox => new FrameFlow($"mailbox of {mailbox.Name}", 0, 0, 0, [], 0, mailbox.Most, mailbox.Bound)));
        return flows;
    }

    private static FrameFlow NetworkCard(PcParts parts)
    {
        var (chip, nic) = (parts.Chip, parts.Chip.Counters);
        var faults = Faulted(parts, "nic");
        var inFlight = chip.FramesBeingStored + faults.Held;
        return new(
            "network card",
            parts.Cable.Arrived,
            faults.Duplicated,
            nic.FramesReceived,
            new()
            {
                ["fcsErrors"] = nic.FcsErrors,
                ["filtered"] = nic.Filtered,
                ["ringFull"] = nic.RingFullDrops,
                ["overruns"] = nic.Overruns,
                ["receiverIdle"] = nic.ReceiverIdleDrops,
                ["faults"] = faults.Dropped,
            },
            inFlight,
            chip.FramesBeingStored,
            chip.ReceiveRing.Length);
    }

    private static IEnumerable<FrameFlow> Receiving(string whose, long taken, KernelCounters kernel) =>
    [
        FrameFlow.Link($"{whose}driver", taken, kernel.FramesReceived, InHand),
        new(
            $"{whose}backlog",
            kernel.FramesReceived,
            0,
            kernel.FramesBegun,
            new() { ["full"] = kernel.BacklogDrops },
            kernel.Backlog,
            kernel.MostBacklog,
            LinuxKernel.MaxBacklog),
        FrameFlow.Link($"{whose}bottom half", kernel.FramesBegun, kernel.FramesHandled, InHand),
    ];

    private static FrameFlow DeviceQueue(string whose, KernelCounters kernel) => new(
        $"{whose}device queue",
        kernel.FramesToDevice,
        0,
        kernel.FramesToDriver,
        new() { ["full"] = kernel.DeviceQueueDrops },
        kernel.DeviceQueue,
        kernel.MostInDeviceQueue,
        LinuxKernel.MaxDeviceQueue);

    private static FrameFlow VmNet(PcParts parts, VmParts vm)
    {
        var faults = Faulted(parts, "vmnet");
        return new(
            "VMNet's queue",
            parts.Kernel.FramesToVmNet,
            faults.Duplicated,
            vm.VmNet.FramesTaken,
            new() { ["full"] = vm.VmNet.QueueFullDrops, ["noBuffer"] = vm.VmNet.NoBufferDrops - vm.VmNet.NoBufferDropsOut, ["restart"] = vm.VmNet.RestartDrops, ["faults"] = faults.Dropped },
            vm.VmNet.Waiting + faults.Held,
            vm.VmNet.MostWaiting,
            vm.Settings.VmNetQueue);
    }

    /// <summary>The virtual network card and the guest's kernel behind it.</summary>
    /// <param name="vm">The virtual machine.</param>
    /// <param name="forCard">Frames that were on their way to the card.</param>
    /// <param name="inHand">How many may be neither here nor there.</param>
    private static IEnumerable<FrameFlow> VirtualCard(VmParts vm, long forCard, int inHand)
    {
        var (stored, dropped) = vm.Nic switch
        {
            Lance { Counters: var lance } => (lance.FramesReceived, new CounterDictionary
            {
                ["cutOff"] = lance.CutOff,
                ["filtered"] = lance.Filtered,
                ["missed"] = lance.Missed,
                ["receiverOff"] = lance.ReceiverOff,
            }),
            Vmxnet { Counters: var vmxnet } => (vmxnet.FramesReceived, new() { ["filtered"] = vmxnet.Filtered, ["missed"] = vmxnet.Missed }),
            _ => (forCard, []),
        };
        var (receiveRing, transmitRing) = (vm.Settings.Nic.ReceiveRing, vm.Settings.Nic.TransmitRing);
        return
        [
            FrameFlow.Link("to virtual card", forCard, stored + dropped.Values.Sum(), inHand),
            new("virtual card", stored + dropped.Values.Sum(), 0, stored, dropped, 0, 0, 0),
            FrameFlow.Link(
                "guest's receive ring",
                stored,
                vm.Kernel.FramesReceived,
                receiveRing + InHand,
                new() { ["noBuffer"] = vm.Kernel.NoBufferDropsIn, ["reset"] = vm.Kernel.ResetDrops }),
            .. Receiving("guest's ", vm.Kernel.FramesReceived, vm.Kernel).Skip(1),
            DeviceQueue("guest's ", vm.Kernel),
            FrameFlow.Link(
                "guest's transmit ring",
                vm.Kernel.FramesToDriver,
                Fetched(vm),
                transmitRing,
                new() { ["reset"] = Math.Max(0, vm.Kernel.ResetTransmitDrops - Aborted(vm)) }),
        ];
    }

    private static long Aborted(VmParts vm) => vm.Nic is Lance lance ? lance.Counters.Aborted : 0;

    private static long Fetched(VmParts vm) => vm.Nic switch
    {
        Lance lance => lance.Counters.FramesFetched,
        Vmxnet vmxnet => vmxnet.Counters.FramesFetched,
        _ => vm.Kernel.FramesToDriver,
    };

    private static FaultedFrames Faulted(PcParts parts, string actor) => parts.Faults?.FramesTo(actor) ?? new();
}
