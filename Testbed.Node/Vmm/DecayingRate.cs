using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// How often something happens, what is long ago counting ever less: the count of events, each worth less by a sixteenth after every sixteenth of the decay
/// time, so about 1/e after all of it. Whole numbers throughout.
/// </summary>
public sealed class DecayingRate
{
    private const int Shift = 4;
    private const long One = 1 << 20;
    private readonly Duration _step;
    private readonly long _high;
    private long _count;
    private Instant _decayedTo = Instant.Zero;

    /// <summary>A rate that is zero.</summary>
    /// <param name="decay">The decay time, at least 16 ns.</param>
    /// <param name="highPerSecond">Events a second from which the rate is high.</param>
    public DecayingRate(Duration decay, long highPerSecond)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decay.Nanoseconds, 1 << Shift, nameof(decay));
        _step = new Duration(decay.Nanoseconds >> Shift);

        // At an even rate the count settles at rate x decay time.
        _high = (long)((Int128)highPerSecond * (_step.Nanoseconds << Shift) * One / Duration.FromSeconds(1).Nanoseconds);
    }

    /// <summary>Something happens.</summary>
    public void Count(Instant now)
    {
        Decay(now);
        _count += One;
    }

    /// <summary>Whether the rate is high.</summary>
    public bool IsHigh(Instant now)
    {
        Decay(now);
        return _count >= _high;
    }

    private void Decay(Instant now)
    {
        var steps = (now - _decayedTo).Nanoseconds / _step.Nanoseconds;
        _decayedTo += _step * steps;
        for (; steps > 0 && _count > 0; steps--)
            _count -= (_count + (1 << Shift) - 1) >> Shift;
    }
}
