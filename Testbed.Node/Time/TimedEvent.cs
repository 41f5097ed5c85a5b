namespace Testbed.Node.Time;

/// <summary>Something that the timeline makes happen at an instant.</summary>
public abstract class TimedEvent
{
    /// <summary>No longer wanted: it is passed over without setting the clock.</summary>
    public virtual bool IsCancelled => false;

    /// <summary>The instant has come.</summary>
    public abstract void OnTime();
}
