using System.Numerics;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Node.Guest;

/// <summary>
/// The guest's driver of the Lance, as Linux 2.2's pcnet32.c: the same accesses to the same registers in the same order. A packet sent takes one access to
/// the address register and one to the data register; an interrupt six and four.
/// </summary>
public sealed class Pcnet32 : IGuestDriver
{
    /// <summary>How often an interrupt's causes are looked at before it is left to the next (pcnet32.c, max_interrupt_work).</summary>
    private const int MaxInterruptWork = 20;

    /// <summary>A receive buffer (pcnet32.c, PKT_BUF_SZ).</summary>
    private const int BufferSize = 1544;

    /// <summary>TDMD and IENA: look at the transmit ring (pcnet32_start_xmit).</summary>
    private const int TransmitDemand = (int)(LanceStatus.TransmitDemand | LanceStatus.InterruptEnable);

    /// <summary>The causes that the handler's loop is about: an error, a frame received, a frame sent.</summary>
    private const int Causes = (int)(LanceStatus.Error | LanceStatus.ReceiveInterrupt | LanceStatus.TransmitInterrupt);

    /// <summary>Bits that acknowledging must leave zero: IENA, TDMD, STOP, STRT, INIT.</summary>
    private const int NotAcknowledged = 0x004F;

    /// <summary>Of a second, after so much without progress it restarts the card (pcnet32_start_xmit: HZ/2).</summary>
    private const int TimeoutPartOfSecond = 2;

    /// <summary>How often a restart looks whether the card has read its initialization block (pcnet32_restart).</summary>
    private const int MaxRestartTries = 100;

    /// <summary>At the handler's end: clear what else may be set, and enable interrupts.</summary>
    private const int EnableInterrupts = 0x7940;

    private readonly Settings _settings;
    private readonly IPorts _ports;
    private readonly GuestMemory _memory;
    private readonly IDriverKernel _kernel;
    private readonly KernelCounters _counters;
    private readonly int _timeout;
    private readonly TransmitWatchdog _watchdog = new();
    private readonly OutgoingFrame[] _frames;
    private readonly uint _transmitRing;
    private readonly uint _receiveRing;
    private readonly uint _transmitBuffers;
    private readonly uint _receiveBuffers;
    private long _given;
    private long _finished;
    private long _received;

    /// <summary>A driver whose card has not been opened yet.</summary>
    /// <param name="settings">Where the card is, and how long its rings are.</param>
    /// <param name="ports">The guest's I/O ports.</param>
    /// <param name="memory">The guest's memory, where the rings and buffers are.</param>
    /// <param name="kernel">The guest's kernel.</param>
    /// <param name="counters">What it counts.</param>
    /// <param name="ticksPerSecond">Ticks of the guest's timer (HZ).</param>
    public Pcnet32(Settings settings, IPorts ports, GuestMemory memory, IDriverKernel kernel, KernelCounters counters, int ticksPerSecond)
    {
        (_settings, _ports, _memory, _kernel, _counters) = (settings, ports, memory, kernel, counters);
        _timeout = Math.Max(1, ticksPerSecond / TimeoutPartOfSecond);
        _frames = new OutgoingFrame[settings.TransmitRing];
        _transmitRing = settings.Memory + LanceDescriptor.Size * 2;
        _receiveRing = _transmitRing + (uint)(settings.TransmitRing * LanceDescriptor.Size);
        _transmitBuffers = _receiveRing + (uint)(settings.ReceiveRing * LanceDescriptor.Size);
        _receiveBuffers = _transmitBuffers + (uint)(settings.TransmitRing * BufferSize);
    }

    /// <summary>What it needs to know.</summary>
    /// <param name="Port">The first of the card's I/O ports.</param>
    /// <param name="Address">The card's Ethernet address.</param>
    /// <param name="TransmitRing">Transmit descriptors: a power of two up to 512 (pcnet32.c: 16).</param>
    /// <param name="ReceiveRing">Receive descriptors: a power of two up to 512 (pcnet32.c: 32).</param>
    /// <param name="Memory">Where in the guest's memory its rings and buffers are; a multiple of 16.</param>
    public sealed record Settings(int Port, MacAddress Address, int TransmitRing, int ReceiveRing, uint Memory)
    {
        /// <summary>Bytes of memory that they take.</summary>
        public long MemoryBytes => (2L + TransmitRing + ReceiveRing) * LanceDescriptor.Size + ((long)TransmitRing + ReceiveRing) * BufferSize;
    }

    /// <inheritdoc/>
    public bool HasRoom => _given - _finished < _frames.Length;

