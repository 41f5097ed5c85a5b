using System.Numerics;

namespace Testbed.Node.Faults;

/// <summary>Logarithm and power in whole numbers: the same on every platform, which floating point's are not.</summary>
internal static class FixedPoint
{
    /// <summary>One, in numbers with 32 bits behind the point.</summary>
    public const ulong One = 1UL << 32;

    private const int Bits = 32;
    private const int PowerBits = 62;

    /// <summary>ln 2, with 32 bits behind the point.</summary>
    private const ulong Ln2 = 2_977_044_472;

    /// <summary>2 to the power of 1/2, 1/4, 1/8 and so on, with 62 bits behind the point: each is the root of the one before.</summary>
    private static readonly ulong[] Roots = MakeRoots();

    /// <summary>The binary logarithm of 1/u for a u between 0 and 1.</summary>
    /// <param name="u">The number, in units of 2⁻⁶⁴; not 0.</param>
    /// <returns>It, with 32 bits behind the point: above 0 and at most 64.</returns>
    public static ulong NegativeLog2(ulong u)
    {
        var zeros = BitOperations.LeadingZeroCount(u);
        var mantissa = u << zeros;
        ulong log = 0;
        for (var bit = 0; bit < Bits; bit++)
        {
            // Squaring doubles the logarithm: its next bit is whether the square is 2 or more.
            var square = (UInt128)mantissa * mantissa;
            var isTwoOrMore = (square >> 127) != 0;
            mantissa = (ulong)(square >> (isTwoOrMore ? 64 : 63));
            log = (log << 1) | (isTwoOrMore ? 1UL : 0);
        }

        return (((ulong)zeros + 1) << Bits) - log;
    }

    /// <summary>The natural logarithm of 1/u.</summary>
    /// <param name="u">The number, in units of 2⁻⁶⁴; not 0.</param>
    /// <returns>It, with 32 bits behind the point.</returns>
    public static ulong NegativeLn(ulong u) => (ulong)(((UInt128)NegativeLog2(u) * Ln2) >> Bits);

    /// <summary>A number times 2 to a power.</summary>
    /// <param name="value">The number; not 0.</param>
    /// <param name="exponent">The power, with 32 bits behind the point.</param>
    /// <param name="most">What the result is cut to; at most 2⁶².</param>
    public static ulong TimesPowerOf2(ulong value, ulong exponent, ulong most)
    {
        var whole = (int)Math.Min(exponent >> Bits, PowerBits);
        var power = 1UL << PowerBits;
        for (var bit = 0; bit < Bits; bit++)
        {
            if ((exponent & (One >> (bit + 1))) != 0)
                power = (ulong)(((UInt128)power * Roots[bit]) >> PowerBits);
        }

        var product = ((UInt128)value * power) >> (PowerBits - whole);
        return product > most ? most : (ulong)product;
    }

    private static ulong[] MakeRoots()
    {
        var roots = new ulong[Bits];
        var power = (UInt128)2 << PowerBits;
        for (var i = 0; i < Bits; i++)
            power = roots[i] = SquareRoot(power << PowerBits);
        return roots;
    }

    /// <summary>The greatest whole number whose square is not above a number, by halving.</summary>
    private static ulong SquareRoot(UInt128 number)
    {
        ulong root = 0;
        for (var bit = 63; bit >= 0; bit--)
        {
            var larger = root | (1UL << bit);
            if ((UInt128)larger * larger <= number)
                root = larger;
        }

        return root;
    }
}
