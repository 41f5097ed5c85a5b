using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Validation;

/// <summary>VM/PC-733 to PC-350 beside what is published, in one reading of the paper.</summary>
internal static class ReadingComparison
{
    /// <summary>The comparisons.</summary>
    /// <param name="runs">A run for each seed.</param>
    /// <param name="must">Whether what has to hold has to hold in this reading: costs are calibrated in one.</param>
    public static IReadOnlyList<ComparisonSection> Of(IReadOnlyList<RunFigures> runs, bool must) =>
    [
        new(
            "Throughput (Mb/s, ±1) and idle time (%, below 0.5)",
            [
                Comparison.Of(
                    "throughput", PublishedFigures.ThroughputMbps, Over(runs, run => run.ThroughputMbps), 2, Tolerance.Throughput, must),
                Comparison.Of("idle", PublishedFigures.IdlePercent, Over(runs, run => run.IdlePercent), 2, Tolerance.Idle, must),
            ],
            []),
        new(
            "Figure 5: one transmission (µs, medians, 3 %)",
            [
                .. PublishedFigures.Latencies.Select(latency => Comparison.Of(
                    latency.Meaning, latency.Us, Over(runs, run => Median(run, latency.Name)), 2, Tolerance.Latency, must)),
            ],
            Contradictions.OfFigure5(runs)),
        Shares("Table 1: share of all time (%; 1 point and 15 %)", ExecutionProfile.Total, runs),
        Shares("Table 1: share of the time in the VMM (%; 1 point and 15 %)", ExecutionProfile.Vmm, runs),
        new(
            "Table 1: average (µs, 5 %)",
            [
                .. Averaged.Select(row => Comparison.Of(
                    row.Name, row.AverageUs!.Value, Over(runs, run => run.Row(row)?.AverageUs), 2, Tolerance.Average, must)),
            ],
            []),
        new(
            "Table 1: count for each packet sent (published: share × 13.1 s ÷ average)",
            [
                .. Averaged.Select(row => Comparison.Shown(
                    row.Name, decimal.Round(PublishedFigures.ImpliedPerPacket(row)!.Value, 2), Over(runs, run => run.PerPacket(row)), 2)),
            ],
            []),
    ];

    private static IEnumerable<PublishedRow> Averaged => PublishedFigures.Table1.Where(row => row.AverageUs is not null);

    /// <summary>A figure over the runs; null unless each has it.</summary>
    public static Spread? Over(IReadOnlyList<RunFigures> runs, Func<RunFigures, decimal?> figure)
    {
        var values = runs.Select(figure).OfType<decimal>().ToArray();
        return values.Length == runs.Count ? Spread.Of(values) : null;
    }

    private static decimal? Median(RunFigures run, string name) => run.MedianUs.TryGetValue(name, out var us) ? us : null;

    private static ComparisonSection Shares(string title, string column, IReadOnlyList<RunFigures> runs)
    {
        var rows = new List<Comparison>();
        var notes = new List<string>();
        foreach (var row in PublishedFigures.Table1.Where(row => row.Column == column))
        {
            var share = Comparison.Of(
                row.Name, row.SharePercent, Over(runs, run => run.Row(row)?.Percent), 2, Tolerance.Share, must: false);
            if (share.Verdict == Verdict.Off && Contradictions.OfShare(row, runs) is { } note)
            {
                share = share with { Verdict = Verdict.Contradiction };
                notes.Add(note);
            }

            rows.Add(share);
        }

        rows.Add(Comparison.Shown(
            "Other, and idle (unlisted)",
            100 - rows.Sum(row => row.Published),
            Over(runs, run => run.Profile.Count == 0 ? null : run.Profile.Where(own => own.Column == column && IsUnlisted(own)).Sum(own => own.Percent)),
            2));
        if (WhatIsInOther(column, runs) is { Length: > 0 } parts)
            notes.Add($"Other: {parts}.");
        return new(title, rows, notes);
    }

    /// <summary>The categories in it with their shares, the greatest first.</summary>
    private static string WhatIsInOther(string column, IReadOnlyList<RunFigures> runs) => string.Join(
        ", ",
        runs.SelectMany(run => run.Profile
                .Where(row => row.Column == column && row.Name == ExecutionProfile.OtherRow)
                .SelectMany(row => row.Parts ?? [])
                .Select(part => (Name: Category(part.World, part.Category), Percent: 100 * part.TimeUs / run.ColumnUs(column) / runs.Count)))
            .GroupBy(part => part.Name, part => part.Percent)
            .Select(part => (part.Key, Percent: part.Sum()))
            .OrderByDescending(part => part.Percent)
            .ThenBy(part => part.Key, StringComparer.Ordinal)
            .Select(part => Text($"{part.Key} {part.Percent:0.00} %")));

    private static bool IsUnlisted(ProfileRow row) => row.Name is ExecutionProfile.OtherRow or ExecutionProfile.IdleRow;
}
