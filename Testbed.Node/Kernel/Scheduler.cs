using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>
/// Which process is next, by the rules of Linux 2.2 (kernel/sched.c) for ordinary processes on one processor. A process has a counter of ticks; the timer
/// takes one from whoever it finds running. The process of the greatest goodness is next: its counter and its priority, and one more if it had the processor
/// before; nothing, once its counter is used up. When all that are runnable have used theirs up, every process's counter becomes half of what is left and its
/// priority, so that who sleeps much comes first when it wakes.
/// </summary>
/// <remarks>The kernel is not preemptive: <see cref="NeedsReschedule"/> is looked at where it returns to a program.</remarks>
public sealed class Scheduler
{
    private const int Idle = -1000;

    /// <summary>The runnable processes, the current one included; who has become runnable last is in front.</summary>
    private readonly List<Process> _runQueue = [];
    private readonly List<Process> _sleeping = [];

    /// <summary>When the first sleeping process is to be woken at the latest.</summary>
    public Instant NextAlarm { get; private set; } = Instant.Never;

    /// <summary>The process whose turn it is; null for the idle task.</summary>
    internal Process? Current { get; private set; }

    /// <summary>Whether any process could use the processor.</summary>
    public bool HasRunnable => _runQueue.Count > 0;

    /// <summary>Whether the current process is to give way, once its kernel returns to it: its counter is used up, or a better one has been woken.</summary>
    public bool NeedsReschedule { get; private set; }

    /// <summary>Lets a process take part.</summary>
    internal void Add(Process process) => MakeRunnable(process);

    /// <summary>The current process leaves the processor until the condition holds.</summary>
    /// <param name="condition">Looked at after everything that could make it true, and at the first tick from <paramref name="alarm"/> on.</param>
    /// <param name="alarm">When it becomes true by itself; never, if it does not.</param>
    /// <param name="resume">Where the process goes on.</param>
    internal void Sleep(Func<bool> condition, Instant alarm, Action resume)
    {
        var process = Current ?? throw new InvalidOperationException("The idle task cannot sleep.");
        process.WakeUpCondition = condition;
        process.Alarm = alarm;
        process.Resume = resume;
        _runQueue.Remove(process);
        _sleeping.Add(process);
        NextAlarm = Instant.Min(NextAlarm, alarm);
    }

    /// <summary>The current process gives way, and goes on from there at its next turn.</summary>
    internal void Yield(Action resume) => Current!.Resume = resume;

    /// <summary>The current process has ended.</summary>
    internal void Exit() => _runQueue.Remove(Current!);

    /// <summary>Makes runnable every sleeping process whose condition now holds, longest sleeper first.</summary>
    public void WakeUp()
    {
        for (var i = 0; i < _sleeping.Count; i++)
        {
            var process = _sleeping[i];
            if (!process.WakeUpCondition!())
                continue;
            process.WakeUpCondition = null;
            _sleeping.RemoveAt(i--);
            MakeRunnable(process);
            if (process.Alarm == NextAlarm)
                NextAlarm = FirstAlarm();

            // reschedule_idle: a process that is better than the running one takes its place.
            if (Current is { } current && Goodness(process, current) > Goodness(current, current))
                NeedsReschedule = true;
        }
    }

    /// <summary>A tick of the timer: it is the running process's time (update_process_times).</summary>
    public void Tick()
    {
        if (Current is not { } current || --current.Counter >= 0)
            return;
        current.Counter = 0;
        NeedsReschedule = true;
    }

    /// <summary>Chooses the next process, or the idle task (schedule).</summary>
    /// <returns>Whether that is another than before.</returns>
    public bool Next()
    {
        var before = Current;
        NeedsReschedule = false;
        Process? next;
        while (Best(before, out next) == 0)
            RecalculateCounters();
        if (next == before)
            return false;
        before?.Account?.Left();
        next?.Account?.Chosen();
        Current = next;
        return true;
    }

    /// <summary>The greatest goodness of a runnable process, and whose it is: of equals the one that had the processor, else the first in the queue.</summary>
    private int Best(Process? before, out Process? best)
    {
        best = null;
        var greatest = Idle;
        if (before is { WakeUpCondition: null } && _runQueue.Contains(before))
            (best, greatest) = (before, Goodness(before, before));
        foreach (var process in _runQueue)
        {
            var goodness = Goodness(process, before);
            if (goodness > greatest)
                (best, greatest) = (process, goodness);
        }

        return greatest;
    }

    private static int Goodness(Process process, Process? before) =>
        process.Counter == 0 ? 0 : process.Counter + process.Priority + (process == before ? 1 : 0);

    private void RecalculateCounters()
    {
        foreach (var process in _runQueue)
            process.Counter = (process.Counter >> 1) + process.Priority;
        foreach (var process in _sleeping)
            process.Counter = (process.Counter >> 1) + process.Priority;
    }

    private void MakeRunnable(Process process)
    {
        process.Account?.Ready();
        _runQueue.Insert(0, process);
    }

    private Instant FirstAlarm()
    {
        var first = Instant.Never;
        foreach (var process in _sleeping)
            first = Instant.Min(first, process.Alarm);
        return first;
    }
}
