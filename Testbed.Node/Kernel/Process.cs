using Akka.Actor;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>A process: a program's actor, and where its kernel goes on when it is its turn again.</summary>
internal sealed class Process(IActorRef program)
{
    /// <summary>The program.</summary>
    public IActorRef Program { get; } = program;

    /// <summary>What it sleeps for; null while it is runnable.</summary>
    public Func<bool>? WakeUpCondition { get; set; }

    /// <summary>When it is to be woken at the latest; never, if nothing but its condition wakes it.</summary>
    public Instant Alarm { get; set; } = Instant.Never;

    /// <summary>Its continuation within the kernel.</summary>
    public Action Resume { get; set; } = () => program.Tell(SystemCall.Started.Instance);
}
