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
    public sealed record LineChanged(int Line, bool High) : ISignal;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LineChanged changed:
                _chip.SetLine(changed.Line, changed.High);
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
