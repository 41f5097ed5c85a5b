using System.Collections.Concurrent;
using Akka.Actor;
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
/// A model actor's messages. While nothing but messages concerns the actor, the loop hands them to its cell directly, in the turns and
/// the order in which Akka's mailbox would; a mailbox guards against other threads, of which there are none, and that is half of what a
/// message costs. Whatever else happens to the actor (a failure, a stop, supervision, a message from another thread) is the
/// mailbox's business, and from then on its messages are too.
/// </summary>
internal sealed class TimelineMessageQueue : IMessageQueue, IRunnable
{
    /// <summary>What a mailbox of throughput 1 takes in a turn (Akka 1.5: it looks at the bound after the message).</summary>
    private const int MessagesPerTurn = 2;

    private readonly ConcurrentQueue<Envelope> _mailbox = new();
    private readonly Queue<Envelope> _direct = new();
    private readonly Action _turn;
    private TimelineDispatcher _dispatcher = null!;
    private ActorCell _cell = null!;
    private bool _isReady;
    private volatile bool _isForMailbox;

    internal TimelineMessageQueue() => _turn = Turn;

    /// <inheritdoc/>
    public bool HasMessages => !_mailbox.IsEmpty;

    /// <inheritdoc/>
    public int Count => _mailbox.Count;

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

    /// <summary>The loop's own message, straight to the actor when its turn comes.</summary>
    /// <returns>False if it has to go by the mailbox.</returns>
    internal bool TryEnqueue(TimelineDispatcher dispatcher, ActorCell cell, in Envelope envelope)
    {
        if (_isForMailbox)
            return false;
        _direct.Enqueue(envelope);
        if (_isReady)
            return true;
        (_dispatcher, _cell, _isReady) = (dispatcher, cell, true);
        dispatcher.Enqueue(this);
        return true;
    }

    /// <summary>From now on every message goes by the mailbox; from any thread.</summary>
    internal void LeaveToMailbox() => _isForMailbox = true;

    /// <summary>The actor's turn.</summary>
    public void Run()
    {
        if (!_isForMailbox)
            _cell.UseThreadContext(_turn);
        if (_isForMailbox)
            HandOver();
        else if (_direct.Count > 0)
            _dispatcher.Enqueue(this);
        else
            _isReady = false;
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => Run();

    private void Turn()
    {
        for (var i = 0; i < MessagesPerTurn && !_isForMailbox && _direct.TryDequeue(out var envelope); i++)
        {
            _cell.Invoke(envelope);

            // Akka has caught what the actor threw, and its supervisor will decide: until then the actor is suspended.
            if (_cell.CurrentMessage is not null || _cell.IsTerminated)
                _isForMailbox = true;
        }
    }

    private void HandOver()
    {
        _isReady = false;
        while (_direct.TryDequeue(out var envelope))
            _dispatcher.DispatchByMailbox(_cell, envelope);
    }
}
