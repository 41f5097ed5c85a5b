namespace Testbed.Node.Network.Tcp;

/// <summary>The states of a connection (RFC 9293 section 3.3.2). LISTEN is <see cref="TcpListener"/>'s.</summary>
public enum TcpState
{
    /// <summary>No connection, or no longer.</summary>
    Closed,

    /// <summary>Sent a SYN, waits for the peer's.</summary>
    SynSent,

    /// <summary>Has both SYNs, waits for the ACK of its own.</summary>
    SynReceived,

    /// <summary>Open both ways.</summary>
    Established,

    /// <summary>Sent a FIN (or has it queued), waits for its ACK or the peer's FIN.</summary>
    FinWait1,

    /// <summary>Its FIN is acknowledged, waits for the peer's.</summary>
    FinWait2,

    /// <summary>The peer has sent its FIN; this side may still send.</summary>
    CloseWait,

    /// <summary>Both sent FINs at once; waits for the ACK of its own.</summary>
    Closing,

    /// <summary>Sent its FIN after the peer's; waits for its ACK.</summary>
    LastAck,

    /// <summary>All done; waits for late segments to die out.</summary>
    TimeWait,
}
