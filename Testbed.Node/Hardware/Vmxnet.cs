using Testbed.Node.Network;

namespace Testbed.Node.Hardware;

/// <summary>
/// The idealized virtual network card that the paper proposes (section 6): a frame to send takes one <c>OUT</c>, all else is memory that card and driver
/// share. It interrupts for a frame received, and for frames sent only when its driver waits for room.
/// </summary>
/// <remarks>The card is the Testbed's own; it copies a frame once each way, as the Lance does.</remarks>
public sealed class Vmxnet : IVirtualNic
{
    private readonly GuestMemory _memory;
    private readonly MacAddress _address;
    private uint _shared;
    private bool _isOn;
    private int _sent;
    private int _received;
    private int _sending;

    /// <summary>A card that is off.</summary>
    /// <param name="memory">The memory of the machine in which it is.</param>
    /// <param name="address">Its Ethernet address.</param>
    public Vmxnet(GuestMemory memory, MacAddress address) => (_memory, _address) = (memory, address);

    /// <inheritdoc/>
    public int Ports => VmxnetPort.Count;

    /// <inheritdoc/>
    public bool InterruptRequested => _isOn && _memory.ReadUInt32(_shared + VmxnetShared.Causes) != 0;

    /// <inheritdoc/>
    public bool TransmitPending => _isOn && _sending < RingLength(VmxnetShared.TransmitRing) && (TransmitFlags(_sending) & VmxnetDescriptor.Own) != 0;

    /// <inheritdoc/>
    public Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    /// <summary>What it counted.</summary>
    public VmxnetCounters Counters { get; } = new();

    /// <inheritdoc/>
    public ushort Read(int offset) => 0;

