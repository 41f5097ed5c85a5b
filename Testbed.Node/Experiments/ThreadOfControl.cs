using Akka.Actor;
using Testbed.Node.Faults;
using Testbed.Node.Kernel;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>What faults do to a PC's thread of control: whose context hangs, spins or sleeps, and who goes on.</summary>
/// <param name="parts">The PC.</param>
internal sealed class ThreadOfControl(PcParts parts) : IControl
{
    /// <summary>The row of the ledger for what faults take.</summary>
    public const string Row = "fault";

    private const string Program = "program";

    /// <summary>The host's kernel; nobody, if a VMM has the PC to itself.</summary>
    public IActorRef Host { get; set; } = ActorRefs.Nobody;

    /// <summary>The kernel that runs the program: the guest's or the host's.</summary>
    public IActorRef Kernel { get; set; } = ActorRefs.Nobody;

    /// <inheritdoc/>
    /// <remarks>
    /// A program's context hangs alone. All else of a virtual machine is VMApp's context, wherever its thread of control is. Within an interrupt's
    /// handler there is no context that could hang alone: the whole PC does, as it does with its kernel.
    /// </remarks>
    public void Lose(string actor)
    {
        if (FaultableActors.NameOf(actor) == Program && parts.Vm is not null)
        {
            Kernel.Tell(LinuxKernel.ProcessLost.Instance);
            return;
        }

        parts.Processor.LeaveVmm();
        if (Host.IsNobody() || FaultableActors.NameOf(actor) == "host" || parts.Processor.HandlesInterrupt)
            parts.Processor.HangUp();
        else
            Host.Tell(LinuxKernel.ProcessLost.Instance);
    }

    /// <inheritdoc/>
    public void Spin(Duration length, Continuation then) => parts.Processor.Occupy(length, Row, then);

    /// <inheritdoc/>
    public void Sleep(string actor, Instant until, Continuation then) =>
        (FaultableActors.NameOf(actor) == Program ? Kernel : Host).Tell(new LinuxKernel.PutToSleep(until, then));

    /// <inheritdoc/>
    public bool Restarts(string actor) => FaultableActors.Restarts(actor);
}
