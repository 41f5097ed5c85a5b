namespace Testbed.Node.Kernel;

/// <summary>How long a card has sent nothing of what its driver gave it, in ticks that the kernel has counted (Linux 2.2: jiffies since dev-&gt;trans_start).</summary>
public sealed class TransmitWatchdog
{
    private long _finished = -1;
    private int _ticks;

    /// <summary>The kernel's timer has ticked.</summary>
    /// <param name="finished">Frames that the driver has found sent.</param>
    /// <param name="given">Frames that it has given to the card.</param>
    /// <returns>How many ticks in a row have found frames given, and none finished since the tick before.</returns>
    public int Tick(long finished, long given)
    {
        _ticks = finished == given || finished != _finished ? 0 : _ticks + 1;
        _finished = finished;
        return _ticks;
    }

    /// <summary>The card has been given another chance.</summary>
    public void Restart() => _ticks = 0;
}
