using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>What a kernel runs on: the machine's processor, or the one that a virtual machine shows its guest.</summary>
public interface IProcessor
{
    /// <summary>The interrupt flag (IF): set by STI and IRET, cleared by CLI and on taking an interrupt.</summary>
    bool InterruptsEnabled { get; set; }

    /// <summary>Occupies the processor for the activity's cost, then delivers <paramref name="then"/>; an interrupt may come in between.</summary>
    void Execute(Activity activity, Continuation then, long bytes = 0);

    /// <summary>HLT: idle until the next interrupt; <paramref name="then"/> is where its handler returns to.</summary>
    void Halt(Continuation then);

    /// <summary>IRET: goes on with what was interrupted, with its interrupt flag; or takes the next interrupt first.</summary>
    void ReturnFromInterrupt();
}
