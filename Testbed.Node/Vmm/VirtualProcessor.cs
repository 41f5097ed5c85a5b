using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// The processor that the guest sees. What the guest computes runs directly on the machine's; where it would touch the
/// privileged state (an interrupt, HLT, IRET), the VMM comes in.
/// </summary>
/// <param name="processor">The machine's processor.</param>
/// <param name="interruptPin">The output of the virtual interrupt controller.</param>
public sealed class VirtualProcessor(Processor processor, InterruptPin interruptPin) : IProcessor
{
    private readonly Stack<(Suspended At, bool InterruptsEnabled)> _interrupted = new();

    /// <summary>The VMM.</summary>
    public ModelRef Vmm { get; set; } = ModelRef.Nobody;

    /// <summary>The guest's interrupt flag; the machine's own is none of its business.</summary>
    public bool InterruptsEnabled { get; set; }

    /// <summary>Whether the guest is to be interrupted before it does anything else.</summary>
    public bool InterruptIsDue => InterruptsEnabled && interruptPin.IsHigh;

    /// <summary>Whether the guest is in an interrupt's handler.</summary>
    public bool HandlesInterrupt => _interrupted.Count > 0;

    /// <inheritdoc/>
    public void Execute(Activity activity, Continuation then, long bytes = 0)
    {
        if (InterruptIsDue)
            Vmm.Tell(new VirtualMachineMonitor.InterruptDue(new Suspended(activity, then, bytes)));
        else
            processor.Execute(activity, then, bytes);
    }

    /// <inheritdoc/>
    public void Halt(Continuation then) => Vmm.Tell(new VirtualMachineMonitor.Halt(then));

    /// <inheritdoc/>
    public void ReturnFromInterrupt() => Vmm.Tell(VirtualMachineMonitor.ReturnFromInterrupt.Instance);

    /// <summary>The guest is interrupted: it will go on there.</summary>
    internal void Suspend(Suspended at)
    {
        _interrupted.Push((at, InterruptsEnabled));
        InterruptsEnabled = false;
    }

    /// <summary>The guest goes on where it was interrupted, unless it is interrupted again.</summary>
    internal void Resume()
    {
        (var at, InterruptsEnabled) = _interrupted.Pop();
        Resume(at);
    }

    /// <summary>The guest goes on there, unless it is interrupted.</summary>
    internal void Resume(Suspended at)
    {
        if (InterruptIsDue)
            Vmm.Tell(new VirtualMachineMonitor.InterruptDue(at));
        else if (at.Activity is { } activity)
            processor.Execute(activity, at.Then, at.Bytes);
        else
            at.Then.OnTime();
    }
}

/// <summary>Where the guest stands: what it was about to execute, and where it goes on after that.</summary>
/// <param name="Activity">What it was about to execute; null if it goes on at once.</param>
/// <param name="Then">Where it goes on.</param>
/// <param name="Bytes">How many bytes the activity handles.</param>
public readonly record struct Suspended(Activity? Activity, Continuation Then, long Bytes);
