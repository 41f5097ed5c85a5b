using System.Runtime.ExceptionServices;
using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>How far a timeline may run, when something outside it has a say.</summary>
public abstract class Horizon
{
    /// <summary>Whether an event at <paramref name="at"/> may happen now. Arrivals may happen at the horizon itself, local events only before it.</summary>
    public abstract bool Admits(Instant at, bool isArrival);

    /// <summary>
    /// Takes in what has come from outside: arrivals, a farther horizon. Called between instants, with nothing under way, when the next
    /// event (at <paramref name="next"/>; <see cref="Instant.Never"/> if there is none) is not admitted.
    /// </summary>
    /// <returns>Whether anything had come. If not, the timeline stands still until it is advanced again.</returns>
    public abstract bool TryMove(Instant next);
}

/// <summary>
/// Virtual time over Akka: takes the earliest event, sets the clock, delivers it, lets the actors settle, and repeats.
/// It knows nothing of what the actors are.
/// </summary>
public sealed class Timeline
{
    private readonly EventQueue _queue = new();
    private readonly ActorSystem _system;
    private readonly TimelineDispatcher _dispatcher;
    private ExceptionDispatchInfo? _failure;
    private volatile string? _stopReason;
    private Instant _limit = Instant.Never;
    private string? _limitReason;
    private string? _endReason;
    private int _rootsToCome;
    private int _lanes;
    private long _nowNs;

    /// <summary>A timeline for the model actors of <paramref name="system"/>.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="name">The name of its dispatcher, unique in the actor system.</param>
    public Timeline(ActorSystem system, string name = "timeline")
    {
        _system = system;
        DispatcherId = name;
        TimelineMailbox.Configure(system);
        _dispatcher = TimelineDispatcher.Register(system, name);
    }

    /// <summary>The present instant. Only the loop changes it; other threads may read it to show progress.</summary>
    public Instant Now => new(Volatile.Read(ref _nowNs));

    /// <summary>The last instant of the run, once it is known.</summary>
    public Instant End { get; private set; } = Instant.Never;

    /// <summary>The dispatcher for model actors.</summary>
    public string DispatcherId { get; }

    /// <summary>When the first of the events is that are still to come; never, if there is none.</summary>
    public Instant NextEvent => _queue.TryPeek(out var key, out _) ? key.At : Instant.Never;

    /// <summary>How many events have happened.</summary>
    public long EventCount { get; private set; }

    /// <summary>
    /// Makes a top-level actor of this timeline. Akka starts it on another thread; the loop waits until it and the children it makes
    /// in <c>PreStart</c> are there, so that every tree is complete before instant 0.
    /// </summary>
    public IActorRef Root(Props props, string name)
    {
        _rootsToCome++;
        var root = _system.ActorOf(props, name);

        // Until the reference points at its actor, what that tells itself may still be on Akka's thread when the loop looks.
        SpinWait.SpinUntil(() => root is not IRepointableRef { IsStarted: false });
        root.Tell((Action)(() => _rootsToCome--), ActorRefs.NoSender);
        return root;
    }

    /// <summary>A new world on this timeline.</summary>
    public Lane AddLane(string name) => new(this, name, _lanes++);

    /// <summary>Something from outside that happens at an instant; its place among others is its direction and number alone.</summary>
    /// <exception cref="InvalidOperationException">The instant has passed.</exception>
    public void AddArrival(Instant at, int direction, long number, TimedEvent timed) => Add(EventKey.Arrival(at, direction, number), timed);

    /// <summary>Ends the run after everything that happens up to and including <paramref name="at"/>.</summary>
    /// <param name="at">The last instant.</param>
    /// <param name="failure">Why the run has failed by then; null if it has not.</param>
    public void EndAt(Instant at, string? failure = null)
    {
        if (at < End)
            (End, _endReason) = (at, failure);
    }

    /// <summary>Gives the run up, with a reason, when everything up to and including <paramref name="limit"/> has happened.</summary>
    public void StopAt(Instant limit, string reason) => (_limit, _limitReason) = (limit, reason);

    /// <summary>Ends the run as soon as possible; from any thread. The clock stands where it stood.</summary>
    public void Stop(string reason) => Interlocked.CompareExchange(ref _stopReason, reason, null);

    /// <summary>Ends the run as a defect, after the message under way.</summary>
    public void Fail(Exception cause) => _failure ??= ExceptionDispatchInfo.Capture(cause);

    /// <summary>Why the run ended before its end; null if it did not.</summary>
    public string? StopReason => _stopReason;

    /// <summary>Whether everything up to the end, or to the limit, has happened.</summary>
    public bool HasRunOut { get; private set; }

    /// <summary>Runs on the calling thread until it is over. What <see cref="Fail"/> was given is thrown.</summary>
    /// <returns>Null at the end; else why it ended before.</returns>
    public string? Run()
    {
        Advance(horizon: null);
        return StopReason;
    }

    /// <summary>
    /// Runs on the calling thread as far as <paramref name="horizon"/> admits: until the end that <see cref="EndAt"/> set, until
    /// <see cref="Stop"/>, or until nothing is left to happen; or until it has to wait. One thread at a time, but not always the same.
    /// What <see cref="Fail"/> was given is thrown.
    /// </summary>
    /// <param name="horizon">How far it may run, or null for as far as it likes.</param>
    /// <returns>Whether the run is over. If not, it goes on with the next call, when something has come from outside.</returns>
    public bool Advance(Horizon? horizon)
    {
        var over = true;
        _dispatcher.Own();
        try
        {
            Settle();
            while (_failure is null && _stopReason is null)
            {
                var some = _queue.TryPeek(out var key, out var timed);
                if (some && timed.IsCancelled)
                {
                    _queue.RemoveFirst();
                    continue;
                }

                var next = some ? key.At : Instant.Never;
                var last = Instant.Min(End, _limit);
                if (next > last || (!some && horizon is null))
                {
                    if (horizon is null || horizon.Admits(last, isArrival: false))
                    {
                        Finish(last);
                        break;
                    }

                    if (horizon.TryMove(last))
                        continue;
                    return over = false;
                }

                if (horizon is not null && !horizon.Admits(next, some && key.IsArrival))
                {
                    if (horizon.TryMove(next))
                        continue;
                    return over = false;
                }

                _queue.RemoveFirst();
                Volatile.Write(ref _nowNs, next.Nanoseconds);
                EventCount++;
                timed.OnTime();
                _dispatcher.Drain();
            }

            _failure?.Throw();
            return true;
        }
        finally
        {
            if (over)
                _dispatcher.Release();
            else
                _dispatcher.Disown();
        }
    }

    private void Settle()
    {
        _dispatcher.Drain();
        while (_rootsToCome > 0 && _failure is null)
        {
            _dispatcher.WaitForOtherThreads();
            _dispatcher.Drain();
        }

        _dispatcher.GoDirect();
    }

    /// <summary>Everything up to and including <paramref name="last"/> has happened: the end, if there is one by now; else the limit.</summary>
    private void Finish(Instant last)
    {
        if (last != Instant.Never)
            Volatile.Write(ref _nowNs, last.Nanoseconds);
        HasRunOut = true;
        if (End > _limit)
            Stop(_limitReason!);
        else if (_endReason is not null)
            Stop(_endReason);
    }

    internal void Add(EventKey key, TimedEvent timed)
    {
        if (key.At < Now)
            throw new InvalidOperationException($"An event for {key.At} was scheduled at {Now}: the past cannot change.");
        _queue.Add(key, timed);
    }
}
