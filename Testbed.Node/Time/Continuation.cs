namespace Testbed.Node.Time;

/// <summary>
/// The life of one incarnation of an actor, or of one timer. What was scheduled under it is void once it has ended:
/// an actor's mailbox and the events already queued survive its restart, and must not reach the next incarnation.
/// </summary>
public sealed class Lifetime
{
    /// <summary>Whether it is over.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Ends it; what was scheduled under it is discarded. Ending it twice does nothing.</summary>
    public void End() => HasEnded = true;
}

/// <summary>"Then go on with this": a message for an actor, to be delivered later and only to the incarnation that asked for it.</summary>
public sealed class Continuation : TimedEvent
{
    private readonly TimelineMessageQueue? _target;
    private readonly Lifetime _lifetime;

    internal Continuation(TimelineMessageQueue? target, object message, Lifetime lifetime, bool isTimer = false)
    {
        _target = target;
        _lifetime = lifetime;
        Message = message;
        IsTimer = isTimer;
    }

    /// <summary>Nobody goes on: where a thread of control ends.</summary>
    public static Continuation Nowhere { get; } = new(null, "nowhere", new Lifetime());

    /// <summary>Whether it is a timer's. If not, whoever receives it has the processor.</summary>
    public bool IsTimer { get; }

    /// <summary>What the actor is to be told.</summary>
    public object Message { get; }

    /// <inheritdoc/>
    public override bool IsCancelled => _lifetime.HasEnded || Message is Continuation { IsCancelled: true };

    /// <summary>Sends it, now.</summary>
    public override void OnTime() => _target?.Add(this);
}
