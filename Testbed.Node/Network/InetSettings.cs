using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>One host's Internet layer.</summary>
public sealed record InetSettings
{
    /// <summary>The Ethernet address of its one interface.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>The address of its one interface.</summary>
    public required Ipv4Address Address { get; init; }

    /// <summary>Bits of the address that name the network, 1 to 31.</summary>
    public int PrefixLength { get; init; } = 24;

    /// <summary>Who takes packets for other networks; null if all hosts are on this one.</summary>
    public Ipv4Address? Gateway { get; init; }

    /// <summary>The longest IP packet in bytes, 68 (RFC 791) to 65535.</summary>
    public int Mtu { get; init; } = 1500;

    /// <summary>The settings of every connection.</summary>
    public TcpSettings Tcp { get; init; } = new();

    /// <summary>The most neighbours remembered.</summary>
    public int ArpEntries { get; init; } = 64;

    /// <summary>The most packets waiting for one neighbour's address (Linux 2.2, <c>net/ipv4/arp.c</c>: 3).</summary>
    public int ArpQueueLength { get; init; } = 3;

    /// <summary>The time between two ARP requests for one address (Linux 2.2, <c>net/ipv4/arp.c</c>: 1 s).</summary>
    public Duration ArpRetryInterval { get; init; } = Duration.FromSeconds(1);

    /// <summary>ARP requests for one address before its packets are given up (Linux 2.2, <c>net/ipv4/arp.c</c>: 3).</summary>
    public int ArpTries { get; init; } = 3;

    /// <summary>How long a neighbour's address is believed without a sign of life.</summary>
    public Duration ArpLifetime { get; init; } = Duration.FromSeconds(60);

    /// <summary>The most echo replies kept until somebody takes them.</summary>
    public int EchoReplyQueueLength { get; init; } = 16;

    /// <summary>The most connections at a time, those in TIME-WAIT included.</summary>
    public int MaxConnections { get; init; } = 1024;

    /// <summary>The most frames kept until the owner takes them; a stack's owner takes them after every call.</summary>
    public int OutputQueueLength { get; init; } = 4096;

    /// <summary>A seam for tests, which no configuration reaches: a TCP segment with a wrong checksum is taken for a good one.</summary>
    internal bool AcceptsBadTcpChecksum { get; init; }

    internal void Validate()
    {
        if (Mac.IsGroup)
            throw new ArgumentException($"a host's own MAC address must not be a group address like {Mac}");
        if (PrefixLength is < 1 or > 31)
            throw new ArgumentException($"a prefix length must be 1 to 31, not {PrefixLength}");
        if (Mtu is < 68 or > 65535)
            throw new ArgumentException($"an MTU must be 68 to 65535 bytes, not {Mtu}");
        if (ArpEntries < 1 || ArpQueueLength < 1 || ArpTries < 1 || EchoReplyQueueLength < 1 || MaxConnections < 1 || OutputQueueLength < 1)
            throw new ArgumentException("every bound of a stack must be at least 1");
        Tcp.Validate();
    }
}
