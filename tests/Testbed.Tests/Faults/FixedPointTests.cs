using CsCheck;
using Testbed.Node.Faults;

namespace Testbed.Tests.Faults;

/// <summary>Logarithm and power in whole numbers, against those in floating point.</summary>
public sealed class FixedPointTests
{
    private const double Accuracy = 1e-8;

    [Fact]
    public void The_binary_logarithm_is_that_of_floating_point() =>
        Numbers.Sample(u => AssertClose(64 - Math.Log2(u), FixedPoint.NegativeLog2(u) / (double)FixedPoint.One, Accuracy));

    [Fact]
    public void The_natural_logarithm_is_that_of_floating_point() =>
        Numbers.Sample(u => AssertClose((64 * Math.Log(2)) - Math.Log(u), FixedPoint.NegativeLn(u) / (double)FixedPoint.One, Accuracy));

    [Theory]
    [InlineData(1, 64)]
    [InlineData(1UL << 63, 1)]
    [InlineData(1UL << 32, 32)]
    public void A_power_of_two_has_a_whole_logarithm(ulong u, ulong whole) => Assert.Equal(whole * FixedPoint.One, FixedPoint.NegativeLog2(u));

    [Fact]
    public void The_largest_number_below_one_has_a_logarithm_above_zero() => Assert.InRange(FixedPoint.NegativeLog2(ulong.MaxValue), 1UL, 2UL);

    [Fact]
    public void A_power_of_two_is_that_of_floating_point() => Gen.Select(Gen.ULong[1, 1UL << 40], Gen.ULong[0, 20 * FixedPoint.One]).Sample((value, exponent) =>
    {
        var expected = value * Math.Pow(2, exponent / (double)FixedPoint.One);
        var actual = FixedPoint.TimesPowerOf2(value, exponent, most: 1UL << 62);

        // What is behind the point is cut off.
        AssertClose(expected, actual, (Accuracy * expected) + 1);
    });

    [Fact]
    public void A_power_that_is_too_large_is_cut()
    {
        Assert.Equal(1_000UL, FixedPoint.TimesPowerOf2(999, FixedPoint.One, most: 1_000));
        Assert.Equal(1_000UL, FixedPoint.TimesPowerOf2(1, 640 * FixedPoint.One, most: 1_000));
        Assert.Equal(999UL, FixedPoint.TimesPowerOf2(999, 0, most: 1_000));
    }

    private static Gen<ulong> Numbers => Gen.Select(Gen.ULong, Gen.Int[0, 63]).Select((bits, shift) => (bits | (1UL << 63)) >> shift);

    private static void AssertClose(double expected, double actual, double within) => Assert.InRange(actual, expected - within, expected + within);
}
