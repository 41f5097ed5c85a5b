using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>How addresses and ports are translated. The defaults are those of Linux 2.2 (<c>net/ipv4/ip_masq.c</c>, <c>include/net/ip_masq.h</c>).</summary>
public sealed record NatSettings
{
    /// <summary>The address that the outside sees.</summary>
    public required Ipv4Address Outside { get; init; }

    /// <summary>The most flows at a time; one more is refused.</summary>
    public int Entries { get; init; } = 4096;

    /// <summary>The first port, or identifier of an echo, that the outside sees.</summary>
    public ushort FirstPort { get; init; } = 61_000;

    /// <summary>The last.</summary>
    public ushort LastPort { get; init; } = 65_095;

    /// <summary>How long a TCP flow is remembered after a SYN to which nothing has been answered.</summary>
    public Duration TcpOpening { get; init; } = Duration.FromSeconds(120);

    /// <summary>How long a TCP flow is remembered after its last segment.</summary>
    public Duration TcpEstablished { get; init; } = Duration.FromSeconds(15 * 60);

    /// <summary>The same once either side has sent a FIN.</summary>
    public Duration TcpClosing { get; init; } = Duration.FromSeconds(120);

    /// <summary>The same once either side has sent a RST.</summary>
    public Duration TcpReset { get; init; } = Duration.FromSeconds(10);

    /// <summary>How long a UDP flow is remembered after its last datagram.</summary>
    public Duration Udp { get; init; } = Duration.FromSeconds(5 * 60);

    /// <summary>How long an echo's identifier is remembered after its last message.</summary>
    public Duration Icmp { get; init; } = Duration.FromSeconds(60);

    internal void Validate()
    {
        if (Entries < 1)
            throw new ArgumentException($"a translation needs room for at least one flow, not {Entries}");
        if (FirstPort == 0 || LastPort < FirstPort)
            throw new ArgumentException($"ports {FirstPort} to {LastPort} are no range");
    }
}
