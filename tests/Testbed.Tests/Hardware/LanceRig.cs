using Testbed.Node.Hardware;
using Testbed.Node.Network;

namespace Testbed.Tests.Hardware;

/// <summary>A Lance in a machine's memory with rings and buffers, and the accesses to it that a driver makes.</summary>
internal sealed class LanceRig
{
    public const uint Block = 0x1000;
    public const uint ReceiveRing = 0x2000;
    public const uint TransmitRing = 0x4000;
    public const int BufferSize = 1544;

    public static readonly MacAddress Own = new(0x0050_5600_0733);
    public static readonly MacAddress Other = new(0x0090_2700_0350);

    private const uint ReceiveBuffers = 0x1_0000;
    private const uint TransmitBuffers = 0x8_0000;

    public LanceRig(int receiveRingLog2 = 2, int transmitRingLog2 = 2)
    {
        (ReceiveRingLog2, TransmitRingLog2) = (receiveRingLog2, transmitRingLog2);
        Chip = new Lance(Memory, Own);
    }

    public GuestMemory Memory { get; } = new(1 << 20);

    public Lance Chip { get; }

    public int ReceiveRingLog2 { get; }

    public int TransmitRingLog2 { get; }

    public int ReceiveLength => 1 << ReceiveRingLog2;

    public int TransmitLength => 1 << TransmitRingLog2;

    public LanceStatus Status
    {
        get
        {
            Chip.Write(LancePort.RegisterAddress, LanceRegister.Status);
            return (LanceStatus)Chip.Read(LancePort.RegisterData);
        }
        set => Out(LanceRegister.Status, (int)value);
    }

    public static byte[] Frame(int seed, int length = 60, MacAddress? to = null)
    {
        var frame = new byte[length];
        for (var i = 0; i < length; i++)
            frame[i] = (byte)((seed * 31) + (i * 7) + (i >> 8));
        EthernetFrame.WriteHeader(frame, to ?? Own, Other, EthernetFrame.TypeIpv4);
        return frame;
    }

    public ushort In(int register)
    {
        Chip.Write(LancePort.RegisterAddress, (ushort)register);
        return Chip.Read(LancePort.RegisterData);
    }

    public void Out(int register, int value)
    {
        Chip.Write(LancePort.RegisterAddress, (ushort)register);
        Chip.Write(LancePort.RegisterData, (ushort)value);
    }

    public ushort InBus(int register)
    {
        Chip.Write(LancePort.RegisterAddress, (ushort)register);
        return Chip.Read(LancePort.BusData);
    }

    public void OutBus(int register, int value)
    {
        Chip.Write(LancePort.RegisterAddress, (ushort)register);
        Chip.Write(LancePort.BusData, (ushort)value);
    }

    /// <summary>Resets the chip, points it to an initialization block and gives it all receive buffers.</summary>
    public LanceRig Prepare(LanceMode mode = LanceMode.None, ulong filter = 0, int bufferSize = BufferSize)
    {
        Chip.Read(LancePort.Reset);
        OutBus(LanceRegister.BusSoftwareStyle, LanceRegister.PcnetPciStyle);
        new LanceInitializationBlock(mode, ReceiveRingLog2, TransmitRingLog2, Own, filter, ReceiveRing, TransmitRing).Write(Memory, Block);
        Out(LanceRegister.InitializationBlockLow, (int)(Block & 0xFFFF));
        Out(LanceRegister.InitializationBlockHigh, (int)(Block >> 16));
        for (var i = 0; i < ReceiveLength; i++)
            GiveReceive(i, bufferSize);
        for (var i = 0; i < TransmitLength; i++)
            SetTransmitFlags(i, LanceDescriptorFlags.None);
        return this;
    }

    /// <summary>As pcnet32 opens it: initialized, started, causes acknowledged, interrupts enabled.</summary>
    public LanceRig Open(LanceMode mode = LanceMode.None, ulong filter = 0, int bufferSize = BufferSize)
    {
        Prepare(mode, filter, bufferSize);
        Status = LanceStatus.Initialize;
        Status = LanceStatus.Start | LanceStatus.InterruptEnable | LanceStatus.InitializationDone;
        return this;
    }

    public void GiveReceive(int index, int size = BufferSize)
    {
        Memory.WriteUInt32(ReceiveDescriptor(index) + LanceDescriptor.Buffer, ReceiveBuffer(index));
        Memory.WriteUInt32(ReceiveDescriptor(index) + LanceDescriptor.Flags, (uint)(LanceDescriptor.Length(size) | LanceDescriptorFlags.Own));
    }

    public void TakeReceive(int index) =>
        Memory.WriteUInt32(ReceiveDescriptor(index) + LanceDescriptor.Flags, (uint)LanceDescriptor.Length(BufferSize));

    public LanceDescriptorFlags ReceiveFlags(int index) => (LanceDescriptorFlags)Memory.ReadUInt32(ReceiveDescriptor(index) + LanceDescriptor.Flags);

    public int ReceivedLength(int index) => (int)Memory.ReadUInt32(ReceiveDescriptor(index) + LanceDescriptor.Message) & LanceDescriptor.MaxLength;

    public byte[] Received(int index, int length) => Memory.At(ReceiveBuffer(index), length).ToArray();

    public void Queue(
        int index, ReadOnlySpan<byte> part, LanceDescriptorFlags flags = LanceDescriptorFlags.StartOfPacket | LanceDescriptorFlags.EndOfPacket)
    {
        var buffer = TransmitBuffers + (uint)(index * 4096);
        part.CopyTo(Memory.At(buffer, part.Length));
        Memory.WriteUInt32(TransmitDescriptor(index) + LanceDescriptor.Buffer, buffer);
        Memory.WriteUInt32(TransmitDescriptor(index) + LanceDescriptor.Message, 0);
        SetTransmitFlags(index, LanceDescriptor.Length(part.Length) | flags | LanceDescriptorFlags.Own);
    }

    public LanceDescriptorFlags TransmitFlags(int index) => (LanceDescriptorFlags)Memory.ReadUInt32(TransmitDescriptor(index) + LanceDescriptor.Flags);

    public uint TransmitMessage(int index) => Memory.ReadUInt32(TransmitDescriptor(index) + LanceDescriptor.Message);

    public byte[]? Fetch() => Chip.TryFetchTransmit(out var frame) ? frame.ToArray() : null;

    public byte[]? Send()
    {
        var frame = Fetch();
        if (frame is not null)
            Chip.CompleteTransmit();
        return frame;
    }

    private static uint ReceiveDescriptor(int index) => ReceiveRing + (uint)(index * LanceDescriptor.Size);

    private static uint TransmitDescriptor(int index) => TransmitRing + (uint)(index * LanceDescriptor.Size);

    private static uint ReceiveBuffer(int index) => ReceiveBuffers + (uint)(index * 4096);

    private void SetTransmitFlags(int index, LanceDescriptorFlags flags) =>
        Memory.WriteUInt32(TransmitDescriptor(index) + LanceDescriptor.Flags, (uint)flags);
}
