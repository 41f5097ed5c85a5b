using Testbed.Node.Cable;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Experiments;

/// <summary>What the other PC takes in without an answer, as it reported it.</summary>
public sealed class SilentPeer : ISilence
{
    private SilentReception _reception;

    private SilentPeer(SilentReception reception) => _reception = reception;

    /// <inheritdoc/>
    public bool Takes(ReadOnlyMemory<byte> frame) => _reception.Takes(frame);

    /// <summary>The report of a PC.</summary>
    /// <param name="reception">The state of its connection.</param>
    /// <param name="framesTaken">The frames that are in it.</param>
    /// <param name="nextStart">When it can begin a frame if it takes all others that have come in silence.</param>
    /// <param name="nextTick">The next tick of its timer.</param>
    internal static Silence ToWire(in SilentReception reception, long framesTaken, Instant nextStart, Instant nextTick)
    {
        var silence = new Silence
        {
            FramesTaken = framesTaken,
            NextStartNs = nextStart.Nanoseconds,
            NextTickNs = nextTick.Nanoseconds,
            Ports = ((uint)reception.Endpoints.RemotePort << 16) | reception.Endpoints.LocalPort,
            Next = reception.Next,
            Acknowledgment = reception.Acknowledgment,
            LastAcknowledged = reception.LastAcknowledged,
            SegmentSize = reception.PeerSegments.Size,
            LastLength = reception.PeerSegments.Last,
            SegmentsLeft = reception.SegmentsLeft,
            BytesLeft = reception.BytesLeft,
            TruesizeLeft = reception.TruesizeLeft,
        };
        if (reception.LeastTimestamp is { } least)
            silence.LeastTimestamp = least;
        return silence;
    }

    /// <summary>What is known of the PC that plays a role in an experiment.</summary>
    public static PeerOutlook Outlook(ExperimentSettings experiment, Role role)
    {
        var pc = experiment.Pc(role);
        var other = experiment.Pc(role == Role.Sender ? Role.Receiver : Role.Sender);
        var reaction = Lookahead.Reaction(pc, experiment.Cable);

        // A frame may bring the card a doorbell that a fault held back until it came.
        if (experiment.Faults is not null && pc.Nic.TransmitLatency < reaction)
            reaction = pc.Nic.TransmitLatency;
        return new(
            reaction,
            Lookahead.MilestoneReaction(experiment.Cable),
            pc.TickPeriod,
            new Lookahead(pc).Protocol,
            Math.Min(pc.Nic.ReceiveRing, LinuxKernel.MaxBacklog),
            silence => new SilentPeer(FromWire(silence, pc.Inet, other.ProgramInet.Address)));
    }

    private static SilentReception FromWire(Silence silence, InetSettings self, Ipv4Address remote) => new()
    {
        Mac = self.Mac,
        Endpoints = new TcpEndpoints(self.Address, (ushort)silence.Ports, remote, (ushort)(silence.Ports >> 16)),
        Next = silence.Next,
        Acknowledgment = silence.Acknowledgment,
        LeastTimestamp = silence.HasLeastTimestamp ? silence.LeastTimestamp : null,
        LastAcknowledged = silence.LastAcknowledged,
        PeerSegments = new PeerSegments(silence.SegmentSize, silence.LastLength),
        SegmentsLeft = silence.SegmentsLeft,
        BytesLeft = silence.BytesLeft,
        TruesizeLeft = silence.TruesizeLeft,
    };
}