    /// <summary>pcnet32_open: resets the chip, has it read its initialization block, and starts it.</summary>
    public void Open(Action then)
    {
        PrepareRings();
        new LanceInitializationBlock(
            LanceMode.None,
            BitOperations.Log2((uint)_settings.ReceiveRing),
            BitOperations.Log2((uint)_settings.TransmitRing),
            _settings.Address,
            LogicalAddressFilter: 0,
            _receiveRing,
            _transmitRing).Write(_memory, _settings.Memory);

        const int InitializeDone = 4;
        const int Features = 0x0915;
        _ports.In(_settings.Port + LancePort.Reset, _ =>
            WriteBcr(LanceRegister.BusSoftwareStyle, LanceRegister.PcnetPciStyle, () =>
            WriteCsr(LanceRegister.InitializationBlockLow, (int)(_settings.Memory & 0xFFFF), () =>
            WriteCsr(LanceRegister.InitializationBlockHigh, (int)(_settings.Memory >> 16), () =>
            WriteCsr(LanceRegister.Features, Features, () =>
            WriteCsr(LanceRegister.Status, (int)LanceStatus.Initialize, () => AwaitInitialization(InitializeDone, then)))))));
    }

    /// <inheritdoc/>
    public void Transmit(in OutgoingFrame frame, Action then)
    {
        if (!HasRoom)
            throw new InvalidOperationException("The transmit ring is full.");
        var interruptsEnabled = _kernel.InterruptsEnabled;
        _kernel.InterruptsEnabled = false;
        var entry = (uint)(_given % _frames.Length);
        _frames[entry] = frame;
        var descriptor = _transmitRing + entry * LanceDescriptor.Size;
        frame.Bytes.CopyTo(_memory.At(_transmitBuffers + entry * BufferSize, frame.Bytes.Length));
        _memory.WriteUInt32(descriptor + LanceDescriptor.Message, 0);
        _memory.WriteUInt32(
            descriptor + LanceDescriptor.Flags,
            (uint)(LanceDescriptor.Length(frame.Bytes.Length) | LanceDescriptorFlags.Own | LanceDescriptorFlags.StartOfPacket | LanceDescriptorFlags.EndOfPacket));
        _given++;
        WriteCsr(LanceRegister.Status, TransmitDemand, () =>
        {
            _kernel.InterruptsEnabled = interruptsEnabled;
            then();
        });
    }

    /// <inheritdoc/>
    public void HandleInterrupt(Action then) =>
        _ports.In(_settings.Port + LancePort.RegisterAddress, selected => LookForCauses(MaxInterruptWork, selected, then));

    /// <inheritdoc/>
    /// <remarks>
    /// The card has sent nothing of what is in the ring for too long: the driver stops it, frees the ring, and has it start anew (pcnet32_restart). Linux 2.2 looks only when another
    /// packet is to be sent and the ring is full; that it looks at every tick is an assumption.
    /// </remarks>
    public void OnTick(Action then)
    {
        if (_watchdog.Tick(_finished, _given) < _timeout)
        {
            then();
            return;
        }

        _watchdog.Restart();
        _counters.CardResets++;
        WriteCsr(LanceRegister.Status, (int)LanceStatus.Stop, () =>
        {
            Purge();
            PrepareRings();
            WriteCsr(LanceRegister.Status, (int)LanceStatus.Initialize, () => AwaitInitialization(MaxRestartTries, then));
        });
    }

    /// <summary>What was in the rings is lost (pcnet32_purge_tx_ring; pcnet32_init_ring does not look at what has come in).</summary>
    private void Purge()
    {
        for (; _finished < _given; _finished++)
        {
            var entry = _finished % _frames.Length;
            var frame = _frames[entry];
            _frames[entry] = default;
            if ((_memory.ReadUInt32(_transmitRing + (uint)entry * LanceDescriptor.Size + LanceDescriptor.Flags) & (uint)LanceDescriptorFlags.Own) != 0)
                _counters.ResetTransmitDrops++;
            _kernel.Transmitted(frame);
        }

        for (uint entry = 0; entry < _settings.ReceiveRing; entry++)
        {
            if ((_memory.ReadUInt32(_receiveRing + entry * LanceDescriptor.Size + LanceDescriptor.Flags) & (uint)LanceDescriptorFlags.Own) == 0)
                _counters.ResetDrops++;
        }

        _given = _finished = _received = 0;
    }

    private void LookForCauses(int work, int selected, Action then) => ReadCsr(LanceRegister.Status, status =>
    {
        if ((status & Causes) == 0 || work == 0)
        {
            WriteCsr(LanceRegister.Status, EnableInterrupts, () => _ports.Out(_settings.Port + LancePort.RegisterAddress, selected, then));
            return;
        }

        WriteCsr(LanceRegister.Status, status & ~NotAcknowledged, () =>
        {
            if ((status & (int)LanceStatus.ReceiveInterrupt) != 0)
                TakeReceived(AndThenTransmitted);
            else
                AndThenTransmitted();
        });

        void AndThenTransmitted()
        {
            if ((status & (int)LanceStatus.TransmitInterrupt) != 0)
                TakeTransmitted(() => LookForCauses(work - 1, selected, then));
            else
                LookForCauses(work - 1, selected, then);
        }
    });

