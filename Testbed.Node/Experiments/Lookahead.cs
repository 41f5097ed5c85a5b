using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>
/// The least that a PC's software must do before the network card can be told of another frame: the other PC may run that much further ahead. Each
/// bound is a sum of slices that lie on every way there, at the low end of their jitter.
/// </summary>
public sealed class Lookahead
{
    /// <summary>The bounds of a PC.</summary>
    public Lookahead(PcSettings pc)
    {
        // No doorbell but at the end of the driver's slice.
        Driver = Host("driver-transmit");

        // From the VMM's world it is the handler of an interrupt besides, or VMApp's transmit path, if nothing else. A VMM with a driver of its own
        // has that path in its driver's slice, at whose end is the doorbell.
        FromVmm = pc.Vm is null ? Driver
            : IsNativeMonitor(pc) ? Host("vmapp-lance-transmit") + Driver
            : Least(Host("interrupt"), Host("vmapp-lance-transmit")) + Driver;

        Duration Host(string category) => LeastOfHost(pc, category);
    }

    /// <summary>From the end of any slice but the driver's own to its doorbell.</summary>
    public Duration Driver { get; }

    /// <summary>The same while the VMM has the processor.</summary>
    public Duration FromVmm { get; }

    /// <summary>From a frame's last bit to the doorbell of another, or to a milestone, that this one has brought about at a PC.</summary>
    public static Duration Reaction(PcSettings pc, CableSettings cable)
    {
        var reaction = pc.Vm is null ? Answer(pc)
            : IsNativeMonitor(pc) ? OfNativeMonitor(pc)
            : Least(Answer(pc), OfGuest(pc), OfWaitingPackets(pc));

        // A milestone may be reached at once, and its word takes this long.
        return Least(reaction, cable.MilestoneDelay - cable.LeastTimeAcross);
    }

    /// <summary>An answer: the card stores the frame, the driver takes it in, a protocol handles it, and puts out another.</summary>
    private static Duration Answer(PcSettings pc) =>
        pc.Nic.ReceiveLatency
        + LeastOfHost(pc, "driver-receive")
        + Least(LeastOfHost(pc, "tcp-receive"), LeastOfHost(pc, "tcp-receive-ack"), LeastOfHost(pc, "other-receive"))
        + Least(LeastOfHost(pc, "tcp-transmit"), LeastOfHost(pc, "tcp-transmit-ack"), LeastOfHost(pc, "other-transmit"))
        + LeastOfHost(pc, "driver-transmit");

    /// <summary>Its interrupt may also make VMApp find and read a frame that came before, which the guest answers through VMNet.</summary>
    private static Duration OfGuest(PcSettings pc) =>
        LeastOfHost(pc, pc.Vm!.Switches.IrqNotification ? "vmapp-notification-bit" : "vmapp-select") + LeastOfHost(pc, "vmapp-receive") + ThroughVmNet(pc);

    /// <summary>Its interrupt may also make VMApp send what waits to be combined; without a free descriptor there is one at once.</summary>
    private static Duration OfWaitingPackets(PcSettings pc) =>
        Least(LeastOfHost(pc, "interrupt"), LeastOfHost(pc, "driver-receive")) + LeastOfHost(pc, "vmapp-lance-transmit") + ThroughVmNet(pc);

    /// <summary>Without a host: the VMM's handler or its driver takes it in, and then its transmit path puts out another.</summary>
    private static Duration OfNativeMonitor(PcSettings pc) =>
        Least(pc.Costs[(World.Vmm, "host-interrupt")].Least(pc.JitterPpm), LeastOfHost(pc, "driver-receive"))
        + LeastOfHost(pc, "vmapp-lance-transmit")
        + LeastOfHost(pc, "driver-transmit");

    private static Duration ThroughVmNet(PcSettings pc) =>
        LeastOfHost(pc, "system-call")
        + LeastOfHost(pc, pc.Vm!.Switches.PreallocatedSkbuffs ? "vmnet-transmit-preallocated" : "vmnet-transmit")
        + LeastOfHost(pc, "driver-transmit");

    private static bool IsNativeMonitor(PcSettings pc) => pc.Vm?.Switches.Monitor == MonitorKind.Native;

    private static Duration LeastOfHost(PcSettings pc, string category) => pc.Costs[(World.Host, category)].Least(pc.JitterPpm);

    private static Duration Least(params ReadOnlySpan<Duration> durations)
    {
        var least = durations[0];
        foreach (var duration in durations)
            least = duration < least ? duration : least;
        return least;
    }
}
