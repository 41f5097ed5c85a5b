using Akka.Actor;
using Testbed.Node.Faults;
using Testbed.Node.Kernel;
using Testbed.Node.Programs;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

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

    /// <summary>Hears of a program that cannot finish any more.</summary>
    public IActorRef Measurement { get; set; } = ActorRefs.Nobody;

    /// <inheritdoc/>
    /// <remarks>
    /// A program's context is lost alone. A guest without its kernel is halted for ever. All else of a virtual machine is VMApp's context, wherever its thread of
    /// control is. Within an interrupt's handler there is no context that could be lost alone: the whole PC hangs, as it does without its kernel.
    /// </remarks>
    public void Lose(Loss loss)
    {
        var component = FaultableActors.NameOf(loss.Actor);
        var lost = new LinuxKernel.ProcessLost(Killed: loss.Kind == LossKind.Crashed);
        if (parts.Vm is { } vm && (component is Program or "guest"))
        {
            if (component == "guest" && (loss.Kind != LossKind.Hung || vm.Processor.HandlesInterrupt || vm.Scheduler.Current is null))
                HaltGuest(vm);
            else
                Kernel.Tell(lost);
            EndProgram(loss);
            return;
        }

        parts.Processor.LeaveVmm();
        var process = parts.Scheduler.Current?.Program.Name;
        if (Host.IsNobody() || (component == "host" && loss.Kind != LossKind.Hung) || parts.Processor.HandlesInterrupt || process is null)
        {
            parts.Processor.HangUp();
            EndProgram(loss);
            return;
        }

        Host.Tell(lost);
        if (process is Program or "host-program" or "vmapp")
            EndProgram(loss);
    }

    /// <inheritdoc/>
    public void Spin(Duration length, Continuation then) => parts.Processor.Occupy(length, Row, then);

    /// <inheritdoc/>
    public void Sleep(string actor, Instant until, Continuation then) =>
        (FaultableActors.NameOf(actor) == Program ? Kernel : Host).Tell(new LinuxKernel.PutToSleep(until, then));

    /// <inheritdoc/>
    public bool Restarts(string actor) => FaultableActors.Restarts(actor);

    /// <summary>The guest goes no further (a panic: CLI, HLT). Its VMM does not know, and goes on handling the machine's interrupts.</summary>
    private static void HaltGuest(VmParts vm)
    {
        vm.Processor.InterruptsEnabled = false;
        vm.Processor.Vmm.Tell(new VirtualMachineMonitor.Halt(Continuation.Nowhere));
    }

    private void EndProgram(Loss loss) => Measurement.Tell(new ProgramLost(
        $"{LostActor.Clause(loss.Fault, loss.Actor, loss.Kind.ToString().ToLowerInvariant(), loss.At)}: {parts.Lane.Name}'s program cannot finish"));
}
