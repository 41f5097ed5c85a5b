using Testbed.Node.Network;

namespace Testbed.Node.Hardware;

/// <summary>The 28 bytes from which the Lance takes its settings (Am79C970A data sheet, "Initialization Block", SSIZE32 = 1).</summary>
/// <param name="Mode">MODE: goes to CSR15.</param>
/// <param name="ReceiveRingLog2">RLEN: the receive ring has two to this power descriptors; 0 to 9, more is 9.</param>
/// <param name="TransmitRingLog2">TLEN: the transmit ring has two to this power descriptors; 0 to 9, more is 9.</param>
/// <param name="Address">PADR: this station's address.</param>
/// <param name="LogicalAddressFilter">LADRF: a bit for each of 64 classes of group addresses.</param>
/// <param name="ReceiveRing">RDRA: where the receive ring is, a multiple of 16.</param>
/// <param name="TransmitRing">TDRA: where the transmit ring is, a multiple of 16.</param>
public readonly record struct LanceInitializationBlock(
    LanceMode Mode, int ReceiveRingLog2, int TransmitRingLog2, MacAddress Address, ulong LogicalAddressFilter, uint ReceiveRing, uint TransmitRing)
{
    /// <summary>Bytes of the block in memory.</summary>
    public const int Size = 28;

    private const int ReceiveLengthShift = 20;
    private const int TransmitLengthShift = 28;
    private const int PhysicalAddressOffset = 4;
    private const int FilterOffset = 12;
    private const int ReceiveRingOffset = 20;
    private const int TransmitRingOffset = 24;

    /// <summary>Reads the block at an address.</summary>
    public static LanceInitializationBlock Read(GuestMemory memory, uint at)
    {
        var first = memory.ReadUInt32(at);
        return new LanceInitializationBlock(
            (LanceMode)(first & 0xFFFF),
            (int)(first >> ReceiveLengthShift & 0xF),
            (int)(first >> TransmitLengthShift & 0xF),
            MacAddress.Read(memory.At(at + PhysicalAddressOffset, MacAddress.Length)),
            memory.ReadUInt32(at + FilterOffset) | (ulong)memory.ReadUInt32(at + FilterOffset + sizeof(uint)) << 32,
            memory.ReadUInt32(at + ReceiveRingOffset),
            memory.ReadUInt32(at + TransmitRingOffset));
    }

    /// <summary>Writes the block to an address.</summary>
    public void Write(GuestMemory memory, uint at)
    {
        memory.At(at, Size).Clear();
        memory.WriteUInt32(
            at, (ushort)Mode | (uint)(ReceiveRingLog2 & 0xF) << ReceiveLengthShift | (uint)(TransmitRingLog2 & 0xF) << TransmitLengthShift);
        Address.Write(memory.At(at + PhysicalAddressOffset, MacAddress.Length));
        memory.WriteUInt32(at + FilterOffset, (uint)LogicalAddressFilter);
        memory.WriteUInt32(at + FilterOffset + sizeof(uint), (uint)(LogicalAddressFilter >> 32));
        memory.WriteUInt32(at + ReceiveRingOffset, ReceiveRing);
        memory.WriteUInt32(at + TransmitRingOffset, TransmitRing);
    }
}
