using Testbed.Node.Network.Tcp;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>A process: a program's actor, where its kernel goes on when it is its turn again, and what the scheduler weighs.</summary>
internal sealed class Process(ModelRef program, int priority = Process.DefaultPriority, ProcessAccount? account = null)
{
    /// <summary>The priority of a process that is as nice as any other: ticks that it may use up before the others' turn (sched.h, DEF_PRIORITY).</summary>
    public const int DefaultPriority = 20;

    /// <summary>The program.</summary>
    public ModelRef Program { get; } = program;

    /// <summary>Ticks that it is given anew at each recalculation; 1 to 40.</summary>
    public int Priority { get; } = priority;

    /// <summary>Ticks that are left of its time slice.</summary>
    public int Counter { get; set; } = priority;

    /// <summary>Takes the times of its turns; null if nobody asks.</summary>
    public ProcessAccount? Account { get; } = account;

    /// <summary>Its sockets that are not closed yet; the kernel closes them if it is killed.</summary>
    public List<TcpConnection> Connections { get; } = [];

    /// <summary>The socket on which it listens; null if there is none.</summary>
    public TcpListener? Listener { get; set; }

    /// <summary>What it sleeps for; null while it is runnable.</summary>
    public Func<bool>? WakeUpCondition { get; set; }

    /// <summary>When it is to be woken at the latest; never, if nothing but its condition wakes it.</summary>
    public Instant Alarm { get; set; } = Instant.Never;

    /// <summary>Its continuation within the kernel.</summary>
    public Action Resume { get; set; } = () => program.Tell(SystemCall.Started.Instance);
}
