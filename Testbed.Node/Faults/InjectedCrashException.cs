namespace Testbed.Node.Faults;

/// <summary>What an actor throws when a plan has it crash: its supervisor decides what becomes of it.</summary>
/// <param name="fault">The fault's name.</param>
/// <param name="actor">The actor's path.</param>
/// <param name="restarts">Whether the component starts anew.</param>
public sealed class InjectedCrashException(string fault, string actor, bool restarts)
    : Exception($"fault {fault} has crashed {actor}")
{
    /// <summary>Whether the component starts anew; else it is gone for good.</summary>
    public bool Restarts { get; } = restarts;
}
