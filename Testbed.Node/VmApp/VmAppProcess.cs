using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.VmApp;

/// <summary>
/// VMApp, an ordinary process of the host (paper, section 1): lets VMDriver run the virtual machine, and when that needs the host, emulates what
/// the VMM does not, by ordinary system calls. It is the user-level half of the virtual Lance.
/// </summary>
public sealed class VmAppProcess : ModelActor
{
    private readonly Settings _settings;
    private readonly Processor _processor;
    private readonly IActorRef _host;
    private readonly Lance _lance;
    private readonly TransmissionPath _transmission;
    private readonly ReceptionPath _reception;
    private readonly Activity _emulateStatus;
    private readonly Activity _emulateTransmit;
    private readonly Continuation _onStatus;
    private readonly Continuation _onTransmit;
    private readonly VirtualKeyboard? _keyboard;
    private PortAccess? _access;
    private Instant _selectedAt = Instant.Zero;

    private VmAppProcess(Lane lane, Settings settings, Processor processor, IActorRef host, Lance lance, TransmissionPath transmission, ReceptionPath reception, VirtualKeyboard? keyboard)
        : base(lane)
    {
        _keyboard = keyboard;
        (_settings, _processor, _host, _lance, _transmission, _reception) = (settings, processor, host, lance, transmission, reception);
        _emulateStatus = processor.Activity(World.Host, "vmapp-lance-status");
        _emulateTransmit = processor.Activity(World.Host, "vmapp-lance-transmit");
        _onStatus = Then(EmulateStatus);
        _onTransmit = Then(EmulateTransmit);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="LancePort">The first of the virtual Lance's I/O ports.</param>
    /// <param name="SelectInterval">After an interrupt it asks VMNet for frames only if it has not done so for this long, or if the guest is halted.</param>
    public sealed record Settings(int LancePort, Duration SelectInterval);

    /// <summary>VMApp of a virtual machine.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="host">The host's kernel.</param>
    /// <param name="lance">The virtual Lance, in memory that it shares with the VMM.</param>
    /// <param name="transmission">Is told how far a transmission has come.</param>
    /// <param name="reception">Is told how far a reception has come.</param>
    /// <param name="keyboard">The virtual keyboard; null if nobody types.</param>
    public static Props Props(
        Lane lane, Settings settings, Processor processor, IActorRef host, Lance lance, TransmissionPath transmission, ReceptionPath reception, VirtualKeyboard? keyboard = null) =>
        lane.Props(() => new VmAppProcess(lane, settings, processor, host, lance, transmission, reception, keyboard));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SystemCall.Started:
                RunVirtualMachine();
                break;
            case VmDriver.HostNeeded { Access: { } access }:
                OnPortAccess(access);
                break;
            case VmDriver.HostNeeded afterInterrupt:
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

    /// <summary>The interrupt was the host's; it may have brought a frame for the guest.</summary>
    private void OnInterrupt(bool guestIsHalted)
    {
        if (guestIsHalted || Now - _selectedAt >= _settings.SelectInterval)
            SelectVmNet();
        else
            RunVirtualMachine();
    }

    private void OnPortAccess(PortAccess access)
    {
        _access = access;
        var register = access.Port - _settings.LancePort;
        if (access.IsWrite && _lance.WouldTransmit(register, access.Value))
            _processor.Execute(_emulateTransmit, _onTransmit);
        else
            _processor.Execute(_emulateStatus, _onStatus);
    }

    private void EmulateStatus()
    {
        EmulateRegister();
        RunVirtualMachine();
    }

    private void EmulateTransmit()
    {
        EmulateRegister();
        TransmitNext();
    }

    private void EmulateRegister()
    {
        var register = _access!.Port - _settings.LancePort;
        if (_access.IsWrite)
            _lance.Write(register, _access.Value);
        else
            _access.Value = _lance.Read(register);
    }

    private void TransmitNext()
    {
        _transmission.Passed(TransmissionSegment.VmApp, Now);
        if (_lance.TryFetchTransmit(out var frame))
            Call(new VmNet.Write(frame));
        else
            SelectVmNet();
    }

    private void OnTransmitted()
    {
        _lance.CompleteTransmit();
        TransmitNext();
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
        _reception.StoredForGuest(_lance.Receive(frame.Bytes.Span) == LanceReceived.Stored);
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
