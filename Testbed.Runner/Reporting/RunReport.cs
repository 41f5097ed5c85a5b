using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Runner.Pictures;
using Testbed.Runner.Validation;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Reporting;

/// <summary>The report of a run.</summary>
internal static class RunReport
{
    /// <summary>All that it says.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="result">Its result.</param>
    /// <param name="pictures">Its pictures.</param>
    public static ReportModel Of(string folder, RunResult result, IReadOnlyList<Picture> pictures) => new(
        $"{result.Experiment}, seed {result.Seed}",
        result.Resolved.TryGetValue("description", out var description) ? description?.ToString() ?? "" : "",
        result.Failure is null ? null : $"The run did not come to its end: {result.Failure}. The figures say how far it had come.",
        Headlines(result),
        Published(result),
        [.. pictures.Select(ReportParts.Picture)],
        [.. Tables(result)],
        Facts(result),
        [
            $"cp {folder}/experiment.conf config/experiments/again.conf      # it sets every key",
            "testbed run again --config config",
        ],
        [new("The whole configuration", string.Concat(result.Resolved.Select(setting => $"{setting.Key} = {setting.Value}\n")))]);

    private static List<ReportFact> Headlines(RunResult result)
    {
        var figures = result.Deterministic;
        var headlines = new List<ReportFact>();
        if (figures.ThroughputMbps is { } throughput)
            headlines.Add(new("throughput", Text($"{throughput:0.00} Mb/s"), Text($"{Amount.Of(figures.BytesDelivered)} in {(figures.Measured!.EndNs - figures.Measured.StartNs) / 1e9:0.000} s of virtual time")));
        if (figures.Ping is { RoundTripsNs.Count: > 0 } ping)
            headlines.Add(new("round trip", Text($"{ping.RoundTripsNs.Average() / 1e3:0.0} µs"), Text($"mean of {ping.Received} replies to {ping.Sent} requests")));
        if (figures.Compute is { } compute)
            headlines.Add(new("computed", Text($"{compute.ElapsedNs / 1e9:0.000} s"), Text($"for {compute.WorkNs / 1e9:0.000} s of work")));
        foreach (var (pc, node) in SenderFirst(result))
            headlines.Add(new($"idle, {pc}", Text($"{node.IdlePercent:0.0} %"), $"the {node.Role}{(node.Vm is null ? ", native" : ", in its virtual machine")}"));
        if (figures.PayloadVerified is { } verified)
            headlines.Add(new("payload", verified ? "verified" : "NOT what was sent", verified ? "every byte" : ""));
        return headlines;
    }

    private static ReportPublished? Published(RunResult result)
    {
        if (result.Failure is not null || PublishedPoints.Of(result) is not { Count: > 0 } points)
            return null;
        var bytes = result.Deterministic.BytesDelivered;
        var note = "Published: Sugerman, Venkitachalam and Lim, USENIX 2001. Modelled: this run."
            + (bytes == 100 << 20 ? "" : $" The paper copied 100 MB, this run {Amount.Of(bytes)}.");
        if (PublishedPoints.IsBaseline(result))
            return new(note, [.. ReadingComparison.Of([RunFigures.Of(result)], must: true).Select(Section)]);
        var sender = SenderFirst(result).Select(node => node.Value).First();
        return new(note, [ReportParts.Table(
            "published-figures",
            "Throughput and idle time",
            PublishedPoint.Notes(points),
            ["", "published", "modelled", "difference"],
            [.. points.Select(point => Row(point, point.Figure == "throughputMbps" ? result.Deterministic.ThroughputMbps ?? 0 : sender.IdlePercent))])]);

        static string[] Row(PublishedPoint point, decimal modelled) =>
            [point.Name, Text($"{point.Value}"), Text($"{modelled:0.00}"), Text($"{modelled - point.Value:+0.00;-0.00;0.00}")];
    }

    private static ReportTable Section(ComparisonSection section, int n) => ReportParts.Table(
        $"published-{n}",
        section.Title,
        section.Notes,
        ["", "published", "modelled", "difference", "verdict"],
        [
            .. section.Rows.Select(row => (string[])
            [
                row.Name,
                ValidationText.Published(row),
                row.Modelled is { } modelled ? ValidationText.Figure(modelled.Mean, row.Decimals) : "",
                ValidationText.Difference(row),
                ValidationText.Word(row),
            ]),
        ]);

