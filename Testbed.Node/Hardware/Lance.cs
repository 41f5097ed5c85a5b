using System.Buffers.Binary;
using Testbed.Node.Network;

namespace Testbed.Node.Hardware;

/// <summary>
/// The virtual network card: an AMD PCnet-PCI II (Am79C970A, of the Lance family) at the level of its I/O ports in word mode, with the
/// 32-bit structures (SWSTYLE 2) in its machine's memory that Linux 2.2's pcnet32.c uses. It is the chip and nothing else: it does
/// not know who makes an access nor what that costs, and does by itself only what an access, a frame received or a frame
/// sent makes it do. Source: Am79C970A data sheet (AMD publication 19436), chapters named at each part.
/// </summary>
/// <remarks>
/// A frame is copied once on its way out (<see cref="TryFetchTransmit"/>) and once on its way in (<see cref="Receive"/>): the chip's DMA.
/// Not modelled: loopback, suspension (CSR5), collisions and line errors, which a virtual wire does not have, the polling interval (whoever
/// has the chip looks at <see cref="TransmitPending"/>), EEPROM and LEDs, PCI configuration space, structures other than SWSTYLE 2.
/// </remarks>
public sealed class Lance : IVirtualNic
{
    /// <summary>The longest frame that can be received, in bytes without FCS: its length with FCS has 12 bits.</summary>
    public const int MaxReceive = LanceDescriptor.MaxLength - EthernetFrame.FcsLength;

    /// <summary>The largest frame of IEEE 802.3, in bytes with FCS.</summary>
    private const int MaxFrame = 1518;

    private const int RegisterNumbers = 0x7F;
    private const int BusRegisters = 32;
    private const int MaxRingLog2 = 9;

    // Part number 2621h, manufacturer 001h (AMD), and a one (JEDEC): 02621003h. Data sheet, "CSR88", "CSR89".
    private const ushort ChipIdLow = 0x1003;
    private const ushort ChipIdHigh = 0x0262;

    // CSR3: the masks, and DXSUFLO, LAPPEN, DXMT2PD, EMBA and BSWP, of which only DXSUFLO has an effect here.
    private const ushort InterruptMaskBits = 0x5F7C;
    private const ushort KeepTransmittingOnUnderflow = 0x0040;

    // CSR4: causes are cleared by writing a one. MFCO, UINT, RCVCCO, TXSTRT and JAB, of which MFCO and TXSTRT occur here.
    private const LanceFeatures FeatureCauses = LanceFeatures.TransmitStart | LanceFeatures.MissedFrameCounterOverflow;
    private const ushort FeatureControls = 0xFD15;

    // CSR58 and BCR20, upper byte, as SWSTYLE makes it: CSRPCNET, and SSIZE32 for all styles but 0. Data sheet, "BCR20".
    private const ushort Style16 = 0x0200;
    private const ushort StylePcnetPci = 0x0302;

    private readonly GuestMemory _memory;
    private readonly byte[] _addressProm = new byte[LancePort.RegisterData];
    private readonly ushort[] _registers = new ushort[RegisterNumbers + 1];
    private readonly ushort[] _busRegisters = new ushort[BusRegisters];
    private LanceStatus _status;
    private LanceFeatures _features;
    private LanceRing _transmit;
    private LanceRing _receive;
    private readonly Queue<(int Descriptors, int Bytes)> _sending = new();
    private int _sendingDescriptors;
    private int _aborted;

    /// <summary>A chip after power-on.</summary>
    /// <param name="memory">The memory of the machine in which it is.</param>
    /// <param name="address">The Ethernet address in its PROM.</param>
    public Lance(GuestMemory memory, MacAddress address)
    {
        _memory = memory;
        WriteAddressProm(address);
        for (var i = 0; i < MacAddress.Length / sizeof(ushort); i++)
            _registers[LanceRegister.PhysicalAddress + i] = BinaryPrimitives.ReadUInt16LittleEndian(_addressProm.AsSpan(i * sizeof(ushort)));
        SetStyle(Style16);

        // MSRDA, MSWRA, Miscellaneous Configuration (ASEL), link status LED: values after H_RESET. Data sheet, "Bus Configuration Registers".
        (_busRegisters[0], _busRegisters[1], _busRegisters[2], _busRegisters[4]) = (0x0005, 0x0005, 0x0002, 0x00C0);
        Reset();
    }

    /// <summary>Told of every frame that it sends or stores, without its FCS; for measuring only.</summary>
    public Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    /// <summary>What it counted.</summary>
    public LanceCounters Counters { get; } = new();

