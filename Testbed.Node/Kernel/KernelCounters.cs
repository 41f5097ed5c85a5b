namespace Testbed.Node.Kernel;

/// <summary>What a kernel counted.</summary>
public sealed class KernelCounters
{
    /// <summary>Received frames that the bottom half is through with, answers included.</summary>
    public long FramesHandled { get; internal set; }

    /// <summary>Frames that wait for the driver, the one that it is being given included.</summary>
    public int FramesForDriver { get; internal set; }

    /// <summary>Received frames dropped because the bottom half's queue was full.</summary>
    public long BacklogDrops { get; internal set; }

    /// <summary>Frames to send dropped because the device queue was full.</summary>
    public long DeviceQueueDrops { get; internal set; }

    /// <summary>Times that a process, or the idle task after one, was given the processor.</summary>
    public long ProcessSwitches { get; internal set; }
}
