using Testbed.Node.Measuring;

namespace Testbed.Node.Results;

/// <summary>How long one thing took over all of its occurrences in a run, in nanoseconds; zeros when it never happened.</summary>
/// <param name="Name">What took so long (camelCase).</param>
/// <param name="Count">How many times it happened.</param>
/// <param name="MinNs">The shortest, exact.</param>
/// <param name="MedianNs">The middle one, to three digits.</param>
/// <param name="P99Ns">What 99 of 100 did not exceed, to three digits.</param>
/// <param name="MaxNs">The longest, exact.</param>
public sealed record LatencyFigure(string Name, long Count, long MinNs, long MedianNs, long P99Ns, long MaxNs)
{
    /// <summary>What a histogram comes to.</summary>
    public static LatencyFigure Of(string name, LatencyHistogram histogram) => new(
        name,
        histogram.Count,
        histogram.Min.Nanoseconds,
        histogram.Median.Nanoseconds,
        histogram.P99.Nanoseconds,
        histogram.Max.Nanoseconds);
}
