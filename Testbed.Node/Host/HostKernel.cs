using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>The host operating system's kernel: Linux 2.2 on the machine itself, with the EtherExpress's driver.</summary>
public sealed class HostKernel : LinuxKernel
{
    private readonly Pic8259 _interruptController;
    private readonly int _networkLine;
    private readonly Func<Activity> _receiveOnBehalfOfVmNet;
    private IActorRef _vmDriver = ActorRefs.Nobody;
    private IActorRef _vmNet = ActorRefs.Nobody;
    private MacAddress? _vmAddress;
    private Activity? _vmNetReceive;

    private HostKernel(Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver)
        : base(lane, processor, new KernelActivities(category => processor.Activity(World.Host, category)), stack, scheduler, ticks, counters)
    {
        (_interruptController, _networkLine, Driver) = (interruptController, networkLine, driver(this));
        _receiveOnBehalfOfVmNet = () => processor.Activity(World.Host, "vmnet-receive");

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
        Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver) =>
        lane.Props(() => new HostKernel(lane, processor, stack, scheduler, ticks, counters, interruptController, networkLine, driver));

    /// <summary>VMDriver and VMNet are loaded: from now on frames for the virtual machine are bridged to it.</summary>
    /// <param name="VmDriver">VMDriver.</param>
    /// <param name="VmNet">VMNet.</param>
    /// <param name="VmAddress">The virtual machine's Ethernet address.</param>
    public sealed record LoadVmDrivers(IActorRef VmDriver, IActorRef VmNet, MacAddress VmAddress);

    /// <summary>A driver's frame is to leave by the network card, whose queue it joins (<c>dev_queue_xmit</c>).</summary>
    /// <param name="Frame">The frame.</param>
    /// <param name="Then">Where the driver goes on.</param>
    public sealed record QueueFrame(OutgoingFrame Frame, Continuation Then) : IHandOff;

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
            case QueueFrame queue:
                ToDevice(queue.Frame);
                Transmit(queue.Then.OnTime);
                break;
            case VmDriver.HostNeeded or VmNet.Written or VmNet.Selected or VmNet.Frame:
                Return((SystemCall)message);
                break;
            case LoadVmDrivers load:
                (_vmDriver, _vmNet, _vmAddress) = (load.VmDriver, load.VmNet, load.VmAddress);
                _vmNetReceive = _receiveOnBehalfOfVmNet();
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    /// <inheritdoc/>
    protected override void Receive(ReadOnlyMemory<byte> frame, Action then)
    {
        if (_vmAddress is not { } vm)
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
        _vmNet.Tell(new VmNet.FrameArrived(frame));
        then();
    });

    private void OnInterrupt()
    {
        var line = _interruptController.Acknowledge();
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
