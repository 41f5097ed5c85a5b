using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>The motherboard's interrupt controller: devices raise and lower their lines by message, the processor's software uses its ports.</summary>
public sealed class InterruptController : ModelActor
{
    private readonly Pic8259 _chip;

    private InterruptController(Lane lane, Pic8259 chip)
        : base(lane) => _chip = chip;

    /// <summary>An interrupt controller with this chip.</summary>
    public static Props Props(Lane lane, Pic8259 chip) => lane.Props(() => new InterruptController(lane, chip));

    /// <summary>An interrupt line goes high or low.</summary>
    /// <param name="Line">0, 1, 3 to 15.</param>
    /// <param name="High">Whether it is raised.</param>
    public sealed record LineChanged(int Line, bool High) : ISignal
    {
        /// <summary>What a level-triggered line is by the time that word of it comes; null if it is as it was.</summary>
        public Func<bool>? Level { get; init; }
    }

    /// <summary>An edge on an edge-triggered line: it goes high and low again.</summary>
    /// <param name="Line">0, 1, 3 to 15.</param>
    public sealed record Pulsed(int Line) : ISignal;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LineChanged changed:
                _chip.SetLine(changed.Line, changed.Level?.Invoke() ?? changed.High);
                break;
            case Pulsed pulsed:
                _chip.SetLine(pulsed.Line, high: true);
                _chip.SetLine(pulsed.Line, high: false);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
