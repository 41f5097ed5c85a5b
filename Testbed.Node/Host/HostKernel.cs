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

    private HostKernel(Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, INetworkDriver driver)
        : base(lane, processor, World.Host, stack, scheduler, ticks, counters)
    {
        (_interruptController, _networkLine, Driver) = (interruptController, networkLine, driver);
        processor.HandleInterrupts(World.Host, Self);
    }

    /// <inheritdoc/>
    protected override INetworkDriver Driver { get; }

    /// <summary>The kernel of a PC.</summary>
    public static Props Props(
        Lane lane, Processor processor, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, Pic8259 interruptController, int networkLine, INetworkDriver driver) =>
        lane.Props(() => new HostKernel(lane, processor, stack, scheduler, ticks, counters, interruptController, networkLine, driver));

    /// <inheritdoc/>
    protected override void OnInterrupt()
    {
        var line = _interruptController.Acknowledge();
        if (line == HostTimer.InterruptLine)
            OnTimerInterrupt(line);
        else if (line == _networkLine)
            OnNetworkInterrupt(line);
        else
            Unexpected(line);
    }

    /// <summary>A spurious interrupt, or one that no driver has asked for: there is nothing to handle.</summary>
    private void Unexpected(int line)
    {
        if (line >= 0)
            EndOfInterrupt(line);
        Processor.ReturnFromInterrupt();
    }

    /// <inheritdoc/>
    protected override void EndOfInterrupt(int line) => _interruptController.EndOfInterrupt(line);
}
