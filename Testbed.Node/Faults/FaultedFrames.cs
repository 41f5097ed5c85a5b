namespace Testbed.Node.Faults;

/// <summary>What faults did to frames on their way to an actor.</summary>
public sealed class FaultedFrames
{
    /// <summary>Frames that came besides those that were sent.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Frames that are lost.</summary>
    public long Dropped { get; internal set; }

    /// <summary>Frames that are held back.</summary>
    public long Held { get; internal set; }
}
