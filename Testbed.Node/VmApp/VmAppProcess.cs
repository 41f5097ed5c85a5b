using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.VmApp;

/// <summary>
/// VMApp, an ordinary process of the host (paper, section 1): lets VMDriver run the virtual machine, and when that needs the host, emulates what
/// the VMM does not, by ordinary system calls. It is the user-level half of the virtual network card.
/// </summary>
public sealed class VmAppProcess : ModelActor
{
    private const string LanceTransmit = "vmapp-lance-transmit";

    private readonly Settings _settings;
    private readonly Processor _processor;
    private readonly ModelRef _host;
    private readonly IVirtualNic _nic;
    private readonly SharedMemory _shared;
    private readonly TransmissionPath _transmission;
    private readonly SendingPath _sending;
    private readonly ReceptionPath _reception;
    private readonly Activity _emulateStatus;
    private readonly Activity _emulateTransmit;
    private readonly Activity _testBit;
    private readonly Continuation _onStatus;
    private readonly Continuation _onTransmit;
    private readonly Continuation _onTransmitNext;
    private readonly Continuation _onBit;
    private readonly VirtualKeyboard? _keyboard;
    private PortAccess? _access;
    private Instant _selectedAt = Instant.Zero;

    private VmAppProcess(
        Lane lane, Settings settings, Processor processor, IActorRef host, IVirtualNic nic, SharedMemory shared, TransmissionPath transmission, SendingPath sending, ReceptionPath reception, VirtualKeyboard? keyboard)
        : base(lane)
    {
        (_settings, _processor, _host, _nic, _shared, _keyboard) = (settings, processor, new ModelRef(host), nic, shared, keyboard);
        (_transmission, _sending, _reception) = (transmission, sending, reception);
        _emulateStatus = processor.Activity(World.Host, "vmapp-lance-status");
        _emulateTransmit = nic is Vmxnet
            ? processor.Activity(World.Host, "vmapp-vmxnet-transmit", LanceTransmit)
            : processor.Activity(World.Host, LanceTransmit);
        _testBit = processor.Activity(World.Host, "vmapp-notification-bit");
        _onStatus = Then(EmulateStatus);
        _onTransmit = Then(EmulateTransmit);
        _onTransmitNext = Then(TransmitNext);
        _onBit = Then(OnBit);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="NicPort">The first of the virtual network card's I/O ports.</param>
    /// <param name="IrqNotification">Whether it looks at the bit that says that VMNet has frames, instead of asking by <c>select()</c>.</param>
    /// <param name="SelectInterval">After an interrupt it asks VMNet for frames only if it has not done so for this long, or if the guest is halted.</param>
    /// <param name="PreallocatedSkbuffs">Whether a packet stays in the guest's memory until the network card has read it, so that its descriptor is given back only then.</param>
    public sealed record Settings(int NicPort, bool IrqNotification, Duration SelectInterval, bool PreallocatedSkbuffs);

    /// <summary>VMApp of a virtual machine.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="host">The host's kernel.</param>
    /// <param name="nic">The virtual network card, in memory that it shares with the VMM.</param>
    /// <param name="shared">What else is in that memory, and in that which it shares with VMNet.</param>
    /// <param name="transmission">Is told how far a transmission by itself has come.</param>
    /// <param name="sending">Is told how far each packet out has come.</param>
    /// <param name="reception">Is told how far a reception has come.</param>
    /// <param name="keyboard">The virtual keyboard; null if nobody types.</param>
    public static Props Props(
        Lane lane, Settings settings, Processor processor, IActorRef host, IVirtualNic nic, SharedMemory shared, TransmissionPath transmission, SendingPath sending, ReceptionPath reception, VirtualKeyboard? keyboard = null) =>
        lane.Props(() => new VmAppProcess(lane, settings, processor, host, nic, shared, transmission, sending, reception, keyboard));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SystemCall.Started:
                RunVirtualMachine();
                break;
            case VmDriver.HostNeeded { Access: { } access }:
                _sending.ReachedVmApp(Now);
                OnPortAccess(access);
                break;
            case VmDriver.HostNeeded afterInterrupt:
                _sending.ReachedVmApp(Now);
                OnInterrupt(afterInterrupt.GuestIsHalted);
                break;
            case VmNet.Written:
                OnTransmitted();
                break;
            case VmNet.Selected selected:
                if (selected.IsReadable)
                    Call(VmNet.Read.Instance);
                else
                    RunVirtualMachine();
                break;
            case VmNet.Frame frame:
                OnFrame(frame);
                break;
            case HostKernel.KeysRead keys:
                _keyboard!.Give(keys.Codes, Now);
                RunVirtualMachine();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The interrupt was the host's; it may have brought a frame for the guest. What waits to be sent goes first.</summary>
    private void OnInterrupt(bool guestIsHalted)
    {
        if (_shared.WaitingPackets > 0)
            TransmitWaiting();
        else if (_settings.IrqNotification)
            TestBit();
        else if (guestIsHalted || Now - _selectedAt >= _settings.SelectInterval)
            SelectVmNet();
        else
            RunVirtualMachine();
    }

    private void OnPortAccess(PortAccess access)
    {
        _access = access;
        var register = access.Port - _settings.NicPort;
        if (access.IsWrite && _nic.WouldTransmit(register, access.Value))
            _processor.Execute(_emulateTransmit, _onTransmit);
        else
            _processor.Execute(_emulateStatus, _onStatus);
    }

    private void EmulateStatus()
    {
        EmulateRegister();
        if (_shared.WaitingPackets > 0)
            TransmitWaiting();
        else
            RunVirtualMachine();
    }

    private void EmulateTransmit()
    {
        EmulateRegister();
        TransmitNext();
    }

    private void EmulateRegister()
    {
        var register = _access!.Port - _settings.NicPort;
        if (_access.IsWrite)
            _nic.Write(register, _access.Value);
        else
            _access.Value = _nic.Read(register);
    }

    /// <summary>Sends what the VMM has left in the ring.</summary>
    private void TransmitWaiting() => _processor.Execute(_emulateTransmit, _onTransmitNext);

    private void TransmitNext()
    {
        _shared.WaitingPackets = 0;
        _transmission.Passed(TransmissionSegment.VmApp, Now);
        if (_nic.TryFetchTransmit(out var frame))
        {
            _sending.FetchedByVmApp(Now);
            Call(new VmNet.Write(frame));
        }
        else
        {
            LookForFrames();
        }
    }

    private void OnTransmitted()
    {
        if (!_settings.PreallocatedSkbuffs)
            _nic.CompleteTransmit();
        _transmission.Passed(TransmissionSegment.VmApp, Now);
        if (_nic.TransmitPending)
            _processor.Execute(_emulateTransmit, _onTransmitNext);
        else
            LookForFrames();
    }

    /// <summary>Finds out whether VMNet has a frame for the virtual machine.</summary>
    private void LookForFrames()
    {
        if (_settings.IrqNotification)
            TestBit();
        else
            SelectVmNet();
    }

    /// <summary>IRQ notification: VMNet has left word in shared memory.</summary>
    private void TestBit() => _processor.Execute(_testBit, _onBit);

    private void OnBit()
    {
        if ((_shared.DevicesWithPackets & SharedMemory.NetworkCard) != 0)
            Call(VmNet.Read.Instance);
        else
            RunVirtualMachine();
    }

    /// <summary>Asks VMNet whether there is a frame for the virtual machine.</summary>
    private void SelectVmNet()
    {
        _selectedAt = Now;
        _keyboard?.Terminal.Selecting();
        Call(VmNet.Select.Instance);
    }

    /// <summary>A frame has been read into the memory that is shared with the VMM, that is, into the guest's.</summary>
    private void OnFrame(VmNet.Frame frame)
    {
        _reception.StoredForGuest(_nic.TryReceive(frame.Bytes.Span));
        if (frame.MoreToRead)
            Call(VmNet.Read.Instance);
        else
            RunVirtualMachine();
    }

    /// <summary>The virtual machine runs until it needs the host; what has been typed meanwhile goes with it.</summary>
    private void RunVirtualMachine()
    {
        if (_keyboard is { CanTake: true } keyboard)
        {
            Call(new HostKernel.ReadKeys(keyboard.Room));
            return;
        }

        _keyboard?.Terminal.Resuming();
        Call(VmDriver.Run.Instance);
    }

    private void Call(SystemCall call) => _host.Tell(call);
}
