using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>A PC's thread of control, as faults deal with it: a message that carries it cannot simply be held or lost.</summary>
public interface IControl
{
    /// <summary>Nobody goes on with the thread of control that was on its way to an actor: its context hangs, or is gone, and the processor goes back to the scheduler above it.</summary>
    void Lose(Loss loss);

    /// <summary>The thread of control spins: it occupies the processor and gets nothing done.</summary>
    /// <param name="length">How long; short, since an interrupt waits for it.</param>
    /// <param name="then">What comes behind it.</param>
    void Spin(Duration length, Continuation then);

    /// <summary>The process whose thread of control it is sleeps, and others have the processor.</summary>
    /// <param name="actor">The path of the process's actor.</param>
    /// <param name="until">To the first tick from this instant on.</param>
    /// <param name="then">Where it goes on.</param>
    void Sleep(string actor, Instant until, Continuation then);

    /// <summary>Whether an actor that has crashed starts anew, by the rules of the component that it is; else it is gone for good.</summary>
    bool Restarts(string actor);
}
