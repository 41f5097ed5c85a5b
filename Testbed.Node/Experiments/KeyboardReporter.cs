using Testbed.Node.Guest;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>Reads a keyboard's share of a PC's report off its parts.</summary>
internal static class KeyboardReporter
{
    /// <summary>What mask_and_ack_8259A and enable_8259A_irq access for a line of the master's.</summary>
    private const int ControllerAccesses = 4;

    private static readonly bool[] Either = [false, true];

    /// <summary>What came of the typing.</summary>
    public static KeyboardResult Report(PcParts pc, VmParts vm, KeyboardParts keyboard)
    {
        var path = keyboard.Path;
        var cost = Cost(pc, vm, keyboard);
        return new(
            path.Typed,
            path.Delivered,
            path.UnderWay,
            path.Typed - path.Delivered - path.UnderWay,
            path.InOrder,
            new(
                [LatencyFigure.Of("interruptToGuest", path.InterruptToGuest), LatencyFigure.Of("toGuest", path.ToGuest)],
                [.. Enum.GetNames<KeyboardSegment>().Select((name, i) => LatencyFigure.Of(CamelCase(name), path.BySegment[i]))]),
            cost.Sum(row => row.TimeNs),
            cost);
    }

    /// <summary>How often each step was taken for the keyboard, at the step's mean cost.</summary>
    private static KeyboardCost[] Cost(PcParts pc, VmParts vm, KeyboardParts keyboard)
    {
        var terminal = keyboard.Terminal;
        var inVmm = Mean(World.Vmm, "port-access-in-vmm");
        var virtualInterrupts = vm.Vmm.InterruptsDelivered[Keyboard8042.InterruptLine];
        return
        [
            Row("host: interrupt", terminal.Interrupts, Mean(World.Host, "interrupt")),
            Row("host: keyboard", terminal.Codes, Mean(World.Host, "keyboard")),
            Row("vmm: interrupt and world switch", terminal.Exits, Mean(World.Vmm, "host-interrupt") + WorldSwitch.ToHost(pc.Processor, WorldSwitch.ForInterrupt).Mean),
            Row("host: select", terminal.Selects, Mean(World.Host, "vmapp-select")),
            Row("host: world switch back", terminal.Exits, WorldSwitch.ToVmm(pc.Processor, WorldSwitch.ForInterrupt).Mean),
            Row("host: read by VMApp", terminal.Reads, Mean(World.Host, "system-call") + Mean(World.Host, "vmapp-keyboard")),
            Row(
                "vmm: virtual interrupt",
                virtualInterrupts,
                Mean(World.Vmm, "deliver-interrupt") + Guest("interrupt") + (inVmm * ControllerAccesses) + Mean(World.Vmm, "iret")),
            Row("vmm: port access to the 8042", Either.Sum(isWrite => vm.Vmm.Accesses(GuestPort.Keyboard, isWrite, PortHandler.Vmm)), inVmm),
            Row("vmm: guest keyboard", keyboard.Path.Delivered, Guest("keyboard")),
        ];

        Duration Mean(World world, string category) => pc.Processor.Activity(world, category).Mean;
        Duration Guest(string category) => GuestActivities.Of(pc.Processor, category).Mean;
        static KeyboardCost Row(string step, long count, Duration each) => new(step, count, each.Nanoseconds, count * each.Nanoseconds);
    }

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
