using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Measuring;
using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// The virtual machine monitor (paper, section 1): on the bare processor, in a world of its own. It emulates what the guest may not do itself; an access to
/// a port that needs the host, and every interrupt of the machine, makes it switch to the host's world.
/// </summary>
/// <remarks>Interrupts of the machine are taken while the guest runs; the VMM's own code runs with them disabled but for its last slice.</remarks>
public sealed class VirtualMachineMonitor : ModelActor
{
    private readonly Settings _settings;
    private readonly Processor _processor;
    private readonly VirtualProcessor _guestProcessor;
    private readonly Pic8259 _pic;
    private readonly Lance _lance;
    private readonly IActorRef _vmDriver;
    private readonly VmmCounters _counters;
    private readonly TransmissionPath _path;
    private readonly Activity _portAccessToVmApp;
    private readonly Activity _portAccessInVmm;
    private readonly Activity _addressPort;
    private readonly Activity _hostInterrupt;
    private readonly Activity _deliverInterrupt;
    private readonly Activity _iret;
    private readonly Continuation _onLeft;
    private readonly Continuation _onDelivered;
    private readonly Continuation _onIret;
    private readonly Continuation _onWoken;
    private readonly Keyboard8042? _keyboard;
    private IActorRef _guest = ActorRefs.Nobody;
    private bool _guestIsRunning;
    private PortAccess? _access;
    private Suspended _suspended;
    private Continuation? _halted;
    private Instant _nextTick;

