using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>The pictures of a single run.</summary>
internal static class RunPictures
{
    private const string TimelineFile = "timeline.csv";
    private const double NsPerSecond = 1e9;

    /// <summary>Those of which there is anything to be seen.</summary>
    /// <param name="folder">The run's folder; throughput and idle time over virtual time are there, if they were asked for.</param>
    /// <param name="result">Its result.</param>
    public static IReadOnlyList<Picture> Of(string folder, RunResult result)
    {
        var pictures = new List<Picture>();
        var nodes = Wording.SenderFirst(result);
        if (nodes.Any(node => node.Value.Cpu.Count > 0))
        {
            pictures.Add(new TimePicture(
                "time",
                "Where the time went",
                [.. nodes.Where(node => node.Value.Cpu.Count > 0).Select(node => ($"{node.Key}, {node.Value.Role}", TimeGroups.Percent(node.Value.Cpu)))]));
        }

        foreach (var (pc, node) in nodes)
        {
            if (node.Vm is not { } vm)
                continue;
            AddPath(pictures, $"path-out-{pc}", $"{pc}: one packet out, from the OUT that sends it", vm.Transmission);
            AddPath(pictures, $"path-in-{pc}", $"{pc}: one packet in, from the wire to the program", vm.Reception);
        }

        if (File.Exists(Path.Combine(folder, TimelineFile)))
            AddTimeline(pictures, Csv.ReadFile(Path.Combine(folder, TimelineFile)));
        return pictures;
    }

    private static void AddPath(List<Picture> pictures, string name, string title, LatencyPath path)
    {
        LatencyFigure[] segments = [.. path.Segments.Where(segment => segment.Count > 0)];
        if (segments.Length > 0)
            pictures.Add(new PathPicture(name, title, segments));
    }

    private static void AddTimeline(List<Picture> pictures, StudyTable bins)
    {
        const string Time = "virtual time (s)";
        const string Faults = "faults";
        var faults = Faulted(bins);
        if (Line(bins, "received payload", "throughput_mbps") is { } throughput)
            pictures.Add(new LinesPicture("throughput-over-time", "Throughput over virtual time", Time, "throughput (Mb/s)", [throughput], shaded: faults, shade: Faults));
        Series[] idle = [.. new[] { Line(bins, "sender", "sender_idle_percent"), Line(bins, "receiver", "receiver_idle_percent") }.OfType<Series>()];
        if (idle.Length > 0)
            pictures.Add(new LinesPicture("idle-over-time", "Idle time over virtual time", Time, "idle (%)", idle, shaded: faults, shade: Faults));
    }

    /// <summary>The stretches of time in which faults struck; bins beside each other are one.</summary>
    private static List<(double From, double To)> Faulted(StudyTable bins)
    {
        var stretches = new List<(double From, double To)>();
        if (!bins.Columns.Contains("faults") || !bins.Columns.Contains("start_ns") || !bins.Columns.Contains("end_ns"))
            return stretches;
        var (from, to, at) = (bins.Index("start_ns"), bins.Index("end_ns"), bins.Index("faults"));
        foreach (var bin in bins.Rows)
        {
            if (StudyTable.Number(bin[at]) is not > 0 || StudyTable.Number(bin[from]) is not { } start || StudyTable.Number(bin[to]) is not { } end)
                continue;
            if (stretches.Count > 0 && stretches[^1].To == start / NsPerSecond)
                stretches[^1] = (stretches[^1].From, end / NsPerSecond);
            else
                stretches.Add((start / NsPerSecond, end / NsPerSecond));
        }

        return stretches;
    }

    private static Series? Line(StudyTable bins, string name, string column)
    {
        if (!bins.Columns.Contains(column) || !bins.Columns.Contains("start_ns") || !bins.Columns.Contains("end_ns"))
            return null;
        var (from, to, at) = (bins.Index("start_ns"), bins.Index("end_ns"), bins.Index(column));
        var points = new List<(double, Estimate)>();
        foreach (var bin in bins.Rows)
        {
            if (StudyTable.Number(bin[at]) is { } value && StudyTable.Number(bin[from]) is { } start && StudyTable.Number(bin[to]) is { } end)
                points.Add(((start + end) / 2 / NsPerSecond, Estimate.Of([value])!));
        }

        return points.Count == 0 ? null : new(name, points);
    }
}
