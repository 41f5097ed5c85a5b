using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Testbed.Node.Time;

/// <summary>Model actors' kind of mailbox: see <see cref="TimelineMessageQueue"/>.</summary>
/// <param name="settings">The actor system's.</param>
/// <param name="config">Nothing in it is asked for.</param>
internal sealed class TimelineMailbox(Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<TimelineMessageQueue>
{
    /// <summary>The path under which <see cref="Configure"/> makes it known.</summary>
    internal const string Path = "testbed.timeline-mailbox";

    /// <inheritdoc/>
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new TimelineMessageQueue();

    /// <summary>Makes it known to an actor system.</summary>
    internal static void Configure(ActorSystem system)
    {
        if (!system.Settings.Config.HasPath(Path))
        {
            system.Settings.InjectTopLevelFallback(
                ConfigurationFactory.ParseString($"{Path}.mailbox-type = \"{typeof(TimelineMailbox).AssemblyQualifiedName}\""));
        }
    }
}

/// <summary>
/// A model actor's messages. While nothing but messages concerns the actor, the loop hands them to it directly, in the turns and the order in which
/// Akka's mailbox and cell would; those guard against other threads, of which there are none, and look at each message for what no model actor is
/// sent, and that is most of what a message costs. Whatever else happens to the actor (a failure, a stop, supervision, a message from another
/// thread) is the mailbox's business, and from then on its messages are too.
/// </summary>
internal sealed class TimelineMessageQueue : IMessageQueue, IRunnable
{
    /// <summary>What a mailbox of throughput 1 takes in a turn (Akka 1.5: it looks at the bound after the message).</summary>
    private const int MessagesPerTurn = 2;

    private readonly ConcurrentQueue<Envelope> _mailbox = new();
    private readonly Queue<Envelope> _others = new();
    private TimelineDispatcher? _dispatcher;
    private ActorCell _cell = null!;
    private ModelActor _actor = null!;
    private object? _first;
    private IActorRef? _firstSender;
    private bool _isReady;
    private volatile bool _isForMailbox;

    /// <inheritdoc/>
    public bool HasMessages => !_mailbox.IsEmpty;

    /// <inheritdoc/>
    public int Count => _mailbox.Count;

    private bool HasSome => _first is not null || _others.Count > 0;

    /// <summary>The messages of an actor; null if it has another kind of mailbox.</summary>
    internal static TimelineMessageQueue? Of(ActorCell cell) => cell.Mailbox?.MessageQueue as TimelineMessageQueue;

    /// <summary>The same; null also while it has not been made.</summary>
    internal static TimelineMessageQueue? Of(IActorRef actor) => actor is ActorRefWithCell { Underlying: ActorCell cell } ? Of(cell) : null;

    /// <inheritdoc/>
    public void Enqueue(IActorRef receiver, Envelope envelope) => _mailbox.Enqueue(envelope);

    /// <inheritdoc/>
    public bool TryDequeue(out Envelope envelope) => _mailbox.TryDequeue(out envelope);

    /// <inheritdoc/>
    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (_mailbox.TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }

    /// <summary>Whose messages they are: the incarnation that has just been made.</summary>
    internal void Belong(ModelActor actor, ActorCell cell) => (_actor, _cell, _dispatcher) = (actor, cell, (TimelineDispatcher)cell.Dispatcher);

    /// <summary>What the loop itself tells the actor.</summary>
    internal void Add(object message)
    {
        if (!TryAdd(message, null))
            _cell.Self.Tell(message, ActorRefs.NoSender);
    }

    /// <summary>The loop's own message, straight to the actor when its turn comes.</summary>
    /// <returns>False if it has to go by the mailbox, as what comes before the actor has been made.</returns>
    internal bool TryAdd(object message, IActorRef? sender)
    {
        if (_isForMailbox || _dispatcher is not { IsDirect: true } dispatcher)
            return false;
        if (HasSome)
        {
            _others.Enqueue(new Envelope(message, sender));
        }
        else
        {
            // A store of a reference costs more than the comparison, and most have no sender.
            _first = message;
            if (_firstSender != sender)
                _firstSender = sender;
        }

        if (!_isReady)
        {
            _isReady = true;
            dispatcher.Enqueue(this);
        }

        return true;
    }

    /// <summary>From now on every message goes by the mailbox; from any thread.</summary>
    internal void LeaveToMailbox() => _isForMailbox = true;

    /// <summary>The actor's turn.</summary>
    public void Run()
    {
        if (!_isForMailbox)
            TakeTurn();
        if (_isForMailbox)
            HandOver();
        else if (HasSome)
            _dispatcher!.Enqueue(this);
        else
            _isReady = false;
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => Run();

    private void TakeTurn()
    {
        InternalCurrentActorCellKeeper.Current = _cell;
        var envelope = default(Envelope);
        try
        {
            for (var i = 0; i < MessagesPerTurn && !_isForMailbox && HasSome; i++)
            {
                envelope = Take();
                if (envelope.Message is not Continuation && envelope.Message is IAutoReceivedMessage)
                    Receive(envelope);
                else
                    _actor.Handle(envelope.Message, envelope.Sender);
            }
        }
        catch (Exception e)
        {
            // Akka is to catch what the actor throws.
            Receive(new Envelope(new ModelActor.Failure(envelope.Message, ExceptionDispatchInfo.Capture(e)), envelope.Sender));
        }
    }

    /// <summary>What is for Akka to handle. If it fails, the supervisor decides: until then the actor is suspended, and its mailbox knows.</summary>
    private void Receive(in Envelope envelope)
    {
        _cell.Invoke(envelope);
        if (_cell.CurrentMessage is not null)
            _isForMailbox = true;
    }

    private Envelope Take()
    {
        if (_first is null)
            return _others.Dequeue();
        var first = new Envelope(_first, _firstSender);
        _first = null;
        return first;
    }

    private void HandOver()
    {
        _isReady = false;
        while (HasSome)
        {
            // Akka's own queues know no message without a sender.
            var envelope = Take();
            _dispatcher!.DispatchByMailbox(_cell, new Envelope(envelope.Message, envelope.Sender, _cell.System));
        }
    }
}