    int IVirtualNic.Ports => LancePort.Count;

    /// <summary>The interrupt pin (INTA): some cause is set and not masked, and interrupts are enabled.</summary>
    public bool InterruptRequested { get; private set; }

    /// <summary>CSR0 as a read of it would give it.</summary>
    public LanceStatus Status
    {
        get
        {
            var status = _status;
            if ((status & LanceStatus.Errors) != 0)
                status |= LanceStatus.Error;
            if (HasInterrupt)
                status |= LanceStatus.InterruptRequest;
            return status;
        }
    }

    /// <summary>RAP: the number of the register that the next access to a data port is for.</summary>
    public int SelectedRegister { get; private set; }

    /// <summary>Whether there is something to send: the transmitter is on, and the descriptor behind those of frames that are being sent is the chip's.</summary>
    public bool TransmitPending =>
        (_status & LanceStatus.TransmitterOn) != 0 && _sendingDescriptors < _transmit.Length && _transmit.IsOwned(_sendingDescriptors);

    private bool IsStopped => (_status & LanceStatus.Stop) != 0;

    private LanceMode Mode => (LanceMode)_registers[LanceRegister.Mode];

    private bool HasInterrupt =>
        (_status & LanceStatus.InterruptCauses & (LanceStatus)~_registers[LanceRegister.InterruptMasks]) != 0
        || ((int)(_features & FeatureCauses) >> 1 & ~(int)_features) != 0;

    /// <summary>The processor reads two bytes from a port.</summary>
    /// <param name="offset">The port, as an even offset from the chip's base address, below <see cref="LancePort.Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    public ushort Read(int offset) => offset switch
    {
        LancePort.RegisterData => ReadRegister(),
        LancePort.RegisterAddress => (ushort)SelectedRegister,
        LancePort.Reset => ReadReset(),
        LancePort.BusData => ReadBusRegister(),
        >= 0 and < LancePort.RegisterData when offset % sizeof(ushort) == 0 =>
            BinaryPrimitives.ReadUInt16LittleEndian(_addressProm.AsSpan(offset)),
        _ => throw NoSuchPort(offset),
    };

    /// <summary>The processor reads one byte from a port, which is possible for the address PROM only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    public byte ReadByte(int offset) => offset is >= 0 and < LancePort.RegisterData ? _addressProm[offset] : throw NoSuchPort(offset);

    /// <summary>The processor writes two bytes to a port. Writing the address PROM or the reset port has no effect.</summary>
    /// <param name="offset">The port, as an even offset from the chip's base address, below <see cref="LancePort.Count"/>.</param>
    /// <param name="value">What is written.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such port.</exception>
    /// <exception cref="NotSupportedException">The chip is to start with structures that are not modelled.</exception>
    public void Write(int offset, ushort value)
    {
        switch (offset)
        {
            case LancePort.RegisterData:
                WriteRegister(value);
                break;
            case LancePort.RegisterAddress:
                SelectedRegister = value & RegisterNumbers;
                break;
            case LancePort.BusData:
                WriteBusRegister(value);
                break;
            case >= 0 and < LancePort.Count when offset % sizeof(ushort) == 0:
                break;
            default:
                throw NoSuchPort(offset);
        }
    }

    /// <summary>Whether a write would make the chip start a transmission: it sets TDMD, and there is something to send.</summary>
    public bool WouldTransmit(int offset, ushort value) =>
        offset == LancePort.RegisterData
        && SelectedRegister == LanceRegister.Status
        && ((LanceStatus)value & (LanceStatus.TransmitDemand | LanceStatus.Stop)) == LanceStatus.TransmitDemand
        && TransmitPending;

    /// <summary>
    /// The chip looks at its transmit ring and takes the next frame, if there is one, from memory: of one buffer or of several.
    /// It keeps the descriptors until <see cref="CompleteTransmit"/>; meanwhile it can take more.
    /// </summary>
    /// <param name="frame">The frame without FCS, in an array of its own (one copy), padded if CSR4 says so.</param>
    /// <returns>Whether there is a frame.</returns>
    public bool TryFetchTransmit(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        _status &= ~LanceStatus.TransmitDemand;
        if (!FindStartOfPacket() || !MeasureFrame(out var descriptors, out var length))
            return false;
        frame = CopyFrame(descriptors, length);
        _sending.Enqueue((descriptors, frame.Length));
        _sendingDescriptors += descriptors;
        Counters.FramesFetched++;
        Tap?.Invoke(frame);
        _features |= LanceFeatures.TransmitStart;
        UpdateInterrupt();
        return true;
    }

