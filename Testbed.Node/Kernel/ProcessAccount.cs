using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>A process's turns at the processor, and its waits for them.</summary>
/// <param name="lane">The PC's lane.</param>
/// <param name="name">The process's name.</param>
public sealed class ProcessAccount(Lane lane, string name)
{
    private Instant _since;

    /// <summary>The process's name.</summary>
    public string Name { get; } = name;

    /// <summary>Times that it was given the processor after another process or the idle task had it.</summary>
    public long Turns { get; private set; }

    /// <summary>How long it had its turn, up to the last time that it left.</summary>
    public Duration Ran { get; private set; }

    /// <summary>How long it was runnable and waited for its turn.</summary>
    public Duration Waited { get; private set; }

    /// <summary>The longest of these waits.</summary>
    public Duration LongestWait { get; private set; }

    /// <summary>It has become runnable, and waits for its turn.</summary>
    internal void Ready() => _since = lane.Now;

    /// <summary>It is its turn.</summary>
    internal void Chosen()
    {
        Turns++;
        var waited = lane.Now - _since;
        Waited += waited;
        LongestWait = waited > LongestWait ? waited : LongestWait;
        _since = lane.Now;
    }

    /// <summary>Its turn is over: it sleeps, or waits for the next.</summary>
    internal void Left()
    {
        Ran += lane.Now - _since;
        _since = lane.Now;
    }
}
