using Testbed.Node;
using Testbed.Node.Observing;
using Testbed.Node.Remoting;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Runner;

/// <summary>How a person asked for a run.</summary>
/// <param name="InProcess">Both PCs in this process.</param>
/// <param name="Nodes">Nodes that someone has started, as <c>pc=host:port</c>; empty: two are started here.</param>
/// <param name="Wait">How long a node may take to appear, as <c>30 s</c>; null: the default.</param>
/// <param name="Bind">Where this process listens, as <c>host:port</c>; null: where the nodes can reach it.</param>
/// <param name="Public">Where the nodes reach this process, if not at <paramref name="Bind"/>.</param>
/// <param name="Transport">What carries messages between the processes, by name; null: as is best.</param>
/// <param name="Recording">What is to be recorded besides the result; null for nothing.</param>
public sealed record RunModeRequest(
    bool InProcess,
    IReadOnlyList<string> Nodes,
    string? Wait = null,
    string? Bind = null,
    string? Public = null,
    string? Transport = null,
    RecordingSettings? Recording = null)
{
    /// <summary>The first option given that means nothing in one process; null if there is none.</summary>
    public string? OptionForProcesses =>
        Nodes.Count > 0 ? "--node"
        : Wait is not null ? "--wait"
        : Bind is not null ? "--bind"
        : Public is not null ? "--public"
        : Transport is not null ? "--transport"
        : null;
}

/// <summary>Makes the way to run that was asked for.</summary>
public delegate IRunMode RunModeFactory(RunModeRequest request);

/// <summary>The ways to run that there are.</summary>
public static class RunModes
{
    /// <summary>In one process, in two that are started here, or over nodes that someone has started.</summary>
    /// <exception cref="FormatException">A node is not named as <c>pc=host:port</c>, an address is none, the wait is no time, or there is no such transport.</exception>
    public static IRunMode Create(RunModeRequest request) => request.InProcess
        ? new InProcessRun(request.Recording)
        : new TwoProcessRun(new()
        {
            Nodes = Nodes(request.Nodes),
            Wait = Wait(request.Wait),
            Bind = Address("--bind", request.Bind),
            Public = Address("--public", request.Public),
            Transport = Transport(request.Transport),
            Recording = request.Recording,
        });

    private static TransportKind? Transport(string? text)
    {
        try
        {
            return text is null ? null : TransportKinds.Parse(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"--transport: {e.Message}");
        }
    }

    private static HostPort? Address(string option, string? text) =>
        text is null ? null
        : HostPort.TryParse(text, out var at, out var error) ? at
        : throw new FormatException($"{option}: {error}");

    private static TimeSpan Wait(string? text)
    {
        try
        {
            return text is null ? RemotingSettings.DefaultWait : NodeSettings.ParseWait(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"--wait: {e.Message}");
        }
    }

    private static Dictionary<string, HostPort> Nodes(IReadOnlyList<string> texts)
    {
        var nodes = new Dictionary<string, HostPort>(StringComparer.Ordinal);
        foreach (var (pc, at) in texts.Select(TwoProcessSettings.ParseNode))
        {
            if (!nodes.TryAdd(pc, at))
                throw new FormatException($"--node: {pc} is given twice");
        }

        return nodes;
    }
}
