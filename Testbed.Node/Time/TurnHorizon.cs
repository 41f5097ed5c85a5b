namespace Testbed.Node.Time;

/// <summary>
/// Lets a timeline run in turns: admits what another horizon admits, but in each turn only so many events. What happens, and in which order,
/// does not depend on where a turn ends.
/// </summary>
/// <param name="horizon">How far the timeline may run at all.</param>
/// <param name="eventsPerTurn">Events in a turn.</param>
public sealed class TurnHorizon(Horizon horizon, long eventsPerTurn) : Horizon
{
    private long _left;

    /// <summary>Whether it was the turn that ended, and not what the horizon admits: the timeline could go on at once.</summary>
    public bool IsTurnOver => _left <= 0;

    /// <summary>A turn begins.</summary>
    public void Begin() => _left = eventsPerTurn;

    /// <summary>The turn ends with the event under way: something else is urgent.</summary>
    public void End() => _left = 0;

    /// <inheritdoc/>
    public override bool Admits(Instant at, bool isArrival)
    {
        if (_left <= 0 || !horizon.Admits(at, isArrival))
            return false;
        _left--;
        return true;
    }

    /// <inheritdoc/>
    public override bool TryMove(Instant next)
    {
        if (_left <= 0)
            return false;
        if (horizon.TryMove(next))
            return true;

        // Whatever it sent as it came to a stop, it stands still, and not for the turn's sake.
        _left = 1;
        return false;
    }
}
