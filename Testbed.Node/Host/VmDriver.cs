using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Measuring;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>
/// VMDriver, in the host's kernel: the only door between the worlds (paper, section 1). VMApp asks it to run the virtual machine, and gets
/// the processor back when the VMM needs the host: for a port access that VMApp emulates, or for an interrupt that is the host's.
/// </summary>
public sealed class VmDriver : ModelActor
{
    private readonly Processor _processor;
    private readonly ModelRef _host;
    private readonly TransmissionPath _path;
    private readonly Activity _forPortAccess;
    private readonly Activity _forInterrupt;
    private readonly Activity _forInterruptWhileIdle;
    private readonly Continuation _returnToVmApp;
    private readonly Continuation _enterVmm;
    private ModelRef _vmm = ModelRef.Nobody;
    private SwitchedToHost _reason = SwitchedToHost.ForInterrupt;

    private VmDriver(Lane lane, Processor processor, IActorRef host, TransmissionPath path)
        : base(lane)
    {
        (_processor, _host, _path) = (processor, new ModelRef(host), path);
        _forPortAccess = WorldSwitch.ToVmm(processor, WorldSwitch.ForPortAccess);
        _forInterrupt = WorldSwitch.ToVmm(processor, WorldSwitch.ForInterrupt);
        _forInterruptWhileIdle = WorldSwitch.ToVmm(processor, WorldSwitch.ForInterrupt, WorldSwitch.WhileGuestIsIdle);
        _returnToVmApp = Then(ReturnToVmApp);
        _enterVmm = Then(EnterVmm);
    }

    /// <summary>VMDriver of a host.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="host">The host's kernel.</param>
    /// <param name="path">Is told how far a transmission has come.</param>
    public static Props Props(Lane lane, Processor processor, IActorRef host, TransmissionPath path) =>
        lane.Props(() => new VmDriver(lane, processor, host, path));

    /// <summary>The VMM is loaded: this is it.</summary>
    public sealed record LoadVmm(IActorRef Vmm);

    /// <summary>VMApp's call: run the virtual machine until it needs the host. Answered with <see cref="HostNeeded"/>.</summary>
    public sealed record Run : SystemCall
    {
        /// <summary>The one there is.</summary>
        public static readonly Run Instance = new();
    }

    /// <summary>The VMM has left the processor to the host world.</summary>
    /// <param name="Access">The port access that VMApp is to emulate; null for an interrupt that is the host's.</param>
    /// <param name="GuestIsHalted">Whether the guest has nothing to do until it is interrupted.</param>
    public sealed record SwitchedToHost(PortAccess? Access, bool GuestIsHalted) : IHandOff
    {
        /// <summary>For an interrupt, the guest being at work.</summary>
        public static readonly SwitchedToHost ForInterrupt = new(null, GuestIsHalted: false);

        /// <summary>For an interrupt, the guest being halted.</summary>
        public static readonly SwitchedToHost ForInterruptWhileHalted = new(null, GuestIsHalted: true);
    }

    /// <summary><see cref="Run"/> returns: the virtual machine needs the host.</summary>
    /// <param name="Access">The port access to emulate; null after an interrupt.</param>
    /// <param name="GuestIsHalted">Whether the guest has nothing to do until it is interrupted.</param>
    public sealed record HostNeeded(PortAccess? Access, bool GuestIsHalted) : SystemCall
    {
        internal static readonly HostNeeded AfterInterrupt = new(null, GuestIsHalted: false);
        internal static readonly HostNeeded AfterInterruptWhileHalted = new(null, GuestIsHalted: true);
    }

    /// <summary>The VMM has the processor, in its own world.</summary>
    public sealed class SwitchedToVmm : IHandOff
    {
        /// <summary>The one there is.</summary>
        public static readonly SwitchedToVmm Instance = new();
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SwitchedToHost reason:
                OnSwitchedToHost(reason);
                break;
            case Run:
                OnRun();
                break;
            case LoadVmm load:
                _vmm = new ModelRef(load.Vmm);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnSwitchedToHost(SwitchedToHost reason)
    {
        _reason = reason;

        // An interrupt that ended the VMM's turn is still requested, and taken again by the host.
        if (!_processor.EnableInterrupts(_returnToVmApp))
            ReturnToVmApp();
    }

    private void ReturnToVmApp()
    {
        _host.Tell(
            _reason.Access is { } access ? new HostNeeded(access, GuestIsHalted: false)
            : _reason.GuestIsHalted ? HostNeeded.AfterInterruptWhileHalted
            : HostNeeded.AfterInterrupt);
    }

    private void OnRun()
    {
        _path.Passed(TransmissionSegment.VmApp, Now);
        _processor.InterruptsEnabled = false;
        _processor.Execute(
            _reason.Access is not null ? _forPortAccess : _reason.GuestIsHalted ? _forInterruptWhileIdle : _forInterrupt, _enterVmm);
        var switched = _processor.PartEnd(WorldSwitch.Halves - 1);
        _path.Passed(TransmissionSegment.WorldSwitch, switched);
        _path.End(switched, _processor.InterruptsTaken);
    }

    private void EnterVmm()
    {
        _processor.EnterWorld(World.Vmm);
        _vmm.Tell(SwitchedToVmm.Instance);
    }
}
