using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>
/// The Intel EtherExpress PRO/100 (82557/8): reads command blocks and stores frames by DMA, beside the processor; serializes onto the wire;
/// raises its interrupt line when a command asks for it, when its command unit's queue has drained, and when a frame is in memory.
/// </summary>
public sealed class EtherExpress : ModelActor
{
    private static readonly long ArrivalCode = EventDigest.NameCode("nic/arrival");

    private readonly EtherExpressSettings _settings;
    private readonly CableSettings _wire;
    private readonly MacAddress _address;
    private readonly EtherExpressChip _chip;
    private readonly ModelRef _cable;
    private readonly Queue<(ReadOnlyMemory<byte> Frame, Instant InMemory)> _storing = new();
    private int _stored;

    private EtherExpress(
        Lane lane, EtherExpressSettings settings, CableSettings wire, MacAddress address, EtherExpressChip chip, IActorRef cable, IActorRef interruptController, Pic8259 pic)
        : base(lane)
    {
        (_settings, _wire, _address, _chip, _cable) = (settings, wire, address, chip, new ModelRef(cable));
        var controller = new ModelRef(interruptController);
        var raised = new InterruptController.LineChanged(settings.InterruptLine, High: true) { Level = () => chip.RequestsInterrupt };

        // Raising the line is news and takes the way of a message. It falls as the driver's acknowledgement takes effect, before the
        // driver can do anything else: were that a message too, the end of the interrupt would find the line still high.
        chip.InterruptLine = high =>
        {
            if (high)
                controller.Tell(raised);
            else
                pic.SetLine(settings.InterruptLine, high: false);
        };
    }

    /// <summary>The NIC of a PC.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">The card.</param>
    /// <param name="wire">The wire, for its rate.</param>
    /// <param name="address">Its Ethernet address.</param>
    /// <param name="chip">Its registers and rings.</param>
    /// <param name="cable">The PC's end of the cable.</param>
    /// <param name="interruptController">Is told when the interrupt line rises.</param>
    /// <param name="pic">That controller's chip, which sees at once when the line falls.</param>
    public static Props Props(
        Lane lane, EtherExpressSettings settings, CableSettings wire, MacAddress address, EtherExpressChip chip, IActorRef cable, IActorRef interruptController, Pic8259 pic) =>
        lane.Props(() => new EtherExpress(lane, settings, wire, address, chip, cable, interruptController, pic));

    /// <summary>The driver's doorbell (CU Resume): the suspended command unit goes on with the next command block.</summary>
    public sealed class ResumeCommandUnit : ISignal
    {
        /// <summary>The one there is.</summary>
        public static readonly ResumeCommandUnit Instance = new();
    }

    /// <summary>The driver resets the chip (PORT reset) and starts both of its units again.</summary>
    /// <param name="Command">The command block at which the command unit starts.</param>
    /// <param name="Descriptor">The descriptor at which the receive unit starts.</param>
    public sealed record Restart(int Command, int Descriptor) : ISignal;

    private sealed class StartFrame
    {
        public static readonly StartFrame Instance = new();
    }

    private sealed class FrameSent
    {
        public static readonly FrameSent Instance = new();
    }

    private sealed class FrameInMemory
    {
        public static readonly FrameInMemory Instance = new();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ResumeCommandUnit:
                OnResume();
                break;
            case Restart restart:
                OnRestart(restart);
                break;
            case StartFrame:
                OnStartFrame();
                break;
            case FrameSent:
                OnFrameSent();
                break;
            case CableEnd.FrameArrived arrived:
                OnFrameArrived(arrived.Frame);
                break;
            case FrameInMemory:
                OnFrameInMemory();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The card has started anew by itself: the chip is as after a reset, and its driver does not know yet.</summary>
    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        _chip.Reset();
    }

