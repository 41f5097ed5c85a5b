namespace Testbed.Node.Network.Tcp;

/// <summary>What TCP did; of one connection or summed over a stack's.</summary>
public record struct TcpCounters
{
    /// <summary>Segments sent, of every kind.</summary>
    public long SegmentsSent { get; set; }

    /// <summary>Segments received that passed the checksum.</summary>
    public long SegmentsReceived { get; set; }

    /// <summary>Segments sent with payload, repetitions included.</summary>
    public long DataSegmentsSent { get; set; }

    /// <summary>Segments received with payload, repetitions included.</summary>
    public long DataSegmentsReceived { get; set; }

    /// <summary>Payload bytes sent, repetitions excluded.</summary>
    public long BytesSent { get; set; }

    /// <summary>Payload bytes received in order, each once.</summary>
    public long BytesReceived { get; set; }

    /// <summary>Segments sent without payload, SYN or FIN: ACKs, window updates and probes.</summary>
    public long AcksSent { get; set; }

    /// <summary>Segments received without payload, SYN or FIN.</summary>
    public long AcksReceived { get; set; }

    /// <summary>Segments sent again.</summary>
    public long Retransmissions { get; set; }

    /// <summary>Retransmission timeouts.</summary>
    public long RetransmissionTimeouts { get; set; }

    /// <summary>Fast retransmissions begun (RFC 5681: the third duplicate ACK).</summary>
    public long FastRetransmits { get; set; }

    /// <summary>Duplicate ACKs received.</summary>
    public long DuplicateAcks { get; set; }

    /// <summary>ACKs that the delay timer sent.</summary>
    public long DelayedAcks { get; set; }

    /// <summary>ACKs sent because the reader had made room.</summary>
    public long WindowUpdates { get; set; }

    /// <summary>Segments that arrived before their turn and were kept.</summary>
    public long OutOfOrder { get; set; }

    /// <summary>Out-of-order segments thrown away because the receive buffer was overfull.</summary>
    public long Pruned { get; set; }

    /// <summary>Segments dropped because the receive buffer was overfull.</summary>
    public long ReceiveBufferDrops { get; set; }

    /// <summary>Segments with nothing new in them, or outside of the window.</summary>
    public long Unacceptable { get; set; }

    /// <summary>Segments dropped for their old timestamps (RFC 7323: PAWS).</summary>
    public long PawsDrops { get; set; }

    /// <summary>ACKs sent to make sure of a suspicious SYN or reset (RFC 5961).</summary>
    public long ChallengeAcks { get; set; }

    /// <summary>Window probes sent.</summary>
    public long WindowProbes { get; set; }

    /// <summary>Resets sent.</summary>
    public long ResetsSent { get; set; }

    /// <summary>Resets received and believed.</summary>
    public long ResetsReceived { get; set; }

    /// <summary>The sums.</summary>
    public static TcpCounters operator +(TcpCounters a, TcpCounters b) => new()
    {
        SegmentsSent = a.SegmentsSent + b.SegmentsSent,
        SegmentsReceived = a.SegmentsReceived + b.SegmentsReceived,
        DataSegmentsSent = a.DataSegmentsSent + b.DataSegmentsSent,
        DataSegmentsReceived = a.DataSegmentsReceived + b.DataSegmentsReceived,
        BytesSent = a.BytesSent + b.BytesSent,
        BytesReceived = a.BytesReceived + b.BytesReceived,
        AcksSent = a.AcksSent + b.AcksSent,
        AcksReceived = a.AcksReceived + b.AcksReceived,
        Retransmissions = a.Retransmissions + b.Retransmissions,
        RetransmissionTimeouts = a.RetransmissionTimeouts + b.RetransmissionTimeouts,
        FastRetransmits = a.FastRetransmits + b.FastRetransmits,
        DuplicateAcks = a.DuplicateAcks + b.DuplicateAcks,
        DelayedAcks = a.DelayedAcks + b.DelayedAcks,
        WindowUpdates = a.WindowUpdates + b.WindowUpdates,
        OutOfOrder = a.OutOfOrder + b.OutOfOrder,
        Pruned = a.Pruned + b.Pruned,
        ReceiveBufferDrops = a.ReceiveBufferDrops + b.ReceiveBufferDrops,
        Unacceptable = a.Unacceptable + b.Unacceptable,
        PawsDrops = a.PawsDrops + b.PawsDrops,
        ChallengeAcks = a.ChallengeAcks + b.ChallengeAcks,
        WindowProbes = a.WindowProbes + b.WindowProbes,
        ResetsSent = a.ResetsSent + b.ResetsSent,
        ResetsReceived = a.ResetsReceived + b.ResetsReceived,
    };
}
