using Akka.Actor.Setup;

namespace Testbed.Node.Time;

/// <summary>The one thread of a process on which its timelines run, in turns with what else has to happen there.</summary>
public interface IModelThread
{
    /// <summary>
    /// Has a turn taken on that thread, after what else is waiting there; from any thread. A turn is short (a few hundred microseconds): one
    /// that could go on requests another.
    /// </summary>
    void Request(Action turn);
}

/// <summary>Tells an actor system of its model thread. A system without this setup has none: its timelines run on whichever thread advances them.</summary>
/// <param name="thread">The thread.</param>
public sealed class ModelThreadSetup(IModelThread thread) : Setup
{
    /// <summary>The thread.</summary>
    public IModelThread Thread { get; } = thread;
}
