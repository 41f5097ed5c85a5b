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

        // A frame that the driver has not been given yet is put out by a protocol first; VMNet's are put out by VMNet.
        Protocol = Least(Host("tcp-transmit"), Host("tcp-transmit-ack"), Host("other-transmit")) + Driver;
        if (pc.Vm is null)
        {
            VirtualMachine = FromVmm = Protocol;
            return;
        }

        // A VMM without a host has the virtual card's part and the driver's in one slice.
        if (IsNativeMonitor(pc))
        {
            Protocol = VirtualMachine = FromVmm = Host("vmapp-lance-transmit") + Driver;
            return;
        }

        VirtualMachine = Host(VmNetTransmit(pc)) + Driver;
        Protocol = Least(Protocol, VirtualMachine);

        // From the VMM's world it is VMApp's part of the virtual card before that, and its write() to VMNet.
        FromVmm = Host("vmapp-lance-transmit") + Host("system-call") + VirtualMachine;

        Duration Host(string category) => LeastOfHost(pc, category);
    }

    /// <summary>From the end of any slice but the driver's own to its doorbell.</summary>
    public Duration Driver { get; }

    /// <summary>The same for a frame that no protocol has put out yet.</summary>
    public Duration Protocol { get; }

    /// <summary>The same for one of the virtual machine's, from the end of any slice of the host's world but VMNet's and the driver's own.</summary>
    public Duration VirtualMachine { get; }

    /// <summary>The same from the VMM's world.</summary>
    public Duration FromVmm { get; }

    /// <summary>From a frame's last bit to the doorbell of another, or to a milestone, that this one has brought about at a PC.</summary>
    public static Duration Reaction(PcSettings pc, CableSettings cable)
    {
        var reaction = pc.Vm is null ? Answer(pc)
            : IsNativeMonitor(pc) ? OfNativeMonitor(pc)
            : Least(Answer(pc), OfGuest(pc), OfWaitingPackets(pc));

        // A milestone may be reached at once, and its word takes this long.
        return Least(reaction, MilestoneReaction(cable));
    }

    /// <summary>A milestone that is reached at once is announced as if a frame began this much later.</summary>
    /// <remarks>However the wire's rate changes: both terms are constants of the run, and their difference is all that the horizon asks for.</remarks>
    public static Duration MilestoneReaction(CableSettings cable) => cable.MilestoneDelay - cable.LeastTimeAcross;

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
        + LeastOfHost(pc, VmNetTransmit(pc))
        + LeastOfHost(pc, "driver-transmit");

    private static string VmNetTransmit(PcSettings pc) => pc.Vm!.Switches.PreallocatedSkbuffs ? "vmnet-transmit-preallocated" : "vmnet-transmit";

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
