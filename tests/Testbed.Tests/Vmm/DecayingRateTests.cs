using CsCheck;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Tests.Vmm;

public sealed class DecayingRateTests
{
    private static readonly Duration Decay = Duration.FromMilliseconds(10);

    [Theory]
    [InlineData(1_200, true)]
    [InlineData(800, false)]
    [InlineData(20_000, true)]
    [InlineData(100, false)]
    public void An_even_rate_is_high_from_the_threshold_on(int perSecond, bool isHigh)
    {
        var rate = new DecayingRate(Decay, 1_000);
        var now = Instant.Zero;
        for (var i = 0; i < perSecond; i++)
        {
            now += new Duration(1_000_000_000 / perSecond);
            rate.Count(now);
        }

        Assert.Equal(isHigh, rate.IsHigh(now));
    }

    [Fact]
    public void A_burst_is_forgotten()
    {
        var rate = new DecayingRate(Decay, 1_000);
        for (var i = 0; i < 40; i++)
            rate.Count(Instant.Zero);

        // Forty events are four times the ten of the threshold: e^1.39.
        Assert.True(rate.IsHigh(Instant.Zero + Duration.FromMilliseconds(12)));
        Assert.False(rate.IsHigh(Instant.Zero + Duration.FromMilliseconds(15)));
        Assert.False(rate.IsHigh(Instant.Zero + Duration.FromSeconds(1_000_000)));
    }

    [Fact]
    public void Looking_changes_nothing() => Gen.Int[1, 100_000].Array[1, 50].Sample(gaps =>
    {
        var (looked, left) = (new DecayingRate(Decay, 500), new DecayingRate(Decay, 500));
        var now = Instant.Zero;
        foreach (var gap in gaps)
        {
            now += Duration.FromMicroseconds(gap);
            looked.IsHigh(now);
            if (gap % 3 > 0)
                continue;
            looked.Count(now);
            left.Count(now);
        }

        Assert.Equal(left.IsHigh(now), looked.IsHigh(now));
    });

    [Fact]
    public void A_threshold_of_zero_is_always_reached() => Assert.True(new DecayingRate(Decay, 0).IsHigh(Instant.Zero));
}
