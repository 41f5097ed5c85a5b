using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>Which process is next: in turn, as Linux 2.2 does among processes of equal goodness that use little processor time.</summary>
public sealed class Scheduler
{
    private readonly Queue<Process> _runnable = new();
    private readonly List<Process> _sleeping = [];

    /// <summary>When the first sleeping process is to be woken at the latest.</summary>
    public Instant NextAlarm { get; private set; } = Instant.Never;

    /// <summary>The process whose turn it is; null for the idle task.</summary>
    internal Process? Current { get; private set; }

    /// <summary>Whether any process is waiting for its turn.</summary>
    public bool HasRunnable => _runnable.Count > 0;

    /// <summary>Lets a process take part.</summary>
    internal void Add(Process process) => _runnable.Enqueue(process);

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
        _sleeping.Add(process);
        NextAlarm = Instant.Min(NextAlarm, alarm);
    }

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
            _runnable.Enqueue(process);
            if (process.Alarm == NextAlarm)
                NextAlarm = FirstAlarm();
        }
    }

    /// <summary>Chooses the next process, or the idle task.</summary>
    /// <returns>Whether that is another than before.</returns>
    public bool Next()
    {
        var before = Current;
        Current = _runnable.TryDequeue(out var process) ? process : null;
        return Current != before;
    }

    private Instant FirstAlarm()
    {
        var first = Instant.Never;
        foreach (var process in _sleeping)
            first = Instant.Min(first, process.Alarm);
        return first;
    }
}
