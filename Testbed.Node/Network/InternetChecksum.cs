using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Testbed.Node.Network;

/// <summary>
/// The ones' complement sum of 16-bit words that guards IPv4, ICMP and TCP (RFC 1071).
/// A partial sum is kept unfolded in 64 bits and in the machine's byte order, which the sum allows (RFC 1071 section 2.B).
/// </summary>
public static class InternetChecksum
{
    /// <summary>Adds bytes to a partial sum. Only the last part of a sum may have an odd length.</summary>
    public static ulong Add(ulong partial, ReadOnlySpan<byte> data)
    {
        ref var at = ref MemoryMarshal.GetReference(data);
        var left = data.Length;
        if (Vector256.IsHardwareAccelerated && left >= 64)
        {
            // 32-bit halves in 64-bit lanes: no carry can be lost below 2^32 additions.
            var low = Vector256.Create(0xFFFF_FFFFUL);
            Vector256<ulong> even = Vector256<ulong>.Zero, odd = Vector256<ulong>.Zero;
            for (; left >= 32; left -= 32)
            {
                var words = Vector256.LoadUnsafe(ref at).AsUInt64();
                even += words & low;
                odd += words >>> 32;
                at = ref Unsafe.Add(ref at, 32);
            }

            partial += Vector256.Sum(even + odd);
        }

        for (; left >= 8; left -= 8)
        {
            var words = Unsafe.ReadUnaligned<ulong>(ref at);
            partial += (words & 0xFFFF_FFFF) + (words >> 32);
            at = ref Unsafe.Add(ref at, 8);
        }

        for (; left >= 2; left -= 2)
        {
            partial += Unsafe.ReadUnaligned<ushort>(ref at);
            at = ref Unsafe.Add(ref at, 2);
        }

        if (left == 1)
            partial += BitConverter.IsLittleEndian ? at : (uint)at << 8;
        return partial;
    }

    /// <summary>Adds one 16-bit word given as a number.</summary>
    public static ulong Add(ulong partial, ushort word) =>
        partial + (BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(word) : word);

    /// <summary>Folds a partial sum to 16 bits and complements it: the checksum as a number, to be written in network byte order.</summary>
    public static ushort Finish(ulong partial)
    {
        partial = (partial & 0xFFFF_FFFF) + (partial >> 32);
        partial = (partial & 0xFFFF) + (partial >> 16 & 0xFFFF) + (partial >> 32);
        partial = (partial & 0xFFFF) + (partial >> 16);
        var folded = (ushort)~partial;
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(folded) : folded;
    }

    /// <summary>The checksum of one run of bytes, whose own checksum field holds zero.</summary>
    public static ushort Compute(ReadOnlySpan<byte> data) => Finish(Add(0, data));

    /// <summary>Whether a partial sum that included the checksum field says that nothing was changed.</summary>
    public static bool IsValid(ulong partial) => Finish(partial) == 0;
}
