namespace Testbed.Node.Network;

/// <summary>What a frame is to the accounting of costs.</summary>
public enum FrameKind
{
    /// <summary>None of the others.</summary>
    Other,

    /// <summary>A TCP segment with payload.</summary>
    TcpData,

    /// <summary>A TCP segment without payload: an ACK, a SYN, a bare FIN, a reset.</summary>
    TcpAck,

    /// <summary>ICMP.</summary>
    Icmp,

    /// <summary>ARP.</summary>
    Arp,
}
