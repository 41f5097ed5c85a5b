using System.Runtime.ExceptionServices;
using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>
/// An actor that lives in virtual time: it runs on the timeline's dispatcher, and a continuation reaches it only in the
/// incarnation that made it. Akka's own timers, <c>Ask</c> and <c>async</c> run on wall time and have no place in it.
/// </summary>
/// <remarks>Most of its messages do not pass Akka's cell (<see cref="TimelineMessageQueue"/>), which therefore knows neither their sender nor the actor's behaviour.</remarks>
public abstract class ModelActor : UntypedActor
{
    private readonly Lifetime _lifetime = new();
    private readonly IInterceptor? _interceptor;
    private readonly TimelineMessageQueue _messages;
    private UntypedReceive? _behavior;

    /// <summary>An actor whose time and order are those of <paramref name="lane"/>.</summary>
    protected ModelActor(Lane lane)
    {
        Lane = lane;
        _interceptor = lane.Interception?.Of(Self);
        _messages = TimelineMessageQueue.Of((ActorCell)Context)
            ?? throw new InvalidOperationException($"{Self.Path} is a model actor: its props have to be its lane's.");
        _messages.Belong(this, (ActorCell)Context);
    }

    /// <summary>The lane that it lives in.</summary>
    protected Lane Lane { get; }

    /// <summary>The present instant.</summary>
    protected Instant Now => Lane.Now;

    /// <summary>A model actor does not answer whoever sent something: whom it works with it is told when it is made, or by the message.</summary>
    [Obsolete("A model actor does not know who sent a message.", error: true)]
    protected new IActorRef Sender => throw new NotSupportedException();

    /// <summary>A message to this actor, for later; void if the actor has been restarted or stopped by then.</summary>
    protected Continuation Then(object message) => new(_messages, message, _lifetime);

    /// <summary>A step of this actor's own, for later; void if the actor has been restarted or stopped by then.</summary>
    protected Continuation Then(Action step) => new(_messages, step, _lifetime);

    /// <summary>Has this actor told <paramref name="message"/> at <paramref name="at"/>.</summary>
    protected void Schedule(Instant at, object message) => Lane.Schedule(at, Timer(message, _lifetime));

    /// <summary>As the other, but void once <paramref name="timer"/> has ended too: a timer that can be cancelled.</summary>
    protected void Schedule(Instant at, object message, Lifetime timer) => Lane.Schedule(at, Timer(Timer(message, timer), _lifetime));

    /// <summary>Behaviours are not stacked.</summary>
    [Obsolete("A model actor has one behaviour: Become.", error: true)]
    protected new void BecomeStacked(UntypedReceive receive) => throw new NotSupportedException();

    /// <summary>Behaviours are not stacked.</summary>
    [Obsolete("A model actor has one behaviour: Become.", error: true)]
    protected new void UnbecomeStacked() => throw new NotSupportedException();

    /// <summary>From now on <paramref name="behavior"/> is told what comes, and not <see cref="UntypedActor.OnReceive"/>.</summary>
    protected new void Become(UntypedReceive behavior) => _behavior = behavior;

    /// <summary>A message is about to be handled.</summary>
    protected virtual void OnHandling(object message)
    {
    }

    /// <inheritdoc/>
    protected sealed override bool AroundReceive(Receive receive, object message)
    {
        if (message is Failure failure)
            failure.Cause.Throw();
        Handle(message, Context.Sender);
        return true;
    }

    /// <inheritdoc/>
    public override void AroundPreRestart(Exception cause, object message)
    {
        _lifetime.End();
        base.AroundPreRestart(cause, message is Failure failure ? failure.Message : message);
    }

    /// <inheritdoc/>
    public override void AroundPostStop()
    {
        _lifetime.End();
        base.AroundPostStop();
    }

    internal void Handle(object message, IActorRef? sender)
    {
        if (_interceptor is not null)
        {
            if (message is Released released)
                message = released.Message;
            else if (_interceptor.Takes(message, sender))
                return;
        }

        while (message is Continuation continuation)
        {
            if (continuation.IsCancelled)
            {
                if (!continuation.IsTimer)
                    _interceptor?.ControlIsLost();
                return;
            }

            message = continuation.Message;
        }

        OnHandling(message);
        if (message is Action step)
            step();
        else if (_behavior is null)
            OnReceive(message);
        else
            _behavior(message);
    }

    private Continuation Timer(object message, Lifetime lifetime) => new(_messages, message, lifetime, isTimer: true);

    /// <summary>In place of a message that its handling has failed at: handling this fails alike, under Akka's eyes.</summary>
    internal sealed record Failure(object Message, ExceptionDispatchInfo Cause);
}
