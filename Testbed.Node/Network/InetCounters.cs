namespace Testbed.Node.Network;

/// <summary>What a stack did and what it dropped, by cause; counts since the stack was made.</summary>
public record struct InetCounters
{
    /// <summary>Frames given to <see cref="InetStack.Receive"/>.</summary>
    public long FramesReceived { get; set; }

    /// <summary>Frames put out.</summary>
    public long FramesSent { get; set; }

    /// <summary>Received frames that were too short, of an unknown type, or for another station.</summary>
    public long FramesIgnored { get; set; }

    /// <summary>IPv4 headers whose lengths or version are wrong.</summary>
    public long IpMalformed { get; set; }

    /// <summary>IPv4 headers whose checksum is wrong.</summary>
    public long IpChecksumErrors { get; set; }

    /// <summary>Fragments; none is reassembled.</summary>
    public long IpFragmentsDropped { get; set; }

    /// <summary>Packets for another address.</summary>
    public long IpNotForUs { get; set; }

    /// <summary>Packets of a protocol that is not spoken here.</summary>
    public long IpUnknownProtocol { get; set; }

    /// <summary>ICMP messages that are malformed or of a kind without use here.</summary>
    public long IcmpIgnored { get; set; }

    /// <summary>ICMP messages whose checksum is wrong.</summary>
    public long IcmpChecksumErrors { get; set; }

    /// <summary>Echo requests answered.</summary>
    public long EchoRequestsAnswered { get; set; }

    /// <summary>Echo replies received.</summary>
    public long EchoRepliesReceived { get; set; }

    /// <summary>Echo replies that found the queue full.</summary>
    public long EchoRepliesDropped { get; set; }

    /// <summary>ARP messages that are malformed.</summary>
    public long ArpMalformed { get; set; }

    /// <summary>ARP requests sent.</summary>
    public long ArpRequestsSent { get; set; }

    /// <summary>ARP replies sent.</summary>
    public long ArpRepliesSent { get; set; }

    /// <summary>Packets dropped because too many were waiting for an address.</summary>
    public long ArpQueueDrops { get; set; }

    /// <summary>Packets dropped because nobody answered for their address.</summary>
    public long ArpUnresolvedDrops { get; set; }

    /// <summary>TCP segments whose header is malformed.</summary>
    public long TcpMalformed { get; set; }

    /// <summary>TCP segments whose checksum is wrong.</summary>
    public long TcpChecksumErrors { get; set; }

    /// <summary>TCP segments for which there is no socket.</summary>
    public long TcpNoSocket { get; set; }

    /// <summary>Resets sent in answer to a segment for which there is no socket.</summary>
    public long TcpResetsWithoutSocket { get; set; }

    /// <summary>SYNs dropped because a listener's backlog or the table of connections was full.</summary>
    public long TcpListenDrops { get; set; }

    /// <summary>Frames dropped because the owner did not take the earlier ones.</summary>
    public long OutputOverflows { get; set; }
}