    /// <inheritdoc/>
    public void Write(int offset, ushort value)
    {
        switch (offset)
        {
            case VmxnetPort.SharedLow:
                _shared = (_shared & 0xFFFF_0000) | value;
                break;
            case VmxnetPort.SharedHigh:
                _shared = (_shared & 0x0000_FFFF) | (uint)value << 16;
                break;
            case VmxnetPort.Switch:
                _isOn = value != 0;
                (_sent, _received, _sending) = (0, 0, 0);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc/>
    public bool WouldTransmit(int offset, ushort value) => offset == VmxnetPort.Transmit && TransmitPending;

    /// <inheritdoc/>
    public bool TryFetchTransmit(out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (!TransmitPending)
            return false;
        var at = _memory.ReadUInt32(TransmitDescriptor(_sending) + VmxnetDescriptor.Buffer);
        frame = _memory.At(at, (int)(TransmitFlags(_sending) & VmxnetDescriptor.Length)).ToArray();
        _sending++;
        Counters.FramesFetched++;
        Tap?.Invoke(frame);
        return true;
    }

    /// <inheritdoc/>
    public void CompleteTransmit()
    {
        if (_sending == 0)
            throw new InvalidOperationException("The card is told of a frame's end without a frame.");
        _memory.WriteUInt32(TransmitDescriptor(0) + VmxnetDescriptor.Flags, TransmitFlags(0) & ~VmxnetDescriptor.Own);
        _sending--;
        _sent = (_sent + 1) % RingLength(VmxnetShared.TransmitRing);
        Counters.FramesSent++;
        if (_memory.ReadUInt32(_shared + VmxnetShared.WaitsForRoom) == 0)
            return;
        _memory.WriteUInt32(_shared + VmxnetShared.WaitsForRoom, 0);
        Interrupt(VmxnetCauses.Room);
    }

    /// <inheritdoc/>
    public bool TryReceive(ReadOnlySpan<byte> frame)
    {
        if (!_isOn || frame.Length < EthernetFrame.MinLength || !IsForUs(frame))
        {
            Counters.Filtered++;
            return false;
        }

        var descriptor = Descriptor(VmxnetShared.ReceiveRing, _received);
        var flags = _memory.ReadUInt32(descriptor + VmxnetDescriptor.Flags);
        if ((flags & VmxnetDescriptor.Own) == 0 || frame.Length > (flags & VmxnetDescriptor.Length))
        {
            Counters.Missed++;
            return false;
        }

        frame.CopyTo(_memory.At(_memory.ReadUInt32(descriptor + VmxnetDescriptor.Buffer), frame.Length));
        _memory.WriteUInt32(descriptor + VmxnetDescriptor.Flags, (uint)frame.Length);
        _received = (_received + 1) % RingLength(VmxnetShared.ReceiveRing);
        Counters.FramesReceived++;
        Tap?.Invoke(frame.ToArray());
        Interrupt(VmxnetCauses.Received);
        return true;
    }

    private bool IsForUs(ReadOnlySpan<byte> frame)
    {
        var destination = EthernetFrame.Destination(frame);
        return destination == _address || destination == MacAddress.Broadcast;
    }

    private void Interrupt(uint cause) =>
        _memory.WriteUInt32(_shared + VmxnetShared.Causes, _memory.ReadUInt32(_shared + VmxnetShared.Causes) | cause);

    /// <summary>The transmit descriptor a number of places after the first that is not complete.</summary>
    private uint TransmitDescriptor(int ahead) => Descriptor(VmxnetShared.TransmitRing, (_sent + ahead) % RingLength(VmxnetShared.TransmitRing));

    private uint TransmitFlags(int ahead) => _memory.ReadUInt32(TransmitDescriptor(ahead) + VmxnetDescriptor.Flags);

    private uint Descriptor(uint ring, int index) => _memory.ReadUInt32(_shared + ring) + (uint)(index * VmxnetDescriptor.Size);

    private int RingLength(uint ring) => (int)_memory.ReadUInt32(_shared + ring + VmxnetShared.RingLength);
}

/// <summary>The card's I/O ports, as offsets from its base address. All are written, two bytes each.</summary>
public static class VmxnetPort
{
    /// <summary>There are frames in the transmit ring: the one access that a frame takes.</summary>
    public const int Transmit = 0x00;

    /// <summary>Where the shared area is, low half.</summary>
    public const int SharedLow = 0x02;

    /// <summary>Where the shared area is, high half.</summary>
    public const int SharedHigh = 0x04;

    /// <summary>1 begins with both rings at their first descriptors, 0 ends.</summary>
    public const int Switch = 0x06;

    /// <summary>How many ports there are.</summary>
    public const int Count = 0x08;
}

/// <summary>Layout of the area of the guest's memory that card and driver share: 32-bit words at these offsets.</summary>
public static class VmxnetShared
{
    /// <summary><see cref="VmxnetCauses"/>: set by the card, cleared by the driver; while any is set the interrupt pin is high.</summary>
    public const uint Causes = 0x00;

    /// <summary>Not zero: the driver has no room left, and wants an interrupt once a frame has been sent. Cleared by the card.</summary>
    public const uint WaitsForRoom = 0x04;

    /// <summary>Where the transmit ring is; its length is <see cref="RingLength"/> further on.</summary>
    public const uint TransmitRing = 0x08;

    /// <summary>Where the receive ring is; its length is <see cref="RingLength"/> further on.</summary>
    public const uint ReceiveRing = 0x10;

    /// <summary>From a ring's address to its number of descriptors.</summary>
    public const uint RingLength = 0x04;

    /// <summary>Bytes of the area.</summary>
    public const int Size = 0x20;
}

/// <summary>Why the card interrupts.</summary>
public static class VmxnetCauses
{
    /// <summary>A frame has been stored.</summary>
    public const uint Received = 1;

    /// <summary>A frame has been sent, for which the driver was waiting.</summary>
    public const uint Room = 2;
}

/// <summary>Layout of a descriptor of either ring: 8 bytes.</summary>
public static class VmxnetDescriptor
{
    /// <summary>Bytes of a descriptor.</summary>
    public const int Size = 8;

    /// <summary>Where the buffer is.</summary>
    public const uint Buffer = 0;

    /// <summary><see cref="Own"/> with <see cref="Length"/>.</summary>
    public const uint Flags = 4;

    /// <summary>The descriptor and its buffer are the card's; else the driver's.</summary>
    public const uint Own = 0x8000_0000;

    /// <summary>The frame's bytes without FCS; of a free receive buffer, its room.</summary>
    public const uint Length = 0xFFFF;
}

/// <summary>What the card counted.</summary>
public sealed class VmxnetCounters
{
    /// <summary>Frames sent.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Frames taken from the transmit ring.</summary>
    public long FramesFetched { get; internal set; }

    /// <summary>Frames stored.</summary>
    public long FramesReceived { get; internal set; }

    /// <summary>Frames for this card lost as there was no room for them.</summary>
    public long Missed { get; internal set; }

    /// <summary>Frames for somebody else.</summary>
    public long Filtered { get; internal set; }
}
