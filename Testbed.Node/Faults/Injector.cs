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

    internal sealed record Delay(Instant Until, Action Release, string? Sleeper) : IHandOff;

    internal sealed record Call(Instant At, Action Step);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Delay { Sleeper: { } sleeper } delay:
                _control.Sleep(sleeper, delay.Until, Then(delay.Release));
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
            delay.Release();
        else
            _control.Spin(left < LongestSpin ? left : LongestSpin, Then(() => Spin(delay)));
    }
}
