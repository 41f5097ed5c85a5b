using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>The PC's interval timer (8254, channel 0): pulses interrupt line 0 at an even period. Linux 2.2 sets it to 100 Hz.</summary>
public sealed class HostTimer : ModelActor
{
    /// <summary>The interrupt controller's line for it.</summary>
    public const int InterruptLine = 0;

    private static readonly InterruptController.Pulsed Pulsed = new(InterruptLine);

    private readonly Ticks _ticks;
    private readonly IActorRef _interruptController;

    private HostTimer(Lane lane, Ticks ticks, IActorRef interruptController)
        : base(lane) => (_ticks, _interruptController) = (ticks, interruptController);

    /// <summary>A timer that pulses at <paramref name="ticks"/>.</summary>
    public static Props Props(Lane lane, Ticks ticks, IActorRef interruptController) =>
        lane.Props(() => new HostTimer(lane, ticks, interruptController));

    /// <inheritdoc/>
    protected override void PreStart() => Schedule(_ticks.First, Tick.Instance);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Tick:
                _interruptController.Tell(Pulsed);

                // It runs freely: a tick that comes late, as faults make it, does not move those behind it.
                Schedule(_ticks.AtOrAfter(Now + new Duration(1)), Tick.Instance);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private sealed class Tick
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>When a timer ticks.</summary>
/// <param name="First">The first tick.</param>
/// <param name="Period">From one tick to the next.</param>
public readonly record struct Ticks(Instant First, Duration Period)
{
    /// <summary>The last tick at or before an instant; the first tick, before that.</summary>
    public Instant AtOrBefore(Instant at) =>
        at <= First ? First : First + (Period * ((at - First).Nanoseconds / Period.Nanoseconds));

    /// <summary>The first tick at or after an instant.</summary>
    public Instant AtOrAfter(Instant at)
    {
        if (at <= First)
            return First;
        if (at == Instant.Never)
            return Instant.Never;
        var periods = ((at - First).Nanoseconds + Period.Nanoseconds - 1) / Period.Nanoseconds;
        return First + (Period * periods);
    }
}
