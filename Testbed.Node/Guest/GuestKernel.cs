using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Measuring;
using Testbed.Node.Network;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Node.Guest;

/// <summary>
/// The guest operating system's kernel: the same Linux 2.2, in the virtual machine. It computes directly on the processor; each access to a
/// port, each interrupt and its return traps to the VMM, which it knows as its hardware.
/// </summary>
public sealed class GuestKernel : LinuxKernel, IDriverKernel, IPorts
{
    /// <summary>From this line on they are the slave controller's.</summary>
    private const int FirstSlaveLine = 8;

    private readonly ModelRef _vmm;
    private readonly int _networkLine;
    private readonly IGuestDriver _driver;
    private readonly ReceptionPath _path;
    private readonly Scheduler _scheduler;
    private readonly Activity? _switchWithinPageTables;
    private Process? _pageTables;
    private long _returned;
    private int _masked;

    private GuestKernel(Lane lane, VirtualProcessor processor, Func<string, Activity> activity, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, IActorRef vmm, int networkLine, Func<GuestKernel, IGuestDriver> driver, ReceptionPath path, Activity? switchWithinPageTables, SocketBuffers? buffers)
        : base(lane, processor, new KernelActivities(activity), stack, scheduler, ticks, counters, buffers) =>
        (_vmm, _networkLine, _driver, _path, _scheduler, _switchWithinPageTables) = (new ModelRef(vmm), networkLine, driver(this), path, scheduler, switchWithinPageTables);

    /// <summary>The kernel of a guest.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="processor">The processor that the guest sees.</param>
    /// <param name="activity">What something costs in the guest, with all that the VMM adds to it.</param>
    /// <param name="stack">Its Internet layer.</param>
    /// <param name="scheduler">Its processes.</param>
    /// <param name="ticks">When its timer ticks.</param>
    /// <param name="counters">What it had to drop.</param>
    /// <param name="vmm">The VMM, to which its port accesses trap.</param>
    /// <param name="networkLine">The virtual interrupt controller's line for its network card.</param>
    /// <param name="driver">Makes its network card's driver.</param>
    /// <param name="path">Is told how far a reception has come.</param>
    /// <param name="switchWithinPageTables">What a switch costs that changes no page tables, if the idle task keeps those of the process before it; null if it has its own.</param>
    /// <param name="buffers">Its memory for socket buffers; null if there is always enough.</param>
    public static Props Props(
        Lane lane,
        VirtualProcessor processor,
        Func<string, Activity> activity,
        InetStack stack,
        Scheduler scheduler,
        Ticks ticks,
        KernelCounters counters,
        IActorRef vmm,
        int networkLine,
        Func<GuestKernel, IGuestDriver> driver,
        ReceptionPath path,
        Activity? switchWithinPageTables = null,
        SocketBuffers? buffers = null) =>
        lane.Props(() => new GuestKernel(
            lane, processor, activity, stack, scheduler, ticks, counters, vmm, networkLine, driver, path, switchWithinPageTables, buffers));

    /// <inheritdoc/>
    protected override INetworkDriver Driver => _driver;

    /// <inheritdoc/>
    public void Out(int port, int value, Action then) => _vmm.Tell(new PortAccess(port, isWrite: true, (ushort)value, Then(then)));

    /// <inheritdoc/>
    public void In(int port, Action<int> then)
    {
        PortAccess? access = null;
        access = new PortAccess(port, isWrite: false, 0, Then(() => then(access!.Value)));
        _vmm.Tell(access);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case VirtualMachineMonitor.VirtualInterrupt interrupt:
                Execute(Activities.Interrupt, () => HandleInterrupt(interrupt.Line, _networkLine));
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    /// <summary>The interrupt controllers, as arch/i386/kernel/irq.c does (init_8259A); then the network card.</summary>
    protected override void Initialize(Action then) =>
        WriteAll(
            [
                (Pic8259.MasterData, 0xFF), (Pic8259.SlaveData, 0xFF),
                (Pic8259.MasterCommand, 0x11), (Pic8259.MasterData, 0x20), (Pic8259.MasterData, 0x04), (Pic8259.MasterData, 0x01),
                (Pic8259.SlaveCommand, 0x11), (Pic8259.SlaveData, 0x28), (Pic8259.SlaveData, 0x02), (Pic8259.SlaveData, 0x01),
                (Pic8259.MasterData, 0), (Pic8259.SlaveData, 0),
            ],
            () => _driver.Open(then));

    /// <summary>mask_and_ack_8259A: reads the mask, masks the line, and ends the interrupt at the controller, so that others can come.</summary>
    protected override void AcknowledgeInterrupt(int line, Action then)
    {
        const int EndOfInterruptCommand = 0x20;
        const int EndOfCascadeCommand = 0x62;
        _masked |= 1 << line;
        if (line >= FirstSlaveLine)
        {
            In(Pic8259.SlaveData, _ =>
                Out(Pic8259.SlaveData, _masked >> FirstSlaveLine, () =>
                Out(Pic8259.MasterCommand, EndOfCascadeCommand, () =>
                Out(Pic8259.SlaveCommand, EndOfInterruptCommand, then))));
        }
        else
        {
            In(Pic8259.MasterData, _ =>
                Out(Pic8259.MasterData, (byte)_masked, () =>
                Out(Pic8259.MasterCommand, EndOfInterruptCommand, then)));
        }
    }

    /// <summary>enable_8259A_irq: unmasks the line.</summary>
    protected override void EndOfInterrupt(int line, Action then)
    {
        _masked &= ~(1 << line);
        if (line >= FirstSlaveLine)
            Out(Pic8259.SlaveData, _masked >> FirstSlaveLine, then);
        else
            Out(Pic8259.MasterData, (byte)_masked, then);
    }

    /// <summary>Another process has other page tables; so has the idle task, unless it keeps those that it finds (paper, section 6).</summary>
    protected override Activity ProcessSwitch()
    {
        if (_switchWithinPageTables is null)
            return base.ProcessSwitch();
        var process = _scheduler.Current;
        if (process is null || process == _pageTables)
            return _switchWithinPageTables;
        _pageTables = process;
        return base.ProcessSwitch();
    }

    /// <inheritdoc/>
    void IDriverKernel.Received(ReadOnlyMemory<byte> frame)
    {
        _path.TakenByGuestDriver(Now);
        if (!Enqueue(frame))
            _path.DroppedByGuest();
    }

    /// <inheritdoc/>
    protected override void OnReceived(ReadOnlyMemory<byte> frame)
    {
        var before = ReceivedForPrograms;
        base.OnReceived(frame);
        var after = ReceivedForPrograms;
        _path.HandledByGuest(after > before, after, Now);
    }

    /// <inheritdoc/>
    protected override void OnProgramReceived(long amount)
    {
        _returned += amount;
        _path.ReturnedToProgram(_returned, Now);
    }

    private long ReceivedForPrograms => Stack.TcpCounters.BytesReceived + Stack.Counters.EchoRepliesReceived;

    private void WriteAll((int Port, int Value)[] accesses, Action then, int next = 0)
    {
        if (next == accesses.Length)
            then();
        else
            Out(accesses[next].Port, accesses[next].Value, () => WriteAll(accesses, then, next + 1));
    }
}
