namespace Testbed.Node.Kernel;

/// <summary>What a kernel counted.</summary>
public sealed class KernelCounters
{
    /// <summary>Received frames that the bottom half is through with, answers included.</summary>
    public long FramesHandled { get; internal set; }

    /// <summary>Frames that wait for the driver, the one that it is being given included.</summary>
    public int FramesForDriver { get; internal set; }

    /// <summary>Frames that the driver has handed on.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Frames that wait for the bottom half.</summary>
    public int Backlog { get; internal set; }

    /// <summary>The most that ever did.</summary>
    public int MostBacklog { get; internal set; }

    /// <summary>Frames that the bottom half has begun with.</summary>
    public long FramesBegun { get; internal set; }

    /// <summary>Frames handed to VMNet.</summary>
    public long FramesToVmNet { get; internal set; }

    /// <summary>Frames that came to the device queue.</summary>
    public long FramesToDevice { get; internal set; }

    /// <summary>The most that ever waited in the device queue.</summary>
    public int MostInDeviceQueue { get; internal set; }

    /// <summary>Frames that wait in the device queue.</summary>
    public int DeviceQueue { get; internal set; }

    /// <summary>Frames given to the driver.</summary>
    public long FramesToDriver { get; internal set; }

    /// <summary>Received frames dropped because the bottom half's queue was full.</summary>
    public long BacklogDrops { get; internal set; }

    /// <summary>Frames to send dropped because the device queue was full.</summary>
    public long DeviceQueueDrops { get; internal set; }

    /// <summary>Frames to send, or received by a driver that has to copy them, dropped because there was no memory for a socket buffer.</summary>
    public long NoBufferDrops { get; internal set; }

    /// <summary>Times that a receive descriptor had to stay without a buffer, because there was no memory for one.</summary>
    public long RefillFailures { get; internal set; }

    /// <summary>Interrupts that the network card's driver asked for, since one must have been lost.</summary>
    public long InterruptsAskedFor { get; internal set; }

    /// <summary>Times that the network card's driver reset it, since it did not get on.</summary>
    public long CardResets { get; internal set; }

    /// <summary>Of <see cref="NoBufferDrops"/> those of received frames.</summary>
    public long NoBufferDropsIn { get; internal set; }

    /// <summary>Frames to send that the network card's driver lost when it reset the card, those included that the card was sending.</summary>
    public long ResetTransmitDrops { get; internal set; }

    /// <summary>Received frames that the network card's driver lost when it reset the card.</summary>
    public long ResetDrops { get; internal set; }

    /// <summary>Times that a process, or the idle task after one, was given the processor.</summary>
    public long ProcessSwitches { get; internal set; }
}
