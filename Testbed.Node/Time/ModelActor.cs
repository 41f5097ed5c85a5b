using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>
/// An actor that lives in virtual time: it runs on the timeline's dispatcher, and a continuation reaches it only in the
/// incarnation that made it. Akka's own timers, <c>Ask</c> and <c>async</c> run on wall time and have no place in it.
/// </summary>
public abstract class ModelActor : UntypedActor
{
    private readonly Lifetime _lifetime = new();
    private readonly IInterceptor? _interceptor;

    /// <summary>An actor whose time and order are those of <paramref name="lane"/>.</summary>
    protected ModelActor(Lane lane)
    {
        Lane = lane;
        _interceptor = lane.Interception?.Of(Self);
    }

    /// <summary>The lane that it lives in.</summary>
    protected Lane Lane { get; }

    /// <summary>The present instant.</summary>
    protected Instant Now => Lane.Now;

    /// <summary>A message to this actor, for later; void if the actor has been restarted or stopped by then.</summary>
    protected Continuation Then(object message) => new(Self, message, _lifetime);

    /// <summary>A step of this actor's own, for later; void if the actor has been restarted or stopped by then.</summary>
    protected Continuation Then(Action step) => new(Self, step, _lifetime);

    /// <summary>Has this actor told <paramref name="message"/> at <paramref name="at"/>.</summary>
    protected void Schedule(Instant at, object message) =>
        Lane.Schedule(at, new Continuation(Self, message, _lifetime, isTimer: true));

    /// <summary>As the other, but void once <paramref name="timer"/> has ended too: a timer that can be cancelled.</summary>
    protected void Schedule(Instant at, object message, Lifetime timer) =>
        Lane.Schedule(at, new Continuation(Self, new Continuation(Self, message, timer, isTimer: true), _lifetime, isTimer: true));

    /// <summary>A message is about to be handled.</summary>
    protected virtual void OnHandling(object message)
    {
    }

    /// <inheritdoc/>
    protected sealed override bool AroundReceive(Receive receive, object message)
    {
        if (message is Released released)
            message = released.Message;
        else if (_interceptor is not null && _interceptor.Takes(message, Sender))
            return true;

        while (message is Continuation continuation)
        {
            if (continuation.IsCancelled)
            {
                if (!continuation.IsTimer)
                    _interceptor?.ControlIsLost();
                return true;
            }

            message = continuation.Message;
        }

        OnHandling(message);
        if (message is Action step)
        {
            step();
            return true;
        }

        return base.AroundReceive(receive, message);
    }

    /// <inheritdoc/>
    public override void AroundPreRestart(Exception cause, object message)
    {
        _lifetime.End();
        base.AroundPreRestart(cause, message);
    }

    /// <inheritdoc/>
    public override void AroundPostStop()
    {
        _lifetime.End();
        base.AroundPostStop();
    }
}
