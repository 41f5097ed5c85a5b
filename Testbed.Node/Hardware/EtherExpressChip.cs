using System.Collections.Immutable;
using Testbed.Node.Cable;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>The Intel 82557/8's interrupt causes: the upper byte of its system control block's status word (8255x developer manual, 6.3.1).</summary>
[Flags]
public enum ScbStatus
{
    /// <summary>Nothing to report.</summary>
    None = 0,

    /// <summary>A command with its interrupt bit set has completed.</summary>
    CommandExecuted = 0x8000,

    /// <summary>A frame has been received.</summary>
    FrameReceived = 0x4000,

    /// <summary>The command unit has left the active state: its queue has drained.</summary>
    CommandUnitNotActive = 0x2000,

    /// <summary>The receive unit is out of descriptors.</summary>
    ReceiveNotReady = 0x1000,

    /// <summary>The driver has asked for an interrupt (SI in the command word).</summary>
    SoftwareInterrupt = 0x0400,
}

/// <summary>A transmit command block in the PC's memory, written by the driver, read and completed by the chip.</summary>
public sealed class TransmitDescriptor
{
    /// <summary>The frame to send, without FCS; null when the descriptor is free.</summary>
    public ReadOnlyMemory<byte> Frame { get; set; }

    /// <summary>S: the command unit suspends after this command.</summary>
    public bool Suspend { get; set; }

    /// <summary>I: completing this command causes an interrupt.</summary>
    public bool Interrupt { get; set; }

    /// <summary>C: the chip has finished with it.</summary>
    public bool Complete { get; set; }

    /// <summary>The frame has begun on the wire, once at least; for counting only.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>Whether there is a frame in it that the chip has still to send.</summary>
    public bool IsReady => !Frame.IsEmpty && !Complete;
}

/// <summary>A receive frame descriptor with its buffer in the PC's memory, given by the driver, filled and completed by the chip.</summary>
public sealed class ReceiveDescriptor
{
    /// <summary>The frame received, without FCS.</summary>
    public ReadOnlyMemory<byte> Frame { get; set; }

    /// <summary>C: a frame has been stored.</summary>
    public bool Complete { get; set; }
}

/// <summary>What the EtherExpress counted.</summary>
public sealed class EtherExpressCounters
{
    /// <summary>Frames sent.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Bytes sent: frames with their FCS.</summary>
    public long BytesSent { get; internal set; }

    /// <summary>Good frames stored.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Bytes of good frames stored, with their FCS.</summary>
    public long BytesReceived { get; internal set; }

    /// <summary>Frames dropped because their FCS is wrong or they are too short.</summary>
    public long FcsErrors { get; internal set; }

    /// <summary>Good frames dropped because the receive ring was full.</summary>
    public long RingFullDrops { get; internal set; }

    /// <summary>Good frames for somebody else, not stored.</summary>
    public long Filtered { get; internal set; }

    /// <summary>Frames that the driver has taken from the receive ring.</summary>
    public long FramesTaken { get; internal set; }

    /// <summary>Good frames lost because the receive FIFO had no room for them.</summary>
    public long Overruns { get; internal set; }

    /// <summary>Good frames lost because the receive unit was idle: the chip had been reset, and no driver had started it again.</summary>
    public long ReceiverIdleDrops { get; internal set; }

    /// <summary>Frames that were begun again after a reset had kept their end from being noticed.</summary>
    public long SentAgain { get; internal set; }

    /// <summary>Times the interrupt line was raised.</summary>
    public long Interrupts { get; internal set; }

    /// <summary>Times its link went down or came up again.</summary>
    public long LinkChanges { get; internal set; }
}

/// <summary>
/// What the driver and the chip share: the system control block's registers and the two descriptor rings in memory. The driver reads
/// and writes it directly, as it does memory-mapped registers; what has to reach the chip's own machinery is a message.
/// </summary>
public sealed class EtherExpressChip : ICablePort
{
    private ScbStatus _status;
    private bool _linkIsUp = true;
    private bool _isRaisedWithoutCause;

