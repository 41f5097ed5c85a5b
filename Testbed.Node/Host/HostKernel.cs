using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>The host operating system's kernel: Linux 2.2 on the machine itself, with the EtherExpress's driver.</summary>
public sealed partial class HostKernel : LinuxKernel
{
    private readonly Processor _processor;
    private readonly Pic8259 _interruptController;
    private readonly int _networkLine;
    private readonly KernelCounters _counters;
    private ModelRef _vmDriver = ModelRef.Nobody;
    private ModelRef _vmNet = ModelRef.Nobody;
    private readonly Queue<(byte[] Frame, ISignal WhenFreed)> _lent = new();
    private MacAddress? _vmAddress;
    private Activity? _vmNetReceive;
    private RawKeyboard? _keyboard;
    private Activity? _keyboardRead;

    private HostKernel(Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver, SocketBuffers? buffers)
        : base(lane, processor, new KernelActivities(category => processor.Activity(World.Host, category)), stack, scheduler, ticks, counters, buffers)
    {
        (_processor, _interruptController, _networkLine, _counters, Driver) = (processor, interruptController, networkLine, counters, driver(this));

        // The ways to the card's doorbell end in the driver; what has a frame for the driver is a step before it.
        Activities.DriverTransmit.ToDoorbell = Duration.Zero;
        foreach (var kind in Enum.GetValues<FrameKind>())
            Activities.Transmit(kind).ToDoorbell = Activities.DriverTransmit.Least;
        processor.HandleInterrupts(World.Host, Self);
    }

    /// <inheritdoc/>
    protected override INetworkDriver Driver { get; }

    /// <summary>The kernel of a PC.</summary>
    public static Props Props(
        Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver, SocketBuffers? buffers = null) =>
        lane.Props(() => new HostKernel(lane, processor, stack, scheduler, ticks, counters, interruptController, networkLine, driver, buffers));

    /// <summary>VMDriver and VMNet are loaded: from now on frames for the virtual machine are bridged to it.</summary>
    /// <param name="VmDriver">VMDriver.</param>
    /// <param name="VmNet">VMNet.</param>
    /// <param name="VmAddress">The virtual machine's Ethernet address.</param>
    public sealed record LoadVmDrivers(IActorRef VmDriver, IActorRef VmNet, MacAddress VmAddress);

    /// <summary>The keyboard is VMApp's from now on.</summary>
    /// <param name="Keyboard">Its terminal.</param>
    public sealed record GrabKeyboard(RawKeyboard Keyboard);

    /// <summary>VMApp's <c>read()</c> of the keyboard. Answered with <see cref="KeysRead"/>.</summary>
    /// <param name="Most">How many codes it has room for.</param>
    public sealed record ReadKeys(int Most) : SystemCall;

    /// <summary><see cref="ReadKeys"/> returns.</summary>
    /// <param name="Codes">The codes, in the order in which they were typed.</param>
    public sealed record KeysRead(IReadOnlyList<byte> Codes) : SystemCall;

    /// <summary>A driver's frame is to leave by the network card, whose queue it joins (<c>dev_queue_xmit</c>).</summary>
    /// <param name="Frame">The frame.</param>
    /// <param name="Then">Where the driver goes on.</param>
    /// <param name="WhenFreed">Told to VMNet when the frame has been sent, or dropped, and its buffer is free; null if nobody wants to know.</param>
    public sealed record QueueFrame(OutgoingFrame Frame, Continuation Then, ISignal? WhenFreed = null) : IHandOff;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InterruptTaken:
                Execute(Activities.Interrupt, OnInterrupt);
                break;
            case VmDriver.Run run:
                _vmDriver.Tell(run);
                break;
            case VmNet.Write write:
                Execute(Activities.SystemCall, () => _vmNet.Tell(write));
                break;
            case VmNet.Select or VmNet.Read:
                _vmNet.Tell(message);
                break;
            case QueueFrame queue when _private is { } network:
                ReceiveFromGuest(network, queue.Frame.Bytes, queue.Then.OnTime);
                break;
            case QueueFrame queue:
                OnQueueFrame(queue);
                break;
            case VmDriver.HostNeeded or VmNet.Written or VmNet.Selected or VmNet.Frame:
                Return((SystemCall)message);
                break;
            case ReadKeys read:
                Execute(Activities.SystemCall, () => Execute(_keyboardRead!, () => Return(new KeysRead(_keyboard!.Take(read.Most)))));
                break;
            case JoinPrivateNetwork join:
                Join(join.Network);
                break;
            case GrabKeyboard grab:
                (_keyboard, _keyboardRead) = (grab.Keyboard, _processor.Activity(World.Host, "vmapp-keyboard"));
                break;
            case LoadVmDrivers load:
                (_vmDriver, _vmNet, _vmAddress) = (new ModelRef(load.VmDriver), new ModelRef(load.VmNet), load.VmAddress);
                _vmNetReceive = _processor.Activity(World.Host, "vmnet-receive");
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    /// <summary>A frame's buffer is free (the socket buffer's destructor). Frames leave in the order in which they were queued.</summary>
    public override void Transmitted(in OutgoingFrame frame)
    {
        base.Transmitted(frame);
        if (_lent.TryPeek(out var lent) && lent.Frame == frame.Bytes)
            _vmNet.Tell(_lent.Dequeue().WhenFreed);
    }

    private void OnQueueFrame(QueueFrame queue)
    {
        var isQueued = ToDevice(queue.Frame);
        if (isQueued && queue.WhenFreed is not null)
            _lent.Enqueue((queue.Frame.Bytes, queue.WhenFreed));
        else if (queue.WhenFreed is not null)
            _vmNet.Tell(queue.WhenFreed);
        Transmit(queue.Then.OnTime);
    }

    /// <inheritdoc/>
    protected override void Receive(ReadOnlyMemory<byte> frame, Action then)
    {
        if (_private?.Nat is { } nat && nat.IsInbound(frame.Span))
        {
            ReceiveForGuest(_private, nat, frame, then);
            return;
        }

        if (_vmAddress is not { } vm || _private is not null)
        {
            base.Receive(frame, then);
            return;
        }

        // The bridge sees every frame, the card being promiscuous; a broadcast is for both.
        var destination = EthernetFrame.Destination(frame.Span);
        if (destination == vm)
            Bridge(frame, then);
        else if (destination == MacAddress.Broadcast)
            Bridge(frame, () => base.Receive(frame, then));
        else
            base.Receive(frame, then);
    }

    private void Bridge(ReadOnlyMemory<byte> frame, Action then) => Execute(_vmNetReceive!, () =>
    {
        Lane.Observer?.Passed(_vmNetReceive!.Name, frame);
        _counters.FramesToVmNet++;
        _vmNet.Tell(new VmNet.FrameArrived(frame));
        then();
    });

    private void OnInterrupt()
    {
        var line = _interruptController.Acknowledge();
        _keyboard?.Acknowledged(line == Keyboard8042.InterruptLine);
        if (line >= 0)
            HandleInterrupt(line, _networkLine);
        else
            Processor.ReturnFromInterrupt();
    }

    /// <inheritdoc/>
    protected override void AcknowledgeInterrupt(int line, Action then) => then();

    /// <inheritdoc/>
    protected override void EndOfInterrupt(int line, Action then)
    {
        _interruptController.EndOfInterrupt(line);
        then();
    }
}
