using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>Brings back what faults hold of a PC's messages, when it is time. It is no part of the PC.</summary>
public sealed class Injector : ModelActor
{
    /// <summary>An interrupt waits no longer than for this.</summary>
    private static readonly Duration LongestSpin = Duration.FromMicroseconds(10);

    private readonly IControl _control;

    private Injector(Lane lane, IControl control)
        : base(lane) => _control = control;

    /// <summary>The injector of a PC.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="control">Its thread of control.</param>
    public static Props Props(Lane lane, IControl control) => lane.Props(() => new Injector(lane, control));

    internal sealed record Deliver(Instant At, IActorRef Target, object Message, IActorRef Sender);

    internal sealed record Delay(Instant Until, IActorRef Target, object Message, IActorRef Sender, string? Sleeper) : IHandOff;

    internal sealed record Call(Instant At, Action Step);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Deliver deliver:
                Schedule(deliver.At, (Action)(() => deliver.Target.Tell(deliver.Message, deliver.Sender)));
                break;
            case Delay { Sleeper: { } sleeper } delay:
                _control.Sleep(sleeper, delay.Until, Then(() => delay.Target.Tell(delay.Message, delay.Sender)));
                break;
            case Delay delay:
                Spin(delay);
                break;
            case Call call:
                Schedule(call.At, call.Step);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Spin(Delay delay)
    {
        var left = delay.Until - Now;
        if (left <= Duration.Zero)
            delay.Target.Tell(delay.Message, delay.Sender);
        else
            _control.Spin(left < LongestSpin ? left : LongestSpin, Then(() => Spin(delay)));
    }
}
