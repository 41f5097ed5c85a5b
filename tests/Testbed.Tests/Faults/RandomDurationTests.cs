using Testbed.Node.Faults;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>Each distribution, against its closed form within sampling error: four standard deviations of what is estimated.</summary>
public sealed class RandomDurationTests
{
    private const int Draws = 100_000;
    private const double Deviations = 4;

    private static readonly Duration Mean = Duration.FromMicroseconds(100);

    [Fact]
    public void A_constant_is_always_the_same_and_draws_nothing()
    {
        var stream = new RandomStream(1, "constant");
        Assert.Equal(Mean, new RandomDuration.Constant(Mean).Draw(stream));
        Assert.Equal(new RandomStream(1, "constant").NextUInt64(), stream.NextUInt64());
    }

    [Fact]
    public void Uniform()
    {
        var drawn = Draw(new RandomDuration.Uniform(Mean, new Duration(40_000)));
        AssertMean(drawn, 100_000, deviation: 80_000 / Math.Sqrt(12));
        AssertQuantiles(drawn, share => 60_000 + (80_000 * share));
        Assert.InRange(drawn[0], 60_000, 60_100);
        Assert.InRange(drawn[^1], 139_900, 140_000);
    }

    [Fact]
    public void Uniform_of_no_spread_is_its_mean() => Assert.All(Draw(new RandomDuration.Uniform(Mean, Duration.Zero)), length => Assert.Equal(100_000, length));

    [Fact]
    public void Normal()
    {
        var drawn = Draw(new RandomDuration.Normal(Mean, new Duration(10_000)));
        AssertMean(drawn, 100_000, deviation: 10_000);
        Assert.InRange(Math.Sqrt(drawn.Average(length => Math.Pow(length - 100_000, 2))), 10_000 * 0.99, 10_000 * 1.01);

        // Φ(1) and Φ(2); twelve even draws are a little lighter in the tails.
        AssertShareBelow(drawn, 110_000, 0.8413, besides: 0.003);
        AssertShareBelow(drawn, 120_000, 0.9772, besides: 0.001);
        AssertShareBelow(drawn, 80_000, 0.0228, besides: 0.001);
    }

    [Fact]
    public void Normal_is_never_below_zero()
    {
        var drawn = Draw(new RandomDuration.Normal(new Duration(1_000), new Duration(10_000)));
        Assert.Equal(0, drawn[0]);
        AssertShareBelow(drawn, 1, 0.4602, besides: 0.003);
    }

    [Fact]
    public void Exponential()
    {
        var drawn = Draw(new RandomDuration.Exponential(Mean, FaultKeys.Longest));
        AssertMean(drawn, 100_000, deviation: 100_000);
        AssertQuantiles(drawn, share => -100_000 * Math.Log(1 - share));
    }

    [Fact]
    public void Pareto()
    {
        // Mean αm/(α − 1); variance m²α/((α − 1)²(α − 2)).
        var drawn = Draw(new RandomDuration.Pareto(Mean, ShapePpm: 3_000_000, FaultKeys.Longest));
        AssertMean(drawn, 150_000, deviation: 100_000 * Math.Sqrt(3.0 / 4));
        AssertQuantiles(drawn, share => 100_000 / Math.Pow(1 - share, 1 / 3.0));
        Assert.InRange(drawn[0], 100_000, 100_010);
    }

    [Fact]
    public void Pareto_from_a_nanosecond_has_its_tail()
    {
        var drawn = Draw(new RandomDuration.Pareto(new Duration(1), ShapePpm: 500_000, FaultKeys.Longest));

        // P(X ≥ x) = x^−½; what is behind the point is cut off.
        AssertShareBelow(drawn, 100, 0.9);
        AssertShareBelow(drawn, 1_000_000, 0.999);
    }

    [Fact]
    public void A_draw_is_cut_to_the_most()
    {
        var most = new Duration(200_000);
        Assert.Equal(200_000, Draw(new RandomDuration.Exponential(Mean, most))[^1]);
        Assert.Equal(200_000, Draw(new RandomDuration.Pareto(Mean, 1_000_000, most))[^1]);
        AssertShareBelow(Draw(new RandomDuration.Exponential(Mean, most)), 200_000, 1 - Math.Exp(-2));
    }

    [Fact]
    public void A_table_gives_each_of_its_lengths_as_often()
    {
        var drawn = Draw(new RandomDuration.Table([new(1), new(10), new(10), new(50)]));
        Assert.Equal([1, 10, 50], drawn.Distinct());
        AssertShareBelow(drawn, 2, 0.25);
        AssertShareBelow(drawn, 11, 0.75);
    }

    private static double[] Draw(RandomDuration length)
    {
        var stream = new RandomStream(1, length.GetType().Name);
        return [.. Enumerable.Range(0, Draws).Select(_ => (double)length.Draw(stream).Nanoseconds).Order()];
    }

    private static void AssertMean(double[] drawn, double mean, double deviation) =>
        Assert.InRange(Math.Abs(drawn.Average() - mean), 0, Deviations * deviation / Math.Sqrt(Draws));

    private static void AssertQuantiles(double[] drawn, Func<double, double> quantile)
    {
        foreach (var share in new[] { 0.01, 0.1, 0.5, 0.9, 0.99, 0.999 })
            AssertShareBelow(drawn, quantile(share), share);
    }

    /// <summary>A share that is estimated has the deviation of a binomial count.</summary>
    private static void AssertShareBelow(double[] drawn, double length, double share, double besides = 0) => Assert.InRange(
        Math.Abs(((double)drawn.Count(each => each < length) / Draws) - share), 0, (Deviations * Math.Sqrt(share * (1 - share) / Draws)) + besides);
}
