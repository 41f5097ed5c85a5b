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

        VirtualMachine = Host("vmnet-transmit") + Driver;
        Protocol = Least(Protocol, VirtualMachine);

        // From the VMM's world it is VMApp's part of the virtual card before that, and its write() to VMNet.
        FromVmm = Host("vmapp-lance-transmit") + Host("system-call") + VirtualMachine;

        Duration Host(string category) => pc.Costs[(World.Host, category)].Least(pc.JitterPpm);
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
        // An answer: the card stores the frame, the driver takes it in, a protocol handles it, and puts out another.
        var reaction = pc.Nic.ReceiveLatency
            + Host("driver-receive")
            + Least(Host("tcp-receive"), Host("tcp-receive-ack"), Host("other-receive"))
            + Least(Host("tcp-transmit"), Host("tcp-transmit-ack"), Host("other-transmit"))
            + Host("driver-transmit");

        // Its interrupt may also make VMApp read a frame that came before, which the guest answers through VMNet.
        if (pc.Vm is not null)
        {
            reaction = Least(
                reaction,
                Host("vmapp-select") + Host("vmapp-receive") + Host("system-call") + Host("vmnet-transmit") + Host("driver-transmit"));
        }

        // A milestone may be reached at once, and its word takes this long.
        return Least(reaction, MilestoneReaction(cable));

        Duration Host(string category) => pc.Costs[(World.Host, category)].Least(pc.JitterPpm);
    }

    /// <summary>A milestone that is reached at once is announced as if a frame began this much later.</summary>
    public static Duration MilestoneReaction(CableSettings cable) => cable.MilestoneDelay - cable.LeastTimeAcross;

    private static Duration Least(params ReadOnlySpan<Duration> durations)
    {
        var least = durations[0];
        foreach (var duration in durations)
            least = duration < least ? duration : least;
        return least;
    }
}
