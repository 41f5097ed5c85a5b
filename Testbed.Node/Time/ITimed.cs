namespace Testbed.Node.Time;

/// <summary>Something that the timeline makes happen at an instant.</summary>
public interface ITimed
{
    /// <summary>No longer wanted: it is passed over without setting the clock.</summary>
    bool IsCancelled { get; }

    /// <summary>The instant has come.</summary>
    void OnTime();
}
