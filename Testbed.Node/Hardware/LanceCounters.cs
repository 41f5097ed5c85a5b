namespace Testbed.Node.Hardware;

/// <summary>What the Lance counted.</summary>
public sealed class LanceCounters
{
    /// <summary>Frames sent: their descriptors were given back.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Frames taken from the transmit ring.</summary>
    public long FramesFetched { get; internal set; }

    /// <summary>Frames that were being sent when the chip was stopped.</summary>
    public long Aborted { get; internal set; }

    /// <summary>Bytes sent: frames with their FCS, and with padding.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Frames stored.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Bytes of frames stored, with their FCS.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Frames for this station lost as there was no receive descriptor.</summary>
    public long Missed { get; internal set; }

    /// <summary>Frames for this station cut off as there were too few receive descriptors for their length.</summary>
    public long CutOff { get; internal set; }

    /// <summary>Frames for somebody else, and runts: not stored.</summary>
    public long Filtered { get; internal set; }

    /// <summary>Frames that came while the receiver was off.</summary>
    public long ReceiverOff { get; internal set; }

    /// <summary>Frames that could not be sent as the ring did not hold all of their buffers.</summary>
    public long Underflows { get; internal set; }

    /// <summary>Times the interrupt pin was raised.</summary>
    public long Interrupts { get; internal set; }
}

/// <summary>What became of a frame that the Lance was given.</summary>
public enum LanceReceived
{
    /// <summary>It is in memory, and RINT is set.</summary>
    Stored,

    /// <summary>It is for somebody else, or too short to be a frame; nothing changed.</summary>
    Filtered,

    /// <summary>There was no descriptor for it: it is lost, and MISS is set.</summary>
    Missed,

    /// <summary>There were too few descriptors for its length: its end is lost, the last descriptor says BUFF, and RINT is set.</summary>
    CutOff,

    /// <summary>The receiver is off; nothing changed.</summary>
    Off,
}
