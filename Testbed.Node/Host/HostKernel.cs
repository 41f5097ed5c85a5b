using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>The host operating system's kernel: Linux 2.2 on the machine itself, with the EtherExpress's driver.</summary>
public sealed class HostKernel : LinuxKernel
{
    private readonly Pic8259 _interruptController;
    private readonly int _networkLine;

    private HostKernel(Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver)
        : base(lane, processor, new KernelActivities(category => processor.Activity(World.Host, category)), stack, scheduler, ticks, counters)
    {
        (_interruptController, _networkLine, Driver) = (interruptController, networkLine, driver(this));
        processor.HandleInterrupts(World.Host, Self);
    }

    /// <inheritdoc/>
    protected override INetworkDriver Driver { get; }

    /// <summary>The kernel of a PC.</summary>
    public static Props Props(
        Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, Func<IDriverKernel, INetworkDriver> driver) =>
        lane.Props(() => new HostKernel(lane, processor, stack, scheduler, ticks, counters, interruptController, networkLine, driver));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InterruptTaken:
                Execute(Activities.Interrupt, OnInterrupt);
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

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
