using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Measuring;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// A VMM that bypasses the host, as the paper proposes (section 6): it has the network card's driver itself. There is no host, no world switch and no VMNet;
/// the price is a driver for every device.
/// </summary>
/// <remarks>
/// Its driver is the host's, eepro100, at the host's costs; what VMApp did for the virtual card it does at VMApp's. A packet out is not copied: the network card reads it
/// from the guest's memory. So while that card's ring is full, packets wait in the guest's.
/// </remarks>
public sealed class NativeMonitor : VirtualMachineMonitor, IDriverKernel
{
    /// <summary>What the rows of the ledger begin with that hold what a host would have done.</summary>
    public const string Prefix = "monitor-";

    private readonly Pic8259 _machinePic;
    private readonly int _machineNicLine;
    private readonly INetworkDriver _driver;
    private readonly ReceptionPath _reception;
    private readonly Activity _transmit;
    private readonly Activity _store;
    private readonly Activity _interrupt;
    private readonly Activity _interruptWhileIdle;
    private readonly Continuation _onInterrupt;
    private readonly Queue<ReadOnlyMemory<byte>> _received = new();

    private NativeMonitor(
        Lane lane, Settings settings, Processor processor, VirtualMachine machine, Pic8259 machinePic, int machineNicLine, Func<IDriverKernel, INetworkDriver> driver, ReceptionPath reception)
        : base(lane, settings, processor, machine)
    {
        (_machinePic, _machineNicLine, _reception) = (machinePic, machineNicLine, reception);
        Activities = new KernelActivities(AsHost);
        _transmit = AsHost("vmapp-lance-transmit").FollowedBy(Activities.DriverTransmit);
        _transmit.ToDoorbell = Duration.Zero;
        _store = AsHost("vmapp-receive");
        _interrupt = processor.Activity(World.Vmm, "host-interrupt");
        _interruptWhileIdle = processor.OnRow(_interrupt, WorldSwitch.WhileGuestIsIdle);
        _onInterrupt = Then(OnInterrupt);
        _driver = driver(this);

        Activity AsHost(string category) => processor.Activity(World.Vmm, Prefix + category, HostCost(category));
    }

    /// <summary>The VMM of a virtual machine on a PC without a host.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="machine">The virtual machine.</param>
    /// <param name="machinePic">The PC's interrupt controller.</param>
    /// <param name="machineNicLine">Its line for the PC's network card.</param>
    /// <param name="driver">Makes that card's driver.</param>
    /// <param name="reception">Is told how far a reception has come.</param>
    public static Props Props(
        Lane lane, Settings settings, Processor processor, VirtualMachine machine, Pic8259 machinePic, int machineNicLine, Func<IDriverKernel, INetworkDriver> driver, ReceptionPath reception) =>
        lane.Props(() => new NativeMonitor(lane, settings, processor, machine, machinePic, machineNicLine, driver, reception));

    /// <summary>The PC is switched on: there is nothing else to boot.</summary>
    public sealed class PowerOn : IHandOff
    {
        /// <summary>The one there is.</summary>
        public static readonly PowerOn Instance = new();
    }

    /// <summary>The entry, in the VMM's world, of what one of the host's activities costs there.</summary>
    public static string HostCost(string category) => $"host/{category}";

    /// <inheritdoc/>
    public KernelActivities Activities { get; }

    /// <inheritdoc/>
    public bool InterruptsEnabled
    {
        get => Processor.InterruptsEnabled;
        set => Processor.InterruptsEnabled = value;
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PowerOn:
                Processor.EnterWorld(World.Vmm);
                BootGuest();
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    /// <inheritdoc/>
    public void Execute(Activity activity, Action then, long bytes = 0) => Processor.Execute(activity, Then(then), bytes);

    /// <inheritdoc/>
    void IDriverKernel.Received(ReadOnlyMemory<byte> frame) => _received.Enqueue(frame);

    /// <summary>The card reads a packet where it stands in the guest's memory: only now is its descriptor given back.</summary>
    void IDriverKernel.Transmitted(in OutgoingFrame frame) => Machine.Nic.CompleteTransmit();

    /// <summary>There is no VMApp: the VMM completes every access.</summary>
    protected override void OnAccessForHost(PortAccess access, GuestPort port) => EmulateNic(access, port, NicAccess);

    /// <inheritdoc/>
    protected override void OnTransmission(PortAccess access, GuestPort port)
    {
        Processor.InterruptsEnabled = false;
        Execute(NicAccess, () =>
        {
            AccessNic(access, port, PortHandler.Vmm);
            TransmitAll(() =>
            {
                RaiseNic();
                ReturnToGuest(access);
            });
        });
    }

    /// <inheritdoc/>
    protected override void OnMachineInterrupt() => Processor.Execute(GuestIsHalted ? _interruptWhileIdle : _interrupt, _onInterrupt);

    private void OnInterrupt()
    {
        var line = _machinePic.Acknowledge();
        if (line == _machineNicLine)
            _driver.HandleInterrupt(() => StoreAll(() => TransmitAll(() => EndInterrupt(line))));
        else if (line == HostTimer.InterruptLine)
            _driver.OnTick(() => StoreAll(() => EndInterrupt(line)));
        else
            EndInterrupt(line);
    }

    private void EndInterrupt(int line)
    {
        if (line >= 0)
            _machinePic.EndOfInterrupt(line);
        RaiseNic();
        RaiseTick();
        Processor.ReturnFromInterrupt();
    }

    /// <summary>Every packet of the guest's ring goes to the card while that has room; the rest wait where they are, until its interrupt.</summary>
    private void TransmitAll(Action then)
    {
        if (!_driver.HasRoom || !Machine.Nic.TransmitPending)
        {
            then();
            return;
        }

        Execute(_transmit, () =>
        {
            if (!Machine.Nic.TryFetchTransmit(out var frame))
            {
                then();
                return;
            }

            Machine.Sending.FetchedByVmm(Processor.PartEnd(0));
            _driver.Transmit(new OutgoingFrame(frame.ToArray(), FrameKind.Other, 0, IsRetransmission: false, Connection: null, Truesize: 0), () =>
            {
                Machine.Sending.GivenToCard(Now);
                TransmitAll(then);
            });
        });
    }

    private void StoreAll(Action then)
    {
        if (!_received.TryDequeue(out var frame))
        {
            then();
            return;
        }

        Execute(
            _store,
            () =>
            {
                _reception.ReadByVmm(frame, Now);
                _reception.StoredForGuest(Machine.Nic.TryReceive(frame.Span));
                StoreAll(then);
            },
            frame.Length);
    }
}
