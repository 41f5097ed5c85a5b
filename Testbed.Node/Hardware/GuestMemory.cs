using System.Buffers.Binary;

namespace Testbed.Node.Hardware;

/// <summary>
/// A machine's physical memory, little-endian as on a PC, zero at first. Only what is touched of it costs the real machine anything:
/// the array is larger than any pool and comes as untouched pages.
/// </summary>
public sealed class GuestMemory
{
    private readonly byte[] _bytes;

    /// <summary>A memory of a size in bytes, at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is not positive.</exception>
    public GuestMemory(int size)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        _bytes = new byte[size];
    }

    /// <summary>Its size in bytes.</summary>
    public int Size => _bytes.Length;

    /// <summary>The bytes from an address on, to be read or written in place.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Some of them lie outside the memory.</exception>
    public Span<byte> At(uint address, int length) =>
        length >= 0 && address + (ulong)length <= (ulong)_bytes.Length
            ? _bytes.AsSpan((int)address, length)
            : throw Outside(address, length);

    /// <summary>Two bytes at an address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They lie outside the memory.</exception>
    public ushort ReadUInt16(uint address) => BinaryPrimitives.ReadUInt16LittleEndian(At(address, sizeof(ushort)));

    /// <summary>Four bytes at an address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They lie outside the memory.</exception>
    public uint ReadUInt32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(At(address, sizeof(uint)));

    /// <summary>Sets two bytes at an address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They lie outside the memory.</exception>
    public void WriteUInt16(uint address, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(At(address, sizeof(ushort)), value);

    /// <summary>Sets four bytes at an address.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They lie outside the memory.</exception>
    public void WriteUInt32(uint address, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(At(address, sizeof(uint)), value);

    private ArgumentOutOfRangeException Outside(uint address, int length) =>
        new(nameof(address), $"{length} bytes at 0x{address:x8} lie outside a memory of {Size} bytes");
}
