using CsCheck;
using Testbed.Node.Measuring;
using Testbed.Node.Results;
using Testbed.Node.Time;

namespace Testbed.Tests.Measuring;

public class LatencyHistogramTests
{
    private static readonly Gen<long[]> Latencies = Gen.Long[0, LatencyHistogram.Longest.Nanoseconds].Array[1, 200];

    [Fact]
    public void Median_and_p99_are_right_to_three_digits_and_the_extremes_to_the_nanosecond() => Latencies.Sample(latencies =>
    {
        var histogram = Of(latencies);
        var sorted = latencies.Order().ToArray();
        Assert.Equal((sorted[0], sorted[^1]), (histogram.Min.Nanoseconds, histogram.Max.Nanoseconds));
        AssertClose(sorted[Rank(0.50, sorted.Length)], histogram.Median);
        AssertClose(sorted[Rank(0.99, sorted.Length)], histogram.P99);
    });

    [Fact]
    public void The_order_of_recording_changes_nothing() => Latencies.Sample(latencies =>
        Assert.Equal(LatencyFigure.Of("x", Of(latencies)), LatencyFigure.Of("x", Of([.. latencies.Reverse()]))));

    [Fact]
    public void What_took_longer_than_the_longest_is_recorded_as_that_and_counted()
    {
        var histogram = Of([1_000, LatencyHistogram.Longest.Nanoseconds + 1, long.MaxValue]);
        Assert.Equal((3, 2, LatencyHistogram.Longest), (histogram.Count, histogram.Clamped, histogram.Max));
    }

    [Fact]
    public void Nothing_recorded_is_all_zeros() => Assert.Equal(new LatencyFigure("x", 0, 0, 0, 0, 0), LatencyFigure.Of("x", new()));

    [Fact]
    public void A_negative_latency_is_a_defect() => Assert.Throws<ArgumentOutOfRangeException>(() => Of([-1]));

    [Fact]
    public void Recording_allocates_nothing()
    {
        var histogram = Of([1, 2, 3]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var ns = 0; ns < 10_000; ns++)
            histogram.Record(new Duration(ns * 1_000));
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static LatencyHistogram Of(long[] latencies)
    {
        var histogram = new LatencyHistogram();
        foreach (var ns in latencies)
            histogram.Record(new Duration(ns));
        return histogram;
    }

    /// <summary>Of a few, the nearest.</summary>
    private static int Rank(double share, int count) => Math.Max((int)((share * count) + 0.5) - 1, 0);

    private static void AssertClose(long expectedNs, Duration actual) =>
        Assert.InRange(actual.Nanoseconds, expectedNs - (expectedNs / 1_000) - 1, expectedNs + (expectedNs / 1_000) + 1);
}