    /// <summary>What it was storing is lost.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _chip.Counters.ReceiverIdleDrops += _storing.Count;
        _chip.FramesBeingStored = 0;
        base.PreRestart(reason, message);
    }

    private void OnRestart(Restart restart)
    {
        _chip.Counters.ReceiverIdleDrops += _storing.Count;
        _chip.FramesBeingStored = 0;
        _storing.Clear();
        _chip.Reset();
        (_chip.Command, _stored, _chip.ReceiveUnitActive) = (restart.Command, restart.Descriptor, true);
        OnResume();
    }

    private void OnResume()
    {
        // A doorbell while the unit is active changes nothing: it finds the next command by itself.
        if (!_chip.CommandUnitActive && NextCommand.IsReady)
            StartAt(Instant.Max(Now + _settings.TransmitLatency, _chip.WireFreeAt));
    }

    private TransmitDescriptor NextCommand => _chip.TransmitRing[_chip.Command];

    private void StartAt(Instant at)
    {
        _chip.CommandUnitActive = true;
        _chip.NextFrameAt = at;
        Schedule(at, StartFrame.Instance);
    }

    private void OnStartFrame()
    {
        // From before a reset.
        if (_chip.NextFrameAt > Now)
            return;
        if (_chip.TransmitterSticks?.Invoke() == true)
        {
            _chip.NextFrameAt = Instant.Never;
            return;
        }

        var frame = EthernetFrame.AppendFcs(NextCommand.Frame.Span);
        var timing = _wire.TimingAt(Now);
        var end = Now + timing.Serialization(frame.Length);
        _chip.NextFrameAt = Instant.Never;
        _chip.WireFreeAt = end + timing.InterFrameGap;
        if (NextCommand.HasBegun)
            _chip.Counters.SentAgain++;
        NextCommand.HasBegun = true;
        _chip.Counters.FramesSent++;
        _chip.Counters.BytesSent += frame.Length;
        Lane.Observer?.Passed(Observed.NicSent, frame);
        _cable.Tell(new CableEnd.FrameStarted(frame));
        _chip.FrameStarted?.Invoke(frame, Now);
        _chip.FrameSentAt = end;
        Schedule(end, FrameSent.Instance);
    }

    private void OnFrameSent()
    {
        if (_chip.FrameSentAt > Now)
            return;

        var sent = NextCommand;
        sent.Complete = true;
        _chip.FrameSentAt = Instant.Never;
        _chip.Command = (_chip.Command + 1) % _chip.TransmitRing.Length;
        if (sent.Suspend)
            _chip.CommandUnitActive = false;
        else
            StartAt(Instant.Max(Now, _chip.WireFreeAt));

        var causes = sent.Interrupt ? ScbStatus.CommandExecuted : ScbStatus.None;
        if (sent.Suspend)
            causes |= ScbStatus.CommandUnitNotActive;
        if (causes != ScbStatus.None)
            _chip.Report(causes);
    }

    private void OnFrameArrived(ReadOnlyMemory<byte> frame)
    {
        Lane.Digest.Add(Now, ArrivalCode, frame.Length);
        Lane.Observer?.Passed(Observed.NicReceived, frame);
        if (!EthernetFrame.VerifyFcs(frame.Span))
            _chip.Counters.FcsErrors++;
        else if (!IsForUs(frame.Span))
            _chip.Counters.Filtered++;
        else
            Store(frame);
    }

    private bool IsForUs(ReadOnlySpan<byte> frame)
    {
        var destination = EthernetFrame.Destination(frame);
        return _chip.Promiscuous || destination == _address || destination == MacAddress.Broadcast;
    }

    private void Store(ReadOnlyMemory<byte> frame)
    {
        if (!_chip.ReceiveUnitActive)
        {
            _chip.Counters.ReceiverIdleDrops++;
            return;
        }

        if (_chip.ReceiverOverruns?.Invoke() == true)
        {
            _chip.Counters.Overruns++;
            return;
        }

        var ring = _chip.ReceiveRing;
        var descriptor = ring[(_stored + _storing.Count) % ring.Length];
        if (_storing.Count == ring.Length || descriptor.Complete)
        {
            _chip.Counters.RingFullDrops++;
            _chip.Report(ScbStatus.ReceiveNotReady);
            return;
        }

        _chip.FrameArrived?.Invoke(frame, Now);
        var inMemory = Now + _settings.ReceiveLatency;
        _storing.Enqueue((frame, inMemory));
        _chip.FramesBeingStored = _storing.Count;
        _chip.NextFrameInMemory = _storing.Peek().InMemory;
        Schedule(inMemory, FrameInMemory.Instance);
    }

    private void OnFrameInMemory()
    {
        if (!_storing.TryPeek(out var first) || first.InMemory > Now)
            return;
        var (frame, _) = _storing.Dequeue();
        _chip.FramesBeingStored = _storing.Count;
        _chip.NextFrameInMemory = _storing.TryPeek(out var next) ? next.InMemory : Instant.Never;
        var descriptor = _chip.ReceiveRing[_stored];
        descriptor.Frame = frame[..^EthernetFrame.FcsLength];
        descriptor.Complete = true;
        _stored = (_stored + 1) % _chip.ReceiveRing.Length;
        _chip.Counters.FramesReceived++;
        _chip.Counters.BytesReceived += frame.Length;
        _chip.Report(ScbStatus.FrameReceived);
    }
}
