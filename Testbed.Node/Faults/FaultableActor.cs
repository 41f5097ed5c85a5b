namespace Testbed.Node.Faults;

/// <summary>An actor that a plan may name.</summary>
/// <param name="Path">Its path, as <c>pc-733/vmm</c>.</param>
/// <param name="Crashes">Whether it is software, which can crash.</param>
/// <param name="Sleeps">Whether it is a process, whose thread of control can sleep.</param>
public sealed record FaultableActor(string Path, bool Crashes, bool Sleeps)
{
    /// <summary>The names of the effects that are its own (<see cref="IComponentEffect"/>).</summary>
    public IReadOnlyList<string> Effects { get; init; } = [];
}
