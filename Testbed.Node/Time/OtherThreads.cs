using System.Collections.Concurrent;
using Akka.Dispatch;

namespace Testbed.Node.Time;

/// <summary>
/// What other threads want done on a loop's: they add, the loop takes. Asking whether there is any costs the loop one read, since it asks at every
/// turn and there hardly ever is.
/// </summary>
internal sealed class OtherThreads
{
    private readonly ConcurrentQueue<IRunnable> _runs = new();
    private volatile bool _hasSome;

    /// <summary>Whether there is anything to take; for the loop.</summary>
    public bool HasSome => _hasSome;

    /// <summary>Adds something; from any thread.</summary>
    public void Add(IRunnable run)
    {
        _runs.Enqueue(run);
        _hasSome = true;
    }

    /// <summary>Takes all there is, in order.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool TakeAll(Action<IRunnable> take)
    {
        _hasSome = false;

        // What is added from here on says so again, and is not overwritten: the queue is looked at behind that.
        Interlocked.MemoryBarrier();
        var any = false;
        while (_runs.TryDequeue(out var run))
        {
            any = true;
            take(run);
        }

        return any;
    }

    /// <summary>Leaves something to the thread pool: there is no loop any more to do it.</summary>
    public static void OnThreadPool(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(static r => r.Run(), run, preferLocal: false);
}
