using HdrHistogram;
using Testbed.Node.Time;

namespace Testbed.Node.Measuring;

/// <summary>
/// How long something took, each time that it happened: counts by length, exact to three digits; least and greatest exact to the nanosecond.
/// Recording allocates nothing.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>The longest that is told apart; what took longer is recorded as this long, and counted in <see cref="Clamped"/>.</summary>
    public static readonly Duration Longest = Duration.FromSeconds(10);

    private const int Digits = 3;
    private const double MedianPercentile = 50;
    private const double P99Percentile = 99;
    private readonly LongHistogram _counts = new(Longest.Nanoseconds, Digits);
    private long _minNs = long.MaxValue;
    private long _maxNs;

    /// <summary>How many were recorded.</summary>
    public long Count => _counts.TotalCount;

    /// <summary>How many of them took longer than <see cref="Longest"/>.</summary>
    public long Clamped { get; private set; }

    /// <summary>The shortest; zero while there is none.</summary>
    public Duration Min => new(Count == 0 ? 0 : _minNs);

    /// <summary>The middle one, to three digits; zero while there is none.</summary>
    public Duration Median => AtPercentile(MedianPercentile);

    /// <summary>What 99 of 100 did not exceed, to three digits; zero while there is none.</summary>
    public Duration P99 => AtPercentile(P99Percentile);

    /// <summary>The longest; zero while there is none.</summary>
    public Duration Max => new(_maxNs);

    /// <summary>It took this long once more.</summary>
    /// <param name="latency">How long; not negative.</param>
    public void Record(Duration latency)
    {
        var ns = latency.Nanoseconds;
        ArgumentOutOfRangeException.ThrowIfNegative(ns, nameof(latency));
        if (ns > Longest.Nanoseconds)
        {
            ns = Longest.Nanoseconds;
            Clamped++;
        }

        _counts.RecordValue(ns);
        _minNs = Math.Min(_minNs, ns);
        _maxNs = Math.Max(_maxNs, ns);
    }

    /// <summary>A bucket's value may lie past the extremes that were recorded; those are exact.</summary>
    private Duration AtPercentile(double percentile) =>
        new(Count == 0 ? 0 : Math.Clamp(_counts.GetValueAtPercentile(percentile), _minNs, _maxNs));
}
