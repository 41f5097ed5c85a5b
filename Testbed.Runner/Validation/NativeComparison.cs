namespace Testbed.Runner.Validation;

/// <summary>Both native PCs beside what is published of them.</summary>
internal static class NativeComparison
{
    /// <summary>The comparison.</summary>
    /// <param name="from733">Runs of PC-733 to PC-350.</param>
    /// <param name="from350">Runs of PC-350 to PC-733.</param>
    public static ComparisonSection Of(IReadOnlyList<RunFigures> from733, IReadOnlyList<RunFigures> from350)
    {
        var throughput733 = ReadingComparison.Over(from733, run => run.ThroughputMbps);
        var throughput350 = ReadingComparison.Over(from350, run => run.ThroughputMbps);
        return new(
            "Throughput of a saturated link (Mb/s, ±0.1), the same both ways; idle time (%, ±0.5)",
            [
                Comparison.Of(
                    "throughput, PC-733 to PC-350", PublishedFigures.SaturatedMbps, throughput733, 2, Tolerance.SameThroughput, must: true),
                Comparison.Of(
                    "throughput, PC-350 to PC-733", PublishedFigures.SaturatedMbps, throughput350, 2, Tolerance.SameThroughput, must: true),
                Comparison.Of(
                    "difference of the two",
                    0,
                    throughput733 is null || throughput350 is null ? null : new(throughput733.Mean - throughput350.Mean, 0, throughput733.Count),
                    2,
                    Tolerance.SameThroughput,
                    must: true),
                Comparison.Of(
                    "idle, PC-733 sending",
                    PublishedFigures.NativeIdlePercent,
                    ReadingComparison.Over(from733, run => run.IdlePercent),
                    2,
                    Tolerance.Idle,
                    must: true),
            ],
            []);
    }
}
