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

        // From the VMM's world it is the handler of an interrupt besides, or VMApp's transmit path, if nothing else.
        FromVmm = pc.Vm is null ? Driver : Least(Host("interrupt"), Host("vmapp-lance-transmit")) + Driver;

        Duration Host(string category) => pc.Costs[(World.Host, category)].Least(pc.JitterPpm);
    }

    /// <summary>From the end of any slice but the driver's own to its doorbell.</summary>
    public Duration Driver { get; }

    /// <summary>The same while the VMM has the processor.</summary>
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
        return Least(reaction, cable.MilestoneDelay - cable.LeastTimeAcross);

        Duration Host(string category) => pc.Costs[(World.Host, category)].Least(pc.JitterPpm);
    }

    private static Duration Least(params ReadOnlySpan<Duration> durations)
    {
        var least = durations[0];
        foreach (var duration in durations)
            least = duration < least ? duration : least;
        return least;
    }
}
