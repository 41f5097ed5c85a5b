using CsCheck;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

public sealed class RandomStreamTests
{
    [Fact]
    public void A_stream_is_a_function_of_seed_and_name()
    {
        Assert.Equal(First(1, "pc-733/timer"), First(1, "pc-733/timer"));
        Assert.NotEqual(First(1, "pc-733/timer"), First(2, "pc-733/timer"));
        Assert.NotEqual(First(1, "pc-733/timer"), First(1, "pc-350/timer"));
    }

    [Fact]
    public void The_generator_does_not_change_from_version_to_version() =>
        Assert.Equal([9, 41, 26, 57, 29, 32, 3, 64], Take(new RandomStream(42, "fixed"), 8, 100));

    [Fact]
    public void Numbers_stay_below_their_bound() =>
        Gen.Select(Gen.Long, Gen.Long[1, uint.MaxValue]).Sample((seed, bound) =>
            Assert.InRange(new RandomStream(seed, "bound").Below(bound), 0, bound - 1));

    [Fact]
    public void Numbers_are_even_over_their_range()
    {
        const int Draws = 100_000;
        var counts = new int[10];
        var random = new RandomStream(1, "even");
        for (var i = 0; i < Draws; i++)
            counts[random.Below(10)]++;

        // Five standard deviations of a binomial count: √(100,000 × 0.1 × 0.9) = 95.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 475, 10_000 + 475));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1_000_000_000, 1000)]
    public void What_is_impossible_never_happens_and_what_is_certain_always_does(long partsPerBillion, int expected)
    {
        var random = new RandomStream(1, "chance");
        Assert.Equal(expected, Enumerable.Range(0, 1000).Count(_ => random.Chance(partsPerBillion)));
    }

    private static ulong First(long seed, string name) => new RandomStream(seed, name).NextUInt64();

    private static long[] Take(RandomStream random, int count, long bound) =>
        [.. Enumerable.Range(0, count).Select(_ => random.Below(bound))];
}