    /// <summary>pcnet32_rx: hands on every frame that the chip has given back, and gives it a buffer in its place.</summary>
    private void TakeReceived(Action then)
    {
        var entry = (uint)(_received % _settings.ReceiveRing);
        var descriptor = _receiveRing + entry * LanceDescriptor.Size;
        var flags = (LanceDescriptorFlags)_memory.ReadUInt32(descriptor + LanceDescriptor.Flags);
        if ((flags & LanceDescriptorFlags.Own) != 0)
        {
            then();
            return;
        }

        const LanceDescriptorFlags Whole = LanceDescriptorFlags.StartOfPacket | LanceDescriptorFlags.EndOfPacket;
        var isGood = (flags & (Whole | LanceDescriptorFlags.Error)) == Whole;
        var length = (int)(_memory.ReadUInt32(descriptor + LanceDescriptor.Message) & LanceDescriptor.MaxLength) - EthernetFrame.FcsLength;
        var frame = isGood ? _memory.At(_receiveBuffers + entry * BufferSize, length).ToArray() : [];
        _received++;
        _kernel.Execute(_kernel.Activities.DriverReceive, () =>
        {
            if (isGood && _kernel.TryAllocate())
                _kernel.Received(frame);
            else if (isGood)
            {
                _counters.NoBufferDrops++;
                _counters.NoBufferDropsIn++;
            }

            GiveReceiveBuffer(entry);
            TakeReceived(then);
        });
    }

    private void TakeTransmitted(Action then)
    {
        var entry = (uint)(_finished % _frames.Length);
        var flags = (LanceDescriptorFlags)_memory.ReadUInt32(_transmitRing + entry * LanceDescriptor.Size + LanceDescriptor.Flags);
        if (_finished == _given || (flags & LanceDescriptorFlags.Own) != 0)
        {
            then();
            return;
        }

        var frame = _frames[entry];
        _frames[entry] = default;
        _finished++;
        _kernel.Execute(_kernel.Activities.DriverTransmitted, () =>
        {
            _kernel.Transmitted(frame);
            TakeTransmitted(then);
        });
    }

    private void PrepareRings()
    {
        for (uint entry = 0; entry < _settings.TransmitRing; entry++)
        {
            var descriptor = _transmitRing + entry * LanceDescriptor.Size;
            _memory.WriteUInt32(descriptor + LanceDescriptor.Buffer, _transmitBuffers + entry * BufferSize);
            _memory.WriteUInt32(descriptor + LanceDescriptor.Flags, 0);
        }

        for (uint entry = 0; entry < _settings.ReceiveRing; entry++)
        {
            _memory.WriteUInt32(_receiveRing + entry * LanceDescriptor.Size + LanceDescriptor.Buffer, _receiveBuffers + entry * BufferSize);
            GiveReceiveBuffer(entry);
        }
    }

    private void GiveReceiveBuffer(uint entry)
    {
        var descriptor = _receiveRing + entry * LanceDescriptor.Size;
        _memory.WriteUInt32(descriptor + LanceDescriptor.Message, 0);
        _memory.WriteUInt32(descriptor + LanceDescriptor.Flags, (uint)(LanceDescriptor.Length(BufferSize) | LanceDescriptorFlags.Own));
    }

    private void AwaitInitialization(int tries, Action then) => ReadCsr(LanceRegister.Status, status =>
    {
        if ((status & (int)LanceStatus.InitializationDone) != 0)
            WriteCsr(LanceRegister.Status, (int)(LanceStatus.InterruptEnable | LanceStatus.Start), then);
        else if (tries > 0)
            AwaitInitialization(tries - 1, then);
        else
            throw new InvalidOperationException("The Lance does not come up.");
    });

    private void WriteCsr(int register, int value, Action then) =>
        _ports.Out(_settings.Port + LancePort.RegisterAddress, register, () => _ports.Out(_settings.Port + LancePort.RegisterData, value, then));

    private void ReadCsr(int register, Action<int> then) =>
        _ports.Out(_settings.Port + LancePort.RegisterAddress, register, () => _ports.In(_settings.Port + LancePort.RegisterData, then));

    private void WriteBcr(int register, int value, Action then) =>
        _ports.Out(_settings.Port + LancePort.RegisterAddress, register, () => _ports.Out(_settings.Port + LancePort.BusData, value, then));
}