    /// <summary>The frame that was taken first of those being sent has been: its descriptors are given back without error, and TINT is set.</summary>
    /// <exception cref="InvalidOperationException">There is no such frame.</exception>
    public void CompleteTransmit()
    {
        // Stopping the chip aborts the frames, whose ends may still be told of.
        if (_aborted > 0)
        {
            _aborted--;
            return;
        }

        if (!_sending.TryDequeue(out var sent))
            throw new InvalidOperationException("The Lance is told of a frame's end without a frame.");
        _transmit.SetMessage(0, sent.Descriptors - 1);
        for (var i = 0; i < sent.Descriptors; i++)
            _transmit.SetFlags(_transmit.Flags(i) & ~LanceDescriptorFlags.Own, i);
        _transmit.Advance(sent.Descriptors);
        _sendingDescriptors -= sent.Descriptors;
        Counters.FramesSent++;
        Counters.BytesSent += sent.Bytes + EthernetFrame.FcsLength;
        _status |= sent.Bytes + EthernetFrame.FcsLength > MaxFrame
            ? LanceStatus.TransmitInterrupt | LanceStatus.Babble
            : LanceStatus.TransmitInterrupt;
        UpdateInterrupt();
    }

    /// <summary>A good frame comes from the wire. If it is for this station it goes with its FCS into the current descriptor's buffer and, if that is too short, the next ones'.</summary>
    /// <param name="frame">The frame without FCS, up to <see cref="MaxReceive"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The frame is too long.</exception>
    public LanceReceived Receive(ReadOnlySpan<byte> frame)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(frame.Length, MaxReceive, nameof(frame));
        if ((_status & LanceStatus.ReceiverOn) == 0)
        {
            Counters.ReceiverOff++;
            return LanceReceived.Off;
        }

        if (frame.Length < EthernetFrame.MinLength || !IsForUs(frame, out var match))
        {
            Counters.Filtered++;
            return LanceReceived.Filtered;
        }

        if (!_receive.IsOwned())
        {
            Miss();
            return LanceReceived.Missed;
        }

        var stored = Store(frame, match);
        if (stored)
        {
            Tap?.Invoke(frame.ToArray());
            Counters.FramesReceived++;
            Counters.BytesReceived += frame.Length + EthernetFrame.FcsLength;
        }
        else
        {
            Counters.CutOff++;
        }

