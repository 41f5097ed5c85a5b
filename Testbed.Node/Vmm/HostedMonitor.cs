using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// The VMM of the hosted architecture (paper, section 1): an access to a port that needs the host, and every interrupt of the machine, makes it
/// switch to the host's world, where VMDriver goes on.
/// </summary>
public sealed class HostedMonitor : VirtualMachineMonitor
{
    private readonly SendCombining? _combining;
    private readonly ModelRef _vmDriver;
    private readonly Activity _portAccessToVmApp;
    private readonly Activity _interrupt;
    private readonly Activity _interruptWhileIdle;
    private readonly Continuation _onLeft;
    private bool _guestIsRunning;
    private PortAccess? _access;

    private HostedMonitor(Lane lane, Settings settings, SendCombining.Settings? combining, Processor processor, VirtualMachine machine, IActorRef vmDriver)
        : base(lane, settings, processor, machine)
    {
        (_combining, _vmDriver) = (combining is null ? null : new SendCombining(combining), new ModelRef(vmDriver));

        // With nothing in between, the trap or the handler and the world switch behind it are one slice.
        _portAccessToVmApp = processor.Activity(World.Vmm, "port-access-to-vmapp").FollowedBy(WorldSwitch.ToHost(processor, WorldSwitch.ForPortAccess));
        var handler = processor.Activity(World.Vmm, "host-interrupt");
        _interrupt = handler.FollowedBy(WorldSwitch.ToHost(processor, WorldSwitch.ForInterrupt));
        _interruptWhileIdle = processor.OnRow(handler, WorldSwitch.WhileGuestIsIdle)
            .FollowedBy(WorldSwitch.ToHost(processor, WorldSwitch.ForInterrupt, WorldSwitch.WhileGuestIsIdle));
        _onLeft = Then(OnLeft);
    }

    /// <summary>The VMM of a virtual machine.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="combining">How packets out are combined; null if they are not.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="vmDriver">The door to the host's world.</param>
    public static Props Props(
        Lane lane, Settings settings, SendCombining.Settings? combining, Processor processor, VirtualMachine machine, IActorRef vmDriver) =>
        lane.Props(() => new HostedMonitor(lane, settings, combining, processor, machine, vmDriver));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case VmDriver.SwitchedToVmm:
                OnSwitchedToVmm();
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    /// <summary>The packet waits in the ring for the next switch, or is sent by one of its own, with those that wait.</summary>
    protected override void OnTransmission(PortAccess access, GuestPort port)
    {
        var shared = Machine.Shared;
        if (_combining?.MayWait(shared.WaitingPackets, Now) == true)
        {
            shared.WaitingPackets++;
            Machine.Counters.PacketsLeftWaiting++;
            EmulateNic(access, port, NicAccess);
            return;
        }

        if (_combining?.Fills(shared.WaitingPackets) == true)
            Machine.Counters.SwitchesForced++;
        Machine.Transmission.Begin(Now, Processor.InterruptsTaken);
        OnAccessForHost(access, port);
    }

    /// <inheritdoc/>
    protected override void OnAccessForHost(PortAccess access, GuestPort port)
    {
        Machine.Counters.CountAccess(port, access.IsWrite, PortHandler.VmApp);
        Machine.Counters.SwitchesForPortAccess++;
        _access = access;
        Processor.InterruptsEnabled = false;
        Leave(_portAccessToVmApp);
        Machine.Transmission.Passed(TransmissionSegment.Vmm, Processor.PartEnd(0));
    }

    /// <summary>An interrupt of the machine: it is the host's, and there is no telling whether it is for the guest.</summary>
    protected override void OnMachineInterrupt()
    {
        Machine.Counters.SwitchesForInterrupt++;
        _access = null;
        Leave(GuestIsHalted ? _interruptWhileIdle : _interrupt);
    }

    private void Leave(Activity activity)
    {
        _combining?.CountSwitch(Now);
        Machine.Sending.LeftVmm(Now);
        Processor.Execute(activity, _onLeft);
    }

    /// <summary>The world switch is done: VMDriver goes on in the host's world.</summary>
    private void OnLeft()
    {
        Machine.Transmission.Passed(TransmissionSegment.WorldSwitch, Now);
        Processor.EnterWorld(World.Host);
        _vmDriver.Tell(
            _access is { } access ? new VmDriver.SwitchedToHost(access, GuestIsHalted: false)
            : GuestIsHalted ? VmDriver.SwitchedToHost.ForInterruptWhileHalted
            : VmDriver.SwitchedToHost.ForInterrupt);
    }

    /// <summary>Back from the host: what has changed there reaches the guest as interrupt requests.</summary>
    private void OnSwitchedToVmm()
    {
        for (; Machine.Shared.SentPackets > 0; Machine.Shared.SentPackets--)
            Machine.Nic.CompleteTransmit();
        RaiseNic();
        RaiseTick();
        RaiseKeyboard();
        if (_access is { } access)
        {
            _access = null;
            ReturnToGuest(access);
        }
        else if (_guestIsRunning)
        {
            Processor.ReturnFromInterrupt();
        }
        else
        {
            _guestIsRunning = true;
            BootGuest();
        }
    }
}
