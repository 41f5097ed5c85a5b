using System.Buffers.Binary;
using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace Testbed.Node.Time;

/// <summary>
/// A seeded stream of random numbers with a name of its own, so that neither another stream nor another use elsewhere shifts it.
/// The generator is xoshiro256** (Blackman and Vigna, 2018), the same on every platform and in every version of .NET.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>The stream called <paramref name="name"/> of the experiment's seed.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="name">Owner, component and purpose, as in <c>pc-733/jitter/host/system-call</c>; never an address or a process's name.</param>
    public RandomStream(long seed, string name)
    {
        Span<byte> seedBytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(seedBytes, seed);
        var hash = new XxHash128();
        hash.Append(seedBytes);
        hash.Append(Encoding.UTF8.GetBytes(name));
        Span<byte> state = stackalloc byte[16];
        hash.GetHashAndReset(state);
        var low = BinaryPrimitives.ReadUInt64LittleEndian(state);
        var high = BinaryPrimitives.ReadUInt64LittleEndian(state[8..]);
        _s0 = SplitMix(ref low);
        _s1 = SplitMix(ref high);
        _s2 = SplitMix(ref low);
        _s3 = SplitMix(ref high);
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>A whole number from 0 to <paramref name="bound"/> − 1, each as likely to within 2⁻³² of its share.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not from 1 to 2³² − 1.</exception>
    public long Below(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bound, uint.MaxValue);

        // The upper half of a product of 64 by 32 bits, as bound has no more.
        var (random, factor) = (NextUInt64(), (ulong)bound);
        return (long)((((random >> 32) * factor) + (((uint)random * factor) >> 32)) >> 32);
    }

    /// <summary>True with a probability given in parts per billion.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not from 0 to 1,000,000,000.</exception>
    public bool Chance(long partsPerBillion)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(partsPerBillion);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(partsPerBillion, 1_000_000_000);
        return Below(1_000_000_000) < partsPerBillion;
    }

    private static ulong SplitMix(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
