using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Testbed.Node.Time;

/// <summary>
/// Akka's dispatcher for model actors: a FIFO queue that the timeline's loop drains, one thread at a time. A <c>Tell</c> between
/// model actors is therefore "now", and the order of messages is the order in which they were sent, on every run.
/// </summary>
internal sealed class TimelineDispatcher : MessageDispatcher
{
    /// <summary>Far more turns than any instant takes.</summary>
    private const int MaxTurns = 1_000_000;

    private readonly Queue<Turn> _others = new(256);
    private readonly OtherThreads _fromOtherThreads = new();
    private IRunnable? _first;
    private volatile int _loopThread;
    private volatile bool _released;

    private TimelineDispatcher(MessageDispatcherConfigurator configurator, string id)
        : base(configurator)
    {
        Id = id;

        // The shortest turns: several model actors at one instant go on as nearly side by side as Akka can.
        Throughput = 1;
        ShutdownTimeout = TimeSpan.FromSeconds(1);
    }

    /// <summary>Makes the dispatcher called <paramref name="id"/> known to the actor system, without configuration.</summary>
    public static TimelineDispatcher Register(ActorSystem system, string id)
    {
        var configurator = new TheOneConfigurator(system.Dispatchers.Prerequisites, id);
        return system.Dispatchers.RegisterConfigurator(id, configurator)
            ? configurator.TheOne
            : throw new InvalidOperationException($"The actor system already has a dispatcher called {id}.");
    }

    /// <summary>Makes the calling thread the one on which actors run.</summary>
    public void Own() => _loopThread = Environment.CurrentManagedThreadId;

    /// <summary>The actors are there: from now on their messages need no mailbox. See <see cref="TimelineMessageQueue"/>.</summary>
    public void GoDirect() => IsDirect = true;

    /// <summary>Whether messages between actors need no mailbox: from <see cref="GoDirect"/> until <see cref="Release"/>.</summary>
    public bool IsDirect { get; private set; }

    /// <summary>A message for an actor.</summary>
    public override void Dispatch(ActorCell cell, Envelope envelope)
    {
        if (Environment.CurrentManagedThreadId != _loopThread || TimelineMessageQueue.Of(cell)?.TryAdd(envelope.Message, envelope.Sender) != true)
            base.Dispatch(cell, envelope);
    }

    /// <summary>Something that concerns the actor itself: it goes before messages, and only the mailbox knows how.</summary>
    public override void SystemDispatch(ActorCell cell, SystemMessage message)
    {
        if (IsDirect)
            TimelineMessageQueue.Of(cell)?.LeaveToMailbox();
        base.SystemDispatch(cell, message);
    }

    internal void DispatchByMailbox(ActorCell cell, in Envelope envelope) => base.Dispatch(cell, envelope);

    internal void Enqueue(IRunnable turn)
    {
        if (_first is null && _others.Count == 0)
            _first = turn;
        else
            _others.Enqueue(new Turn(turn));
    }

    /// <summary>Runs actors until none has anything left to do at this instant.</summary>
    /// <exception cref="InvalidOperationException">They never settle: messages go round and round and time stands still.</exception>
    public void Drain()
    {
        // Akka's notion of the actor at work: each turn sets it.
        var outside = InternalCurrentActorCellKeeper.Current;
        var turns = 0;
        try
        {
            do
            {
                while (TryTake() is { } turn)
                {
                    if (++turns == MaxTurns)
                        throw new InvalidOperationException($"The actors did not settle within {MaxTurns} turns of one instant.");
                    if (turn is TimelineMessageQueue messages)
                        messages.Run();
                    else
                        turn.Run();
                }
            }
            while (_fromOtherThreads.HasSome && _fromOtherThreads.TakeAll(Enqueue));
        }
        finally
        {
            InternalCurrentActorCellKeeper.Current = outside;
        }
    }

    /// <summary>Waits until another thread has given an actor something to do.</summary>
    public void WaitForOtherThreads()
    {
        lock (_fromOtherThreads)
        {
            while (!_fromOtherThreads.HasSome)
                Monitor.Wait(_fromOtherThreads);
        }
    }

    /// <summary>The calling thread is done for now; another may go on.</summary>
    public void Disown() => _loopThread = 0;

    /// <summary>The loop is over: what is left (the actors' stopping) runs on the thread pool.</summary>
    public void Release()
    {
        _loopThread = 0;
        _released = true;
        IsDirect = false;
        _fromOtherThreads.TakeAll(Enqueue);
        while (TryTake() is { } turn)
        {
            if (turn is TimelineMessageQueue messages)
            {
                messages.LeaveToMailbox();
                messages.Run();
            }
            else
            {
                OtherThreads.OnThreadPool(turn);
            }
        }
    }

    /// <inheritdoc/>
    protected override void ExecuteTask(IRunnable run)
    {
        if (Environment.CurrentManagedThreadId == _loopThread)
        {
            Enqueue(run);
            return;
        }

        if (_released)
        {
            OtherThreads.OnThreadPool(run);
            return;
        }

        // Creation and termination come from Akka's own threads; nothing in mid-run does.
        lock (_fromOtherThreads)
        {
            _fromOtherThreads.Add(run);
            Monitor.Pulse(_fromOtherThreads);
        }

        if (_released)
            _fromOtherThreads.TakeAll(OtherThreads.OnThreadPool);
    }

    /// <inheritdoc/>
    protected override void Shutdown()
    {
        // The thread is the timeline's, and ends with its loop.
    }

    private IRunnable? TryTake()
    {
        if (_first is null)
            return _others.TryDequeue(out var other) ? other.Runnable : null;
        var first = _first;
        _first = null;
        return first;
    }

    private sealed class TheOneConfigurator : MessageDispatcherConfigurator
    {
        public TheOneConfigurator(IDispatcherPrerequisites prerequisites, string id)
            : base(Config.Empty, prerequisites) => TheOne = new TimelineDispatcher(this, id);

        public TimelineDispatcher TheOne { get; }

        public override MessageDispatcher Dispatcher() => TheOne;
    }
}
