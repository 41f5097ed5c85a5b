namespace Testbed.Node.Hardware;

/// <summary>TMD1 and RMD1, a descriptor's second word (Am79C970A data sheet, "Transmit Descriptors", "Receive Descriptors", SWSTYLE 2).</summary>
[Flags]
public enum LanceDescriptorFlags : uint
{
    /// <summary>No bit set.</summary>
    None = 0,

    /// <summary>BCNT: the buffer's length as a two's complement of 12 bits.</summary>
    ByteCount = 0x0000_0FFF,

    /// <summary>Bits that software must write as ones.</summary>
    Ones = 0x0000_F000,

    /// <summary>BAM, receive: the frame was for all stations.</summary>
    BroadcastMatch = 0x0010_0000,

    /// <summary>LAFM, receive: the frame passed the logical address filter.</summary>
    LogicalMatch = 0x0020_0000,

    /// <summary>PAM, receive: the frame was for this station.</summary>
    PhysicalMatch = 0x0040_0000,

    /// <summary>ENP: the frame's last buffer.</summary>
    EndOfPacket = 0x0100_0000,

    /// <summary>STP: the frame's first buffer.</summary>
    StartOfPacket = 0x0200_0000,

    /// <summary>BUFF, receive: the frame went on, but the next buffer was not the chip's. The transmitter's BUFF is in TMD2.</summary>
    BufferError = 0x0400_0000,

    /// <summary>ERR: some error is reported in this descriptor.</summary>
    Error = 0x4000_0000,

    /// <summary>OWN: the descriptor and its buffer are the chip's; else the host's.</summary>
    Own = 0x8000_0000,
}

/// <summary>Layout of the ring's descriptors in memory: 16 bytes, the same for transmission and reception (SWSTYLE 2).</summary>
public static class LanceDescriptor
{
    /// <summary>Bytes of a descriptor; a ring begins at a multiple of it.</summary>
    public const int Size = 16;

    /// <summary>TBADR or RBADR: where the buffer is.</summary>
    public const int Buffer = 0;

    /// <summary><see cref="LanceDescriptorFlags"/> with the buffer's length.</summary>
    public const int Flags = 4;

    /// <summary>TMD2: why a transmission failed; RMD2: the received frame's length with FCS (MCNT), in 12 bits.</summary>
    public const int Message = 8;

    /// <summary>TMD2's BUFF and UFLO: the frame was not complete in the ring.</summary>
    public const uint TransmitUnderflow = 0xC000_0000;

    /// <summary>The longest buffer, in bytes.</summary>
    public const int MaxLength = 0xFFF;

    /// <summary>A buffer's length, up to <see cref="MaxLength"/>, as the bits that stand for it, with the ones before it.</summary>
    public static LanceDescriptorFlags Length(int length) =>
        LanceDescriptorFlags.Ones | ((LanceDescriptorFlags)(-length) & LanceDescriptorFlags.ByteCount);

    /// <summary>The length that a descriptor's bits stand for.</summary>
    public static int Length(LanceDescriptorFlags flags) => (int)(-(int)flags & (int)LanceDescriptorFlags.ByteCount);
}