    private static IEnumerable<ReportTable> Tables(RunResult result)
    {
        var nodes = SenderFirst(result);
        foreach (var (pc, node) in nodes.Where(node => node.Value.Vm is not null))
        {
            var vm = node.Vm!;
            yield return ReportParts.Table(
                $"profile-{pc}",
                $"{pc}: where the time went, as the paper's Table 1 has it",
                ["Shares of all time, and of the time in the VMM."],
                ["of", "row", "share (%)", "average (µs)", "count"],
                [
                    .. vm.Profile.Select(row => (string[])
                    [
                        row.Column,
                        row.Name,
                        Text($"{row.Percent:0.00}"),
                        row.AverageUs is { } average ? Text($"{average:0.00}") : "",
                        row.AverageUs is null ? "" : Text($"{row.Count:#,0}"),
                    ]),
                ]);
            yield return Latencies($"out-{pc}", $"{pc}: one packet out", vm.Transmission);
            yield return Latencies($"in-{pc}", $"{pc}: one packet in", vm.Reception);
            yield return ReportParts.Table(
                $"ports-{pc}",
                $"{pc}: the guest's port accesses",
                [],
                ["port", "direction", "handled by", "count"],
                [.. vm.PortAccesses.Select(access => (string[])[access.Port, access.Direction, access.HandledBy, Text($"{access.Count:#,0}")])]);
        }

        foreach (var (pc, node) in nodes)
        {
            yield return ReportParts.Table(
                $"processor-{pc}",
                $"{pc}: processor",
                ["Over the measured interval; the shares sum to 100 %."],
                ["category", "share (%)", "time (ms)", "count", "each (µs)"],
                [
                    .. node.Cpu.Where(row => row.TimeUs > 0).OrderByDescending(row => row.TimeUs).ThenBy(row => row.Category, StringComparer.Ordinal).Select(row => (string[])
                    [
                        Category(row.World, row.Category),
                        Text($"{row.Percent:0.00}"),
                        Text($"{row.TimeUs / 1000:#,0.000}"),
                        Text($"{row.Count:#,0}"),
                        row.Count == 0 ? "" : Text($"{row.TimeUs / row.Count:0.000}"),
                    ]),
                ]);
        }

        if (FaultTable.Rows(nodes) is { Count: > 0 } faults)
        {
            yield return ReportParts.Table(
                "faults",
                "Faults",
                ["What the plan put in the way. Times are virtual, from instant 0."],
                [.. FaultTable.Columns],
                [.. faults]);
        }

        yield return ReportParts.Table(
            "counters",
            "Cable, network cards, TCP, virtual machines",
            ["What never happened is left out."],
            ["of", "counter", "count"],
            [
                .. result.Deterministic.Cable.SelectMany(cable => Counters($"cable, {cable.Key}", cable.Value)),
                .. nodes.SelectMany(node => Counters($"{node.Key}: network card", node.Value.Nic)),
                .. nodes.SelectMany(node => Counters($"{node.Key}: TCP", node.Value.Tcp)),
                .. nodes.Where(node => node.Value.Vm is not null).SelectMany(node => (string[][])
                [
                    .. Counters($"{node.Key}: world switches", node.Value.Vm!.WorldSwitches),
                    .. Counters($"{node.Key}: interrupts", node.Value.Vm!.Interrupts),
                    .. Counters($"{node.Key}: virtual machine", node.Value.Vm!.Counters),
                ]),
            ]);
    }

    private static ReportTable Latencies(string id, string title, LatencyPath path) => ReportParts.Table(
        id,
        title,
        ["Segments in their order, then what they come to; in µs."],
        ["", "median", "least", "99th percentile", "most", "count"],
        [
            .. path.Segments.Concat(path.Totals).Where(figure => figure.Count > 0).Select(figure => (string[])
            [
                Words(figure.Name), Figure(figure.MedianNs), Figure(figure.MinNs), Figure(figure.P99Ns), Figure(figure.MaxNs), Text($"{figure.Count:#,0}"),
            ]),
        ]);

    private static string Figure(long ns) => Text($"{ns / 1000m:#,0.00}");

    private static IEnumerable<string[]> Counters(string of, CounterDictionary counters) =>
        counters.Where(counter => counter.Value != 0).Select(counter => (string[])[of, Words(counter.Key), Text($"{counter.Value:#,0}")]);

    private static IReadOnlyList<ReportFact> Facts(RunResult result) =>
    [
        new("experiment", result.Experiment),
        new("seed", Text($"{result.Seed}")),
        new("program", $"testbed {result.Version}{(result.Commit is { } commit ? $", commit {commit}" : "")}"),
        new("digest", result.Deterministic.Digest, "equal digests are equal runs"),
        new("virtual time", Text($"{result.Deterministic.VirtualSeconds:0.000} s")),
        new("wall time", Text($"{result.Wall.Seconds:0.000} s, {result.Wall.Mode}, {result.Wall.StartedUtc}"), "the machine's; no other figure depends on it"),
        new("machine", Text($"{result.Host.Os}, {result.Host.Architecture}, {result.Host.Processors} processors, {result.Host.Runtime}")),
    ];
}
