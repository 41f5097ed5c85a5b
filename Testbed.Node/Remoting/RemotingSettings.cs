using Akka.Configuration;

namespace Testbed.Node.Remoting;

/// <summary>How a process of the testbed is reached and how patient it is.</summary>
/// <param name="Bind">Where it listens; port 0 lets the system choose.</param>
public sealed record RemotingSettings(HostPort Bind)
{
    /// <summary>How long a peer may take to appear, unless stated otherwise.</summary>
    public static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The address that others use for it, when that is not <see cref="Bind"/>: behind a relay or a NAT. Akka drops whatever is addressed
    /// to any other name.
    /// </summary>
    public HostPort? Public { get; init; }

    /// <summary>What carries the messages.</summary>
    public TransportKind Transport { get; init; } = TransportKind.CableTcp;

    /// <summary>How long a peer may take to appear, and how long a silent link is trusted.</summary>
    public TimeSpan Wait { get; init; } = DefaultWait;

    /// <summary>Further Akka settings; none of them can undo what this program relies on.</summary>
    public Config Akka { get; init; } = Config.Empty;
}
