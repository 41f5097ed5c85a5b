namespace Testbed.Runner;

/// <summary>How a person asked for a run.</summary>
/// <param name="InProcess">Both PCs in this process.</param>
/// <param name="Nodes">Nodes that someone has started, as <c>pc=host:port</c>; empty: two are started here.</param>
public sealed record RunModeRequest(bool InProcess, IReadOnlyList<string> Nodes);

/// <summary>Makes the way to run that was asked for.</summary>
public delegate IRunMode RunModeFactory(RunModeRequest request);

/// <summary>The ways to run that there are.</summary>
public static class RunModes
{
    /// <summary>In one process, in two that are started here, or over nodes that someone has started.</summary>
    public static IRunMode Create(RunModeRequest request) => request.InProcess
        ? throw new NotImplementedException("Runs in one process are not built yet.")
        : throw new NotImplementedException("Runs in two processes are not built yet.");
}
