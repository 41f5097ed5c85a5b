using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// The virtual machine monitor (paper, section 1): on the bare processor, in a world of its own. It emulates what the guest may not do itself. What needs
/// real hardware, and every interrupt of the machine, is handled as its kind of monitor does: <see cref="HostedMonitor"/> or <see cref="NativeMonitor"/>.
/// </summary>
/// <remarks>Interrupts of the machine are taken while the guest runs; the VMM's own code runs with them disabled but for its last slice.</remarks>
public abstract class VirtualMachineMonitor : ModelActor
{
    private const string MovCost = "port-access-as-mov";

    private readonly Settings _settings;
    private readonly Activity _portAccessInVmm;
    private readonly Activity _interruptMaskAsMov;
    private readonly Activity _addressPort;
    private readonly Activity _dataPortRead;
    private readonly Activity _deliverInterrupt;
    private readonly Activity _iret;
    private readonly Continuation _onDelivered;
    private readonly Continuation _onIret;
    private readonly Continuation _onWoken;
    private ModelRef _guest = ModelRef.Nobody;
    private Suspended _suspended;
    private Continuation? _halted;
    private Instant _nextTick;

    /// <summary>A monitor of a virtual machine.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="machine">The virtual machine.</param>
    protected VirtualMachineMonitor(Lane lane, Settings settings, Processor processor, VirtualMachine machine)
        : base(lane)
    {
        (_settings, Processor, Machine) = (settings, processor, machine);
        _portAccessInVmm = processor.Activity(World.Vmm, "port-access-in-vmm");
        _interruptMaskAsMov = processor.Activity(World.Vmm, "port-access-in-vmm", MovCost);
        _dataPortRead = processor.Activity(World.Vmm, "lance-address-port");
        _addressPort = settings.AddressPortAsMov ? processor.Activity(World.Vmm, "lance-address-port", MovCost) : _dataPortRead;
        NicAccess = processor.Activity(World.Vmm, machine.Nic is Vmxnet ? "vmxnet-port" : "lance-data-port", "nic-port-in-vmm");
        _deliverInterrupt = processor.Activity(World.Vmm, "deliver-interrupt");
        _iret = processor.Activity(World.Vmm, "iret");
        _onDelivered = Then(OnDelivered);
        _onIret = Then(machine.Processor.Resume);
        _onWoken = Then(OnWoken);
        _nextTick = settings.Ticks.First;
        machine.Processor.Vmm = new ModelRef(Self);
        processor.HandleInterrupts(World.Vmm, Self);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="NicPort">The first of the virtual network card's I/O ports.</param>
    /// <param name="NicLine">The virtual interrupt controller's line for it.</param>
    /// <param name="IoInVmm">Whether the VMM completes the accesses that only change the card's state; else VMApp does.</param>
    /// <param name="DataPortReadsSwitch">Without that, whether reading the Lance's data port needs VMApp as writing does; otherwise the VMM answers.</param>
    /// <param name="AddressPortAsMov">Whether a MOV stands for an access to the Lance's address port, which has memory semantics.</param>
    /// <param name="PicAsMov">Whether a MOV stands for reading the interrupt controllers' mask registers, which has.</param>
    /// <param name="Ticks">When the guest's timer ticks, as far as the machine's ticks let the VMM notice.</param>
    public sealed record Settings(
        int NicPort, int NicLine, bool IoInVmm, bool DataPortReadsSwitch, bool AddressPortAsMov, bool PicAsMov, Ticks Ticks);

    /// <summary>The PC's processor.</summary>
    protected Processor Processor { get; }

    /// <summary>The virtual machine.</summary>
    protected VirtualMachine Machine { get; }

    /// <summary>An access to the virtual card's ports that the VMM completes.</summary>
    protected Activity NicAccess { get; }

    /// <summary>Whether the guest has nothing to do until it is interrupted.</summary>
    protected bool GuestIsHalted => _halted is not null;

    /// <summary>The guest to boot when the virtual machine first runs.</summary>
    public sealed record LoadGuest(IActorRef Guest);

    /// <summary>The guest's HLT.</summary>
    /// <param name="Then">Where it goes on after the next interrupt.</param>
    public sealed record Halt(Continuation Then) : IHandOff;

    /// <summary>The guest's IRET at the end of an interrupt handler.</summary>
    public sealed class ReturnFromInterrupt : IHandOff
    {
        /// <summary>The one there is.</summary>
        public static readonly ReturnFromInterrupt Instance = new();
    }

    /// <summary>The guest has interrupts enabled and one is requested.</summary>
    /// <param name="At">Where it stands.</param>
    public sealed record InterruptDue(Suspended At) : IHandOff;

    /// <summary>The guest is interrupted.</summary>
    /// <param name="Line">The virtual interrupt controller's line.</param>
    public sealed record VirtualInterrupt(int Line) : IHandOff;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PortAccess access:
                OnPortAccess(access);
                break;
            case ReturnFromInterrupt:
                RunGuestAfter(_iret, _onIret);
                break;
            case InterruptDue due:
                DeliverInterrupt(due.At);
                break;
            case Halt halt:
                OnHalt(halt.Then);
                break;
            case InterruptTaken:
                OnMachineInterrupt();
                break;
            case LoadGuest load:
                _guest = new ModelRef(load.Guest);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An access that the VMM does not complete by itself.</summary>
    protected abstract void OnAccessForHost(PortAccess access, GuestPort port);

    /// <summary>The access that starts a transmission: of a packet that is in the card's ring.</summary>
    protected abstract void OnTransmission(PortAccess access, GuestPort port);

    /// <summary>An interrupt of the machine: the VMM has the processor, interrupts disabled.</summary>
    protected abstract void OnMachineInterrupt();

    /// <summary>The VMM completes an access to the virtual card.</summary>
    protected void EmulateNic(PortAccess access, GuestPort port, Activity activity, PortHandler handler = PortHandler.Vmm)
    {
        AccessNic(access, port, handler);
        RaiseNic();
        RunGuestAfter(activity, access.Then);
    }

    /// <summary>The access itself, which takes no time.</summary>
    protected void AccessNic(PortAccess access, GuestPort port, PortHandler handler)
    {
        Machine.Counters.CountAccess(port, access.IsWrite, handler);
        var register = access.Port - _settings.NicPort;
        if (access.IsWrite)
            Machine.Nic.Write(register, access.Value);
        else
            access.Value = Machine.Nic.Read(register);
    }

    /// <summary>The guest goes on behind an access that took more than the VMM's own slice.</summary>
    protected void ReturnToGuest(PortAccess access)
    {
        Processor.InterruptsEnabled = true;
        access.Then.OnTime();
    }

    /// <summary>The keyboard needs no hardware at its port accesses: VMApp has brought its codes before.</summary>
    private void EmulateKeyboard(Keyboard8042 keyboard, PortAccess access)
    {
        Machine.Counters.CountAccess(GuestPort.Keyboard, access.IsWrite, PortHandler.Vmm);
        if (access.IsWrite)
            keyboard.Write(access.Port, (byte)access.Value);
        else
            access.Value = keyboard.Read(access.Port);

        // The line falls with the code that is read, and rises with the next: an edge of its own.
        RaiseKeyboard();
        keyboard.Transfer();
        RaiseKeyboard();
        RunGuestAfter(_portAccessInVmm, access.Then);
    }

    /// <summary>The keyboard controller's interrupt pin is wired to the virtual interrupt controller.</summary>
    protected void RaiseKeyboard()
    {
        if (Machine.Keyboard is { } keyboard)
            Machine.Pic.SetLine(Keyboard8042.InterruptLine, keyboard.InterruptRequested);
    }

    /// <summary>The guest has the processor for the first time.</summary>
    protected void BootGuest()
    {
        Processor.InterruptsEnabled = true;
        _guest.Tell(LinuxKernel.Boot.Instance);
    }

    /// <summary>The card's interrupt pin is wired to the virtual interrupt controller.</summary>
    protected void RaiseNic() => Machine.Pic.SetLine(_settings.NicLine, Machine.Nic.InterruptRequested);

    /// <summary>The guest's timer: its ticks come when the VMM next has the processor, after the machine's own at the latest.</summary>
    protected void RaiseTick()
    {
        if (Now < _nextTick)
            return;
        _nextTick = _settings.Ticks.AtOrAfter(Now + new Duration(1));
        Machine.Pic.SetLine(HostTimer.InterruptLine, high: true);
        Machine.Pic.SetLine(HostTimer.InterruptLine, high: false);
    }

    /// <summary>The VMM's last slice, after which the guest has the processor, unless the machine is interrupted.</summary>
    private void RunGuestAfter(Activity activity, Continuation then)
    {
        Processor.InterruptsEnabled = true;
        Processor.Execute(activity, then);
    }

    /// <summary>An IN or OUT has trapped: whose port is it?</summary>
    private void OnPortAccess(PortAccess access)
    {
        var register = access.Port - _settings.NicPort;
        if (register >= 0 && register < Machine.Nic.Ports)
            OnNicAccess(access, register);
        else if (Machine.Keyboard is { } keyboard && Keyboard8042.HasPort(access.Port))
            EmulateKeyboard(keyboard, access);
        else
            EmulateInterruptController(access);
    }

    /// <summary>An access to the virtual network card: who completes it?</summary>
    private void OnNicAccess(PortAccess access, int register)
    {
        var port = PortOf(register);
        if (access.IsWrite && Machine.Nic.WouldTransmit(register, access.Value))
        {
            Machine.Sending.Begin(Now);
            OnTransmission(access, port);
            return;
        }

        switch (port)
        {
            case GuestPort.LanceAddress:
                EmulateNic(access, port, _addressPort, _settings.AddressPortAsMov ? PortHandler.Mov : PortHandler.Vmm);
                break;
            case GuestPort.LanceData when _settings.IoInVmm:
            case GuestPort.Vmxnet:
                EmulateNic(access, port, NicAccess);
                break;
            case GuestPort.LanceData when !access.IsWrite && !_settings.DataPortReadsSwitch:
                EmulateNic(access, port, _dataPortRead);
                break;
            default:
                OnAccessForHost(access, port);
                break;
        }
    }

    private GuestPort PortOf(int register) => Machine.Nic is Vmxnet ? GuestPort.Vmxnet : register switch
    {
        LancePort.RegisterAddress => GuestPort.LanceAddress,
        LancePort.RegisterData => GuestPort.LanceData,
        _ => GuestPort.LanceOther,
    };

    private void EmulateInterruptController(PortAccess access)
    {
        // A card whose driver acknowledges in memory lets its line fall unseen until here.
        RaiseNic();
        var port = Pic8259.HasPort(access.Port) ? GuestPort.InterruptController : GuestPort.Other;
        var asMov = _settings.PicAsMov && !access.IsWrite && access.Port is (Pic8259.MasterData or Pic8259.SlaveData);
        Machine.Counters.CountAccess(port, access.IsWrite, asMov ? PortHandler.Mov : PortHandler.Vmm);
        if (port == GuestPort.Other)
            access.Value = ushort.MaxValue;
        else if (access.IsWrite)
            Machine.Pic.Write(access.Port, (byte)access.Value);
        else
            access.Value = Machine.Pic.Read(access.Port);
        RunGuestAfter(asMov ? _interruptMaskAsMov : _portAccessInVmm, access.Then);
    }

    private void DeliverInterrupt(in Suspended at)
    {
        _suspended = at;
        Processor.InterruptsEnabled = false;
        Processor.Execute(_deliverInterrupt, _onDelivered);
    }

    private void OnDelivered()
    {
        var line = Machine.Pic.Acknowledge();
        Machine.Counters.InterruptsDelivered[line]++;
        Machine.Processor.Suspend(_suspended);
        Processor.InterruptsEnabled = true;
        _guest.Tell(new VirtualInterrupt(line));
    }

    /// <summary>A halted guest: the VMM waits, in its own world, for the machine's next interrupt (paper, section 5).</summary>
    private void OnHalt(Continuation then)
    {
        if (Machine.Processor.InterruptIsDue)
        {
            DeliverInterrupt(new Suspended(null, then, 0));
            return;
        }

        _halted = then;
        Processor.InterruptsEnabled = true;
        Processor.Halt(_onWoken);
    }

    private void OnWoken()
    {
        var then = _halted!;
        _halted = null;
        OnHalt(then);
    }
}