    private VirtualMachineMonitor(
        Lane lane, Settings settings, Processor processor, VirtualProcessor guestProcessor, Pic8259 pic, Lance lance, IActorRef vmDriver, VmmCounters counters, TransmissionPath path, Keyboard8042? keyboard)
        : base(lane)
    {
        _keyboard = keyboard;
        (_settings, _processor, _guestProcessor, _pic, _lance, _vmDriver, _counters, _path) =
            (settings, processor, guestProcessor, pic, lance, vmDriver, counters, path);
        _portAccessInVmm = processor.Activity(World.Vmm, "port-access-in-vmm");
        _addressPort = processor.Activity(World.Vmm, "lance-address-port");

        // With nothing in between, the trap or the handler and the world switch behind it are one slice.
        _portAccessToVmApp = processor.Activity(World.Vmm, "port-access-to-vmapp").FollowedBy(WorldSwitch.ToHost(processor, WorldSwitch.ForPortAccess));
        _hostInterrupt = processor.Activity(World.Vmm, "host-interrupt").FollowedBy(WorldSwitch.ToHost(processor, WorldSwitch.ForInterrupt));
        _deliverInterrupt = processor.Activity(World.Vmm, "deliver-interrupt");
        _iret = processor.Activity(World.Vmm, "iret");
        _onLeft = Then(OnLeft);
        _onDelivered = Then(OnDelivered);
        _onIret = Then(_guestProcessor.Resume);
        _onWoken = Then(OnWoken);
        _nextTick = settings.Ticks.First;
        guestProcessor.Vmm = Self;
        processor.HandleInterrupts(World.Vmm, Self);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="LancePort">The first of the virtual Lance's I/O ports.</param>
    /// <param name="LanceLine">The virtual interrupt controller's line for it.</param>
    /// <param name="DataPortReadsSwitch">Whether reading the Lance's data port needs VMApp as writing does; otherwise the VMM answers.</param>
    /// <param name="Ticks">When the guest's timer ticks, as far as the host's ticks let the VMM notice.</param>
    public sealed record Settings(int LancePort, int LanceLine, bool DataPortReadsSwitch, Ticks Ticks);

    /// <summary>The VMM of a virtual machine.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="guestProcessor">The one that the guest sees.</param>
    /// <param name="pic">The virtual interrupt controller.</param>
    /// <param name="lance">The virtual Lance, in memory that it shares with VMApp.</param>
    /// <param name="vmDriver">The door to the host's world.</param>
    /// <param name="counters">What it counts.</param>
    /// <param name="path">Is told how far a transmission has come.</param>
    /// <param name="keyboard">The virtual keyboard controller, in memory that it shares with VMApp; null if nobody types.</param>
    public static Props Props(
        Lane lane, Settings settings, Processor processor, VirtualProcessor guestProcessor, Pic8259 pic, Lance lance, IActorRef vmDriver, VmmCounters counters, TransmissionPath path, Keyboard8042? keyboard = null) =>
        lane.Props(() => new VirtualMachineMonitor(lane, settings, processor, guestProcessor, pic, lance, vmDriver, counters, path, keyboard));

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
                OnHostInterrupt();
                break;
            case VmDriver.SwitchedToVmm:
                OnSwitchedToVmm();
                break;
            case LoadGuest load:
                _guest = load.Guest;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The VMM's last slice, after which the guest has the processor, unless the machine is interrupted.</summary>
    private void RunGuestAfter(Activity activity, Continuation then)
    {
        _processor.InterruptsEnabled = true;
        _processor.Execute(activity, then);
    }

    /// <summary>An IN or OUT has trapped: who handles it?</summary>
    private void OnPortAccess(PortAccess access)
    {
        var register = access.Port - _settings.LancePort;
        switch (register)
        {
            case LancePort.RegisterData when access.IsWrite || _settings.DataPortReadsSwitch:
                LeaveForPortAccess(access);
                break;
            case LancePort.RegisterData or LancePort.RegisterAddress:
                EmulateLance(access, register);
                break;
            case >= 0 and < LancePort.Count:
                LeaveForPortAccess(access);
                break;
            default:
                if (_keyboard is { } keyboard && Keyboard8042.HasPort(access.Port))
                    EmulateKeyboard(keyboard, access);
                else
                    EmulateInterruptController(access);
                break;
        }
    }

    private void EmulateLance(PortAccess access, int register)
    {
        _counters.CountAccess(register == LancePort.RegisterAddress ? GuestPort.LanceAddress : GuestPort.LanceData, access.IsWrite, inVmm: true);
        if (access.IsWrite)
            _lance.Write(register, access.Value);
        else
            access.Value = _lance.Read(register);
        RaiseLance();
        RunGuestAfter(_addressPort, access.Then);
    }

    private void EmulateInterruptController(PortAccess access)
    {
        _counters.CountAccess(Pic8259.HasPort(access.Port) ? GuestPort.InterruptController : GuestPort.Other, access.IsWrite, inVmm: true);
        if (!Pic8259.HasPort(access.Port))
            access.Value = ushort.MaxValue;
        else if (access.IsWrite)
            _pic.Write(access.Port, (byte)access.Value);
        else
            access.Value = _pic.Read(access.Port);
        RunGuestAfter(_portAccessInVmm, access.Then);
    }

    /// <summary>The keyboard needs no hardware at its port accesses: VMApp has brought its codes before.</summary>
    private void EmulateKeyboard(Keyboard8042 keyboard, PortAccess access)
    {
        _counters.CountAccess(GuestPort.Keyboard, access.IsWrite, inVmm: true);
        if (access.IsWrite)
            keyboard.Write(access.Port, (byte)access.Value);
        else
            access.Value = keyboard.Read(access.Port);

        // The line falls with the code that is read, and rises with the next: an edge of its own.
        RaiseKeyboard(keyboard);
        keyboard.Transfer();
        RaiseKeyboard(keyboard);
        RunGuestAfter(_portAccessInVmm, access.Then);
    }

    private void RaiseKeyboard(Keyboard8042 keyboard) => _pic.SetLine(Keyboard8042.InterruptLine, keyboard.InterruptRequested);

    private void LeaveForPortAccess(PortAccess access)
    {
        var register = access.Port - _settings.LancePort;
        _counters.CountAccess(register == LancePort.RegisterData ? GuestPort.LanceData : GuestPort.LanceOther, access.IsWrite, inVmm: false);
        _counters.SwitchesForPortAccess++;
        _path.Begin(Now, _processor.InterruptsTaken);
        _access = access;
        _processor.InterruptsEnabled = false;
        _processor.Execute(_portAccessToVmApp, _onLeft);
        _path.Passed(TransmissionSegment.Vmm, _processor.PartEnd(0));
    }

    /// <summary>An interrupt of the machine: it is the host's, and there is no telling whether it is for the guest.</summary>
    private void OnHostInterrupt()
    {
        _counters.SwitchesForInterrupt++;
        _access = null;
        _processor.Execute(_hostInterrupt, _onLeft);
    }

    /// <summary>The world switch is done: VMDriver goes on in the host's world.</summary>
    private void OnLeft()
    {
        _path.Passed(TransmissionSegment.WorldSwitch, Now);
        _processor.EnterWorld(World.Host);
        _vmDriver.Tell(
            _access is { } access ? new VmDriver.SwitchedToHost(access, GuestIsHalted: false)
            : _halted is null ? VmDriver.SwitchedToHost.ForInterrupt
            : VmDriver.SwitchedToHost.ForInterruptWhileHalted);
    }

    /// <summary>Back from the host: what has changed there reaches the guest as interrupt requests.</summary>
    private void OnSwitchedToVmm()
    {
        RaiseLance();
        RaiseTick();
        if (_keyboard is { } keyboard)
            RaiseKeyboard(keyboard);
        if (_access is { } access)
        {
            _access = null;
            _processor.InterruptsEnabled = true;
            access.Then.OnTime();
        }
        else if (_guestIsRunning)
        {
            _processor.ReturnFromInterrupt();
        }
        else
        {
            _guestIsRunning = true;
            _processor.InterruptsEnabled = true;
            _guest.Tell(LinuxKernel.Boot.Instance);
        }
    }

    /// <summary>The Lance's interrupt pin is wired to the virtual interrupt controller.</summary>
    private void RaiseLance() => _pic.SetLine(_settings.LanceLine, _lance.InterruptRequested);

    /// <summary>The guest's timer: its ticks come when the VMM next has the processor, after the host's own at the latest.</summary>
    private void RaiseTick()
    {
        if (Now < _nextTick)
            return;
        _nextTick = _settings.Ticks.AtOrAfter(Now + new Duration(1));
        _pic.SetLine(HostTimer.InterruptLine, high: true);
        _pic.SetLine(HostTimer.InterruptLine, high: false);
    }

    private void DeliverInterrupt(in Suspended at)
    {
        _suspended = at;
        _processor.InterruptsEnabled = false;
        _processor.Execute(_deliverInterrupt, _onDelivered);
    }

    private void OnDelivered()
    {
        var line = _pic.Acknowledge();
        _counters.InterruptsDelivered[line]++;
        _guestProcessor.Suspend(_suspended);
        _processor.InterruptsEnabled = true;
        _guest.Tell(new VirtualInterrupt(line));
    }

    /// <summary>A halted guest: the VMM waits, in its own world, for the machine's next interrupt (paper, section 5).</summary>
    private void OnHalt(Continuation then)
    {
        if (_guestProcessor.InterruptIsDue)
        {
            DeliverInterrupt(new Suspended(null, then, 0));
            return;
        }

        _halted = then;
        _processor.InterruptsEnabled = true;
        _processor.Halt(_onWoken);
    }

    private void OnWoken()
    {
        var then = _halted!;
        _halted = null;
        OnHalt(then);
    }
}
