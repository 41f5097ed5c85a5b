using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>What the network card's driver has seen of its link.</summary>
public sealed class MediaState
{
    /// <summary>Whether the link was up when it last looked.</summary>
    public bool IsUp { get; internal set; } = true;

    /// <summary>How many times it has found it changed.</summary>
    public long Changes { get; internal set; }
}

/// <summary>
/// The media timer of the EtherExpress's driver, as Linux 2.2's eepro100.c has it (<c>speedo_timer</c>): every 2 s it asks the PHY for the partner's abilities, and if they have changed, notes whether the link is up. It does
/// not stop the queue. What comes and goes between two looks it does not see.
/// </summary>
/// <remarks>
/// It is there only where a plan changes the link, and takes no processor time: an assumption. Reading a register of the PHY takes some 30 µs, every 2 s: 0.0015 %. Nor is it known when the
/// interface was opened; here it is at instant 0.
/// </remarks>
public sealed class MediaTimer : ModelActor
{
    /// <summary>From one look to the next (eepro100.c: 2*HZ).</summary>
    public static readonly Duration Period = Duration.FromSeconds(2);

    /// <summary>From opening the interface to the first (eepro100.c: (24*HZ)/10).</summary>
    public static readonly Duration First = Duration.FromMilliseconds(2_400);

    private readonly Ticks _ticks;
    private readonly EtherExpressChip _chip;
    private readonly MediaState _state;

    private MediaTimer(Lane lane, Ticks ticks, EtherExpressChip chip, MediaState state)
        : base(lane) => (_ticks, _chip, _state) = (ticks, chip, state);

    /// <summary>The timer of a card's driver.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="ticks">The ticks at which the kernel runs its timers.</param>
    /// <param name="chip">The card.</param>
    /// <param name="state">What it has seen.</param>
    public static Props Props(Lane lane, Ticks ticks, EtherExpressChip chip, MediaState state) => lane.Props(() => new MediaTimer(lane, ticks, chip, state));

    /// <inheritdoc/>
    protected override void PreStart() => Schedule(_ticks.AtOrAfter(Instant.Zero + First), Look.Instance);

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        if (message is not Look)
        {
            Unhandled(message);
            return;
        }

        if (_chip.LinkIsUp != _state.IsUp)
        {
            _state.IsUp = _chip.LinkIsUp;
            _state.Changes++;
        }

        Schedule(_ticks.AtOrAfter(Now + Period), Look.Instance);
    }

    private sealed class Look
    {
        public static readonly Look Instance = new();
    }
}