    /// <summary>A chip with rings of these sizes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A ring has fewer than 2 descriptors.</exception>
    public EtherExpressChip(int transmitRing, int receiveRing)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(transmitRing, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(receiveRing, 2);
        TransmitRing = [.. Enumerable.Range(0, transmitRing).Select(_ => new TransmitDescriptor())];
        ReceiveRing = [.. Enumerable.Range(0, receiveRing).Select(_ => new ReceiveDescriptor())];
    }

    /// <summary>The command blocks, in a ring.</summary>
    public ImmutableArray<TransmitDescriptor> TransmitRing { get; }

    /// <summary>The receive frame area, in a ring.</summary>
    public ImmutableArray<ReceiveDescriptor> ReceiveRing { get; }

    /// <summary>What it counted.</summary>
    public EtherExpressCounters Counters { get; } = new();

    /// <summary>Whether frames for every station are stored (a bridge's NIC).</summary>
    public bool Promiscuous { get; set; }

    /// <inheritdoc/>
    /// <remarks>
    /// As its PHY's registers tell the driver that asks (82555 data sheet: the partner's abilities are lost with the link). It does not interrupt, and goes on sending into a
    /// cable that hears nothing, as the 82557 does in full duplex.
    /// </remarks>
    public bool LinkIsUp
    {
        get => _linkIsUp;
        set
        {
            if (value != _linkIsUp)
                Counters.LinkChanges++;
            _linkIsUp = value;
        }
    }

    /// <summary>The interrupt causes that the driver has not acknowledged yet.</summary>
    public ScbStatus Status => _status;

    /// <summary>Good frames that are being stored.</summary>
    public int FramesBeingStored { get; internal set; }

    /// <summary>Stored frames that the driver has not taken.</summary>
    public int FramesInReceiveRing => ReceiveRing.Count(descriptor => descriptor.Complete && !descriptor.Frame.IsEmpty);

    /// <summary>Frames that the driver has given and that have not begun on the wire.</summary>
    public int FramesInTransmitRing => TransmitRing.Count(descriptor => descriptor.IsReady && !descriptor.HasBegun);

    /// <summary>The first instant at which it will do something that may raise its interrupt line.</summary>
    public Instant NextInterrupt => Instant.Min(NextFrameInMemory, FrameSentAt);

    /// <summary>
    /// The first instant at which a frame can start on the wire, given that software does nothing before <paramref name="software"/>:
    /// the next command's start, if the command unit goes on by itself; else not before software could ring the doorbell.
    /// </summary>
    public Instant EarliestFrameStart(Instant software, Duration transmitLatency)
    {
        var byItself = GoesOnAfterThisFrame ? WireFreeAt : NextFrameAt;
        var byDoorbell = Instant.Max(CommandUnitActive ? software : software + transmitLatency, WireFreeAt);
        return Instant.Min(byItself, byDoorbell);
    }

    /// <summary>The length, with FCS, of the frame that starts on the wire next, whatever software does; 0 if none is known to.</summary>
    public int NextFrameBytes
    {
        get
        {
            if (!GoesOnAfterThisFrame && (IsSending || NextFrameAt == Instant.Never))
                return 0;
            var next = IsSending ? (Command + 1) % TransmitRing.Length : Command;
            return TransmitRing[next].Frame.Length + EthernetFrame.FcsLength;
        }
    }

    private bool IsSending => FrameSentAt != Instant.Never;

    private bool GoesOnAfterThisFrame => IsSending && !TransmitRing[Command].Suspend;

    /// <summary>The command block that the command unit is at.</summary>
    internal int Command { get; set; }

    /// <summary>When the frame on the wire ends; never, if there is none.</summary>
    internal Instant FrameSentAt { get; set; } = Instant.Never;

    /// <summary>When the next frame that has come in will be in memory.</summary>
    internal Instant NextFrameInMemory { get; set; } = Instant.Never;

