namespace Testbed.Node.Transport;

/// <summary>
/// Whether it pays to look at the sockets again and again before going to sleep. It does while answers come sooner than a sleeper is woken; it
/// costs twice the spin where the peer needs this very core to answer. So it stops after a few misses, and tries again ever more rarely.
/// </summary>
internal sealed class SpinPolicy
{
    /// <summary>Misses in a row after which it stops.</summary>
    public const int MostMisses = 3;

    /// <summary>Waits until the first try again, and the most until any.</summary>
    public const int LeastPause = 16, MostPause = 4096;

    private int _misses;
    private int _pause = LeastPause;
    private int _waitsUntilTry;

    /// <summary>How long a spin lasts at most.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMicroseconds(200);

    /// <summary>Whether to spin in the wait that begins now.</summary>
    public bool ShouldSpin() => _misses < MostMisses || --_waitsUntilTry <= 0;

    /// <summary>The spin ended with something from a socket, in time.</summary>
    public void Hit()
    {
        _misses = 0;
        _pause = LeastPause;
    }

    /// <summary>It ended with nothing, or too late: the core was taken away meanwhile.</summary>
    public void Miss()
    {
        if (_misses < MostMisses)
        {
            _misses++;
        }
        else
        {
            _pause = Math.Min(2 * _pause, MostPause);
        }

        _waitsUntilTry = _pause;
    }
}
