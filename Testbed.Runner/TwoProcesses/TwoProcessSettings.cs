using Akka.Configuration;
using Testbed.Node.Observing;
using Testbed.Node.Remoting;

namespace Testbed.Runner.TwoProcesses;

/// <summary>Where the two nodes of a run are.</summary>
public sealed record TwoProcessSettings
{
    /// <summary>
    /// Nodes that someone has started, by the name of the PC they are to host (or <c>sender</c> and <c>receiver</c>); empty: two are
    /// started on this machine.
    /// </summary>
    public IReadOnlyDictionary<string, HostPort> Nodes { get; init; } = new Dictionary<string, HostPort>();

    /// <summary>Where this process listens; null: on the local address that routes to the nodes, on a port that the system chooses.</summary>
    public HostPort? Bind { get; init; }

    /// <summary>The address that nodes use for this process, if not <see cref="Bind"/>.</summary>
    public HostPort? Public { get; init; }

    /// <summary>How long a node may take to appear, and may be silent in mid-run.</summary>
    public TimeSpan Wait { get; init; } = RemotingSettings.DefaultWait;

    /// <summary>
    /// What carries the messages; null: the fastest there is for nodes that are started here, and <see cref="TransportKind.CableTcp"/> for others,
    /// which must have been told the same.
    /// </summary>
    public TransportKind? Transport { get; init; }

    /// <summary>What the nodes are to record; null for nothing.</summary>
    public RecordingSettings? Recording { get; init; }

    /// <summary>The node's program; null: the one beside this assembly.</summary>
    public string? NodeProgram { get; init; }

    /// <summary>Further arguments for both nodes, or for one: by role.</summary>
    public Func<Testbed.Node.Experiments.Role, IEnumerable<string>> NodeArguments { get; init; } = _ => [];

    /// <summary>Where the nodes' messages go.</summary>
    public TextWriter Messages { get; init; } = Console.Error;

    /// <summary>Further Akka settings of this process.</summary>
    public Config Akka { get; init; } = Config.Empty;

    /// <summary>Reads <c>pc=host:port</c>.</summary>
    /// <exception cref="FormatException">It is not of that form; in one line.</exception>
    public static KeyValuePair<string, HostPort> ParseNode(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new FormatException($"--node: '{text}' is not pc=host:port, for instance pc-733=192.168.1.10:4733");
        return HostPort.TryParse(text[(equals + 1)..], out var at, out var error) && at.Port != 0
            ? new(text[..equals].Trim(), at)
            : throw new FormatException($"--node: {(error.Length > 0 ? error : $"'{text}' has no port")}");
    }
}