        _status |= LanceStatus.ReceiveInterrupt;
        UpdateInterrupt();
        return stored ? LanceReceived.Stored : LanceReceived.CutOff;
    }

    bool IVirtualNic.TryReceive(ReadOnlySpan<byte> frame) => Receive(frame) == LanceReceived.Stored;

    private static ArgumentOutOfRangeException NoSuchPort(int offset) =>
        new(nameof(offset), offset, "the Lance has words at even offsets from 0x00 to 0x16, and bytes from 0x00 to 0x0f");

    private static ushort TwosComplement(int log2) => (ushort)-(1 << Math.Min(log2, MaxRingLog2));

    /// <summary>Data sheet, "Address PROM Space": bytes 12 and 13 are the sum of the others.</summary>
    private void WriteAddressProm(MacAddress address)
    {
        const byte Signature = (byte)'W';
        const int Checksum = 12;
        address.Write(_addressProm);
        _addressProm[14] = _addressProm[15] = Signature;
        ushort sum = 0;
        foreach (var value in _addressProm)
            sum += value;
        BinaryPrimitives.WriteUInt16LittleEndian(_addressProm.AsSpan(Checksum), sum);
    }

    private ushort ReadReset()
    {
        Reset();
        return 0;
    }

    /// <summary>S_RESET. Rings, filter, address and the bus configuration registers are unaffected (data sheet, "Reset").</summary>
    private void Reset()
    {
        SelectedRegister = 0;
        _registers[LanceRegister.InterruptMasks] = 0;
        _registers[LanceRegister.Mode] = 0;
        _features = LanceFeatures.AfterReset;
        Stop();
        UpdateInterrupt();
    }

    private void Stop()
    {
        _status = LanceStatus.Stop;
        _features &= ~FeatureCauses;
        _registers[LanceRegister.MissedFrameCount] = 0;
        _aborted += _sending.Count;
        Counters.Aborted += _sending.Count;
        _sending.Clear();
        _sendingDescriptors = 0;
    }

    private ushort ReadRegister() => SelectedRegister switch
    {
        LanceRegister.Status => (ushort)Status,
        LanceRegister.Features => (ushort)_features,
        LanceRegister.ChipIdLow => ChipIdLow,
        LanceRegister.ChipIdHigh => ChipIdHigh,
        _ => _registers[SelectedRegister],
    };

    private void WriteRegister(ushort value)
    {
        switch (SelectedRegister)
        {
            case LanceRegister.Status:
                WriteStatus((LanceStatus)value);
                break;
            case LanceRegister.InterruptMasks:
                _registers[LanceRegister.InterruptMasks] = (ushort)(value & InterruptMaskBits);
                break;
            case LanceRegister.Features:
                WriteFeatures(value);
                break;
            case LanceRegister.SoftwareStyle:
                WriteStyle(value);
                break;
            case LanceRegister.ChipIdLow or LanceRegister.ChipIdHigh or LanceRegister.MissedFrameCount:
                break;
            default:
                // All others are for when the chip is stopped.
                if (IsStopped)
                    _registers[SelectedRegister] = value;
                break;
        }

        UpdateInterrupt();
    }

    /// <summary>Data sheet, "CSR0".</summary>
    private void WriteStatus(LanceStatus value)
    {
        if ((value & LanceStatus.Stop) != 0)
        {
            Stop();
            return;
        }

        _status &= ~(value & LanceStatus.Acknowledgeable);
        _status = (_status & ~LanceStatus.InterruptEnable) | (value & LanceStatus.InterruptEnable);
        if ((value & ~_status & LanceStatus.Initialize) != 0)
            Initialize();
        if ((value & ~_status & LanceStatus.Start) != 0)
            Start();

        // A demand that finds nothing is over at once.
        if ((value & LanceStatus.TransmitDemand) != 0 && TransmitPending)
            _status |= LanceStatus.TransmitDemand;
    }

    /// <summary>Data sheet, "CSR4": controls take the value written, causes are cleared by ones.</summary>
    private void WriteFeatures(ushort value)
    {
        var causes = _features & FeatureCauses & ~(LanceFeatures)value;
        _features = (LanceFeatures)(value & FeatureControls) | causes;
    }

    private void WriteStyle(ushort value)
    {
        if (IsStopped)
            SetStyle((ushort)(value & 0xFF));
    }

    private void SetStyle(ushort style)
    {
        var register = (style & 0xFF) switch
        {
            LanceRegister.PcnetPciStyle => StylePcnetPci,
            var other => (ushort)(Style16 | other),
        };
        _registers[LanceRegister.SoftwareStyle] = register;
        _busRegisters[LanceRegister.BusSoftwareStyle] = register;
    }

    private ushort ReadBusRegister() => SelectedRegister < BusRegisters ? _busRegisters[SelectedRegister] : (ushort)0;

    private void WriteBusRegister(ushort value)
    {
        if (SelectedRegister == LanceRegister.BusSoftwareStyle)
            WriteStyle(value);
        else if (SelectedRegister < BusRegisters)
            _busRegisters[SelectedRegister] = value;
    }

    /// <summary>Data sheet, "Initialization": the block goes to the registers, then IDON is set.</summary>
    private void Initialize()
    {
        RequireStyle();
        var block = LanceInitializationBlock.Read(_memory, RegisterPair(LanceRegister.InitializationBlockLow));
        _registers[LanceRegister.Mode] = (ushort)block.Mode;
        Span<byte> address = stackalloc byte[MacAddress.Length];
        block.Address.Write(address);
        for (var i = 0; i < MacAddress.Length / sizeof(ushort); i++)
            _registers[LanceRegister.PhysicalAddress + i] = BinaryPrimitives.ReadUInt16LittleEndian(address[(i * sizeof(ushort))..]);
        for (var i = 0; i < sizeof(ulong) / sizeof(ushort); i++)
            _registers[LanceRegister.LogicalAddressFilter + i] = (ushort)(block.LogicalAddressFilter >> (16 * i));
        SetRegisterPair(LanceRegister.ReceiveRing, block.ReceiveRing);
        SetRegisterPair(LanceRegister.TransmitRing, block.TransmitRing);
        _registers[LanceRegister.ReceiveRingLength] = TwosComplement(block.ReceiveRingLog2);
        _registers[LanceRegister.TransmitRingLength] = TwosComplement(block.TransmitRingLog2);
        _status = (_status & ~LanceStatus.Stop) | LanceStatus.Initialize | LanceStatus.InitializationDone;
    }

    /// <summary>Data sheet, "Re-Initialization": the rings are begun anew at their first descriptors, also without a new block.</summary>
    private void Start()
    {
        RequireStyle();
        _receive = new LanceRing(_memory, RegisterPair(LanceRegister.ReceiveRing), RingLength(LanceRegister.ReceiveRingLength));
        _transmit = new LanceRing(_memory, RegisterPair(LanceRegister.TransmitRing), RingLength(LanceRegister.TransmitRingLength));
        _status = (_status & ~LanceStatus.Stop) | LanceStatus.Start;
        if ((Mode & LanceMode.DisableReceiver) == 0)
            _status |= LanceStatus.ReceiverOn;
        if ((Mode & LanceMode.DisableTransmitter) == 0)
            _status |= LanceStatus.TransmitterOn;
    }

    private void RequireStyle()
    {
        if ((_registers[LanceRegister.SoftwareStyle] & 0xFF) != LanceRegister.PcnetPciStyle)
            throw new NotSupportedException("The Lance is started with another software style than 2 (32-bit PCnet-PCI), the only one modelled.");
    }

    private uint RegisterPair(int low) => _registers[low] | (uint)_registers[low + 1] << 16;

    private void SetRegisterPair(int low, uint value) => (_registers[low], _registers[low + 1]) = ((ushort)value, (ushort)(value >> 16));

    private int RingLength(int register) => (ushort)(-_registers[register]) is var length and > 0 ? length : ushort.MaxValue + 1;

    private void UpdateInterrupt()
    {
        var requested = (_status & LanceStatus.InterruptEnable) != 0 && HasInterrupt;
        if (requested && !InterruptRequested)
            Counters.Interrupts++;
        InterruptRequested = requested;
    }

    /// <summary>
    /// Data sheet, "Transmit Descriptor Table Entry": what is the chip's and begins no frame is the rest of one given up, and is given back; in its turn, after the frames
    /// that are being sent.
    /// </summary>
    private bool FindStartOfPacket()
    {
        while (TransmitPending)
        {
            var flags = _transmit.Flags(_sendingDescriptors);
            if ((flags & LanceDescriptorFlags.StartOfPacket) != 0)
                return true;
            if (_sendingDescriptors > 0)
                return false;
            _transmit.SetFlags(flags & ~LanceDescriptorFlags.Own);
            _transmit.Advance();
        }

        return false;
    }

    private bool MeasureFrame(out int descriptors, out int length)
    {
        (descriptors, length) = (0, 0);
        for (var i = _sendingDescriptors; i < _transmit.Length; i++)
        {
            var flags = _transmit.Flags(i);
            if ((flags & LanceDescriptorFlags.Own) == 0)
                break;
            length += LanceDescriptor.Length(flags);
            descriptors++;
            if ((flags & LanceDescriptorFlags.EndOfPacket) != 0)
                return true;
        }

        if (_sendingDescriptors == 0)
            Underflow(descriptors);
        return false;
    }

    /// <summary>
    /// Data sheet, "TMD2", BUFF and UFLO: the frame's end is not in the ring. The descriptors are given back, the last one with the
    /// error, and the transmitter goes off, unless DXSUFLO in CSR3 says that it goes on.
    /// </summary>
    private void Underflow(int descriptors)
    {
        for (var i = 0; i < descriptors; i++)
            _transmit.SetFlags(_transmit.Flags(i) & ~LanceDescriptorFlags.Own, i);
        _transmit.SetMessage(LanceDescriptor.TransmitUnderflow, descriptors - 1);
        _transmit.SetFlags(_transmit.Flags(descriptors - 1) | LanceDescriptorFlags.Error, descriptors - 1);
        _transmit.Advance(descriptors);
        Counters.Underflows++;
        _status |= LanceStatus.TransmitInterrupt;
        if ((_registers[LanceRegister.InterruptMasks] & KeepTransmittingOnUnderflow) == 0)
            _status &= ~LanceStatus.TransmitterOn;
        UpdateInterrupt();
    }

    private byte[] CopyFrame(int descriptors, int length)
    {
        var padded = (_features & LanceFeatures.PadTransmit) != 0 ? Math.Max(length, EthernetFrame.MinLength) : length;
        var frame = GC.AllocateUninitializedArray<byte>(padded);
        frame.AsSpan(length).Clear();
        var position = 0;
        for (var i = _sendingDescriptors; i < _sendingDescriptors + descriptors; i++)
        {
            var part = _transmit.Buffer(LanceDescriptor.Length(_transmit.Flags(i)), i);
            part.CopyTo(frame.AsSpan(position));
            position += part.Length;
        }

        return frame;
    }

    /// <summary>Data sheet, "Address Matching", "CSR15".</summary>
    private bool IsForUs(ReadOnlySpan<byte> frame, out LanceDescriptorFlags match)
    {
        var destination = EthernetFrame.Destination(frame);
        match = LanceDescriptorFlags.None;
        if (destination == MacAddress.Broadcast && (Mode & LanceMode.DisableReceiveBroadcast) == 0)
            match = LanceDescriptorFlags.BroadcastMatch;
        else if (destination.IsGroup)
            match = PassesFilter(frame) ? LanceDescriptorFlags.LogicalMatch : LanceDescriptorFlags.None;
        else if (IsPhysicalAddress(frame) && (Mode & LanceMode.DisableReceivePhysical) == 0)
            match = LanceDescriptorFlags.PhysicalMatch;
        return match != LanceDescriptorFlags.None || (Mode & LanceMode.Promiscuous) != 0;
    }

    private bool IsPhysicalAddress(ReadOnlySpan<byte> frame) =>
        BinaryPrimitives.ReadUInt16LittleEndian(frame) == _registers[LanceRegister.PhysicalAddress]
        && BinaryPrimitives.ReadUInt16LittleEndian(frame[2..]) == _registers[LanceRegister.PhysicalAddress + 1]
        && BinaryPrimitives.ReadUInt16LittleEndian(frame[4..]) == _registers[LanceRegister.PhysicalAddress + 2];

    /// <summary>Data sheet, "Logical Address Filter": the upper 6 bits of the address's CRC, not complemented, choose one of 64 bits.</summary>
    private bool PassesFilter(ReadOnlySpan<byte> frame)
    {
        var bit = (int)(~EthernetFrame.ComputeFcs(frame[..MacAddress.Length]) >> 26);
        return (_registers[LanceRegister.LogicalAddressFilter + (bit / 16)] >> (bit % 16) & 1) != 0;
    }

    private void Miss()
    {
        Counters.Missed++;
        if (++_registers[LanceRegister.MissedFrameCount] == 0)
            _features |= LanceFeatures.MissedFrameCounterOverflow;
        _status |= LanceStatus.MissedFrame;
        UpdateInterrupt();
    }

    /// <summary>Data sheet, "Receive Descriptor Table Entry", "RMD1", "RMD2".</summary>
    /// <returns>Whether all of it found room.</returns>
    private bool Store(ReadOnlySpan<byte> frame, LanceDescriptorFlags match)
    {
        Span<byte> fcs = stackalloc byte[EthernetFrame.FcsLength];
        BinaryPrimitives.WriteUInt32LittleEndian(fcs, EthernetFrame.ComputeFcs(frame));
        var total = frame.Length + fcs.Length;
        var written = LanceDescriptorFlags.StartOfPacket;
        for (var position = 0; ; written = LanceDescriptorFlags.None)
        {
            var given = _receive.Flags() & (LanceDescriptorFlags.Ones | LanceDescriptorFlags.ByteCount);
            var part = Math.Min(LanceDescriptor.Length(given), total - position);
            CopyPart(frame, fcs, position, _receive.Buffer(part));
            position += part;
            if (position == total)
            {
                _receive.SetMessage((uint)total);
                _receive.SetFlags(given | written | LanceDescriptorFlags.EndOfPacket | match);
                _receive.Advance();
                return true;
            }

            _receive.SetFlags(given | written);
            if (!_receive.IsOwned(1))
            {
                _receive.SetFlags(given | written | LanceDescriptorFlags.BufferError | LanceDescriptorFlags.Error);
                _receive.Advance();
                return false;
            }

            _receive.Advance();
        }
    }

    /// <summary>Copies to a buffer what begins at a position of the frame followed by its FCS.</summary>
    private static void CopyPart(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> fcs, int position, Span<byte> to)
    {
        var ofFrame = Math.Clamp(frame.Length - position, 0, to.Length);
        if (ofFrame > 0)
            frame.Slice(position, ofFrame).CopyTo(to);
        if (ofFrame < to.Length)
            fcs.Slice(position + ofFrame - frame.Length, to.Length - ofFrame).CopyTo(to[ofFrame..]);
    }
}