    /// <summary>The instant at which the command unit will start a frame without being told anything more.</summary>
    internal Instant NextFrameAt { get; set; } = Instant.Never;

    /// <summary>When the frame on the wire and the gap behind it are over.</summary>
    internal Instant WireFreeAt { get; set; }

    /// <summary>Whether the command unit is at work, or suspended.</summary>
    internal bool CommandUnitActive { get; set; }

    /// <summary>Whether the receive unit stores frames; not from a reset until the driver starts it again.</summary>
    public bool ReceiveUnitActive { get; internal set; } = true;

    /// <summary>Whether the interrupt line is high.</summary>
    public bool RequestsInterrupt => _status != ScbStatus.None || _isRaisedWithoutCause;

    /// <summary>Asked before each frame whether the command unit gets stuck at it, until it is reset; null if it never does.</summary>
    public Func<bool>? TransmitterSticks { get; set; }

    /// <summary>Asked for each good frame that comes in whether the receive FIFO has no room for it; null if it always has.</summary>
    public Func<bool>? ReceiverOverruns { get; set; }

    /// <summary>Told of a frame that begins on the wire, with its FCS; for measuring only.</summary>
    public Action<ReadOnlyMemory<byte>, Instant>? FrameStarted { get; set; }

    /// <summary>Told of a good frame that has come in and is being stored, with its FCS; for measuring only.</summary>
    public Action<ReadOnlyMemory<byte>, Instant>? FrameArrived { get; set; }

    /// <summary>Called when the interrupt line changes.</summary>
    internal Action<bool>? InterruptLine { get; set; }

    /// <summary>The driver acknowledges causes; with none left the line goes low.</summary>
    public void Acknowledge(ScbStatus causes)
    {
        var before = _status;
        _status &= ~causes;
        if (before != ScbStatus.None && !RequestsInterrupt)
            InterruptLine?.Invoke(false);
    }

    /// <summary>The driver asks for an interrupt (SI): the line is raised, whatever became of its last rise.</summary>
    public void RequestInterrupt()
    {
        _status |= ScbStatus.SoftwareInterrupt;
        Counters.Interrupts++;
        InterruptLine?.Invoke(true);
    }

    /// <summary>The interrupt line goes high without a cause, or low again if there is none by then: a fault.</summary>
    public void RaiseWithoutCause(bool high)
    {
        var before = RequestsInterrupt;
        _isRaisedWithoutCause = high;
        if (RequestsInterrupt != before)
            InterruptLine?.Invoke(high);
    }

    internal void Report(ScbStatus cause)
    {
        var before = _status;
        _status |= cause;
        if (before != ScbStatus.None)
            return;
        Counters.Interrupts++;
        InterruptLine?.Invoke(true);
    }

    /// <summary>PORT reset: both units are idle and nothing is left to report. A frame on the wire is sent to its end.</summary>
    internal void Reset()
    {
        CommandUnitActive = false;
        ReceiveUnitActive = false;
        NextFrameAt = FrameSentAt = NextFrameInMemory = Instant.Never;
        Acknowledge(_status);
    }
}

/// <summary>What the EtherExpress needs to know about its PC.</summary>
/// <param name="TransmitRing">Command blocks in the ring (Linux 2.2 eepro100.c: 32).</param>
/// <param name="ReceiveRing">Receive descriptors in the ring (Linux 2.2 eepro100.c: 32).</param>
/// <param name="TransmitLatency">From the doorbell to the first bit, with the command unit suspended: fetching the command and filling the FIFO to its threshold.</param>
/// <param name="ReceiveLatency">From the last bit to the frame and its status in memory.</param>
/// <param name="InterruptLine">The interrupt controller's line.</param>
public sealed record EtherExpressSettings(
    int TransmitRing, int ReceiveRing, Duration TransmitLatency, Duration ReceiveLatency, int InterruptLine);
