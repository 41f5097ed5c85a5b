using System.Globalization;
using ScottPlot;
using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>One packet's way: a row for each segment, begun where the one before ends; medians, and a line to what 99 of 100 do not exceed.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="segments">The segments, in their order.</param>
internal sealed class PathPicture(string name, string title, IReadOnlyList<LatencyFigure> segments) : RowPicture(name, title)
{
    private const double NsPerUs = 1000;
    private const double MostBeyond = 1.4;
    private const double Margin = 1.02;

    /// <inheritdoc/>
    public override string Alternative =>
        $"Medians of a packet's way: {string.Join(", ", segments.Select(segment => $"{Wording.Words(segment.Name)} {Wording.Us(segment.MedianNs)}"))}";

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["segment", "startNs", "medianNs", "minNs", "p99Ns", "maxNs", "count"],
        [
            .. segments.Select((segment, i) => (string[])
            [
                segment.Name,
                .. new[] { Start(i), segment.MedianNs, segment.MinNs, segment.P99Ns, segment.MaxNs, segment.Count }.Select(n => n.ToString(CultureInfo.InvariantCulture)),
            ]),
        ]);

    /// <inheritdoc/>
    protected override int Rows => segments.Count;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        var whole = (Start(segments.Count - 1) + segments[^1].MedianNs) / NsPerUs;
        // A rare long wait must not press all else together: its line then goes to the edge, and has no end.
        var edge = Math.Min(segments.Select((segment, row) => (Start(row) + segment.P99Ns) / NsPerUs).Max(), whole * MostBeyond) * Margin;
        for (var row = 0; row < segments.Count; row++)
        {
            var segment = segments[row];
            var from = Start(row) / NsPerUs;
            var to = from + (segment.MedianNs / NsPerUs);
            var label = $"{Wording.Words(segment.Name)}, {Wording.Us(segment.MedianNs)}";
            // What would not fit to the right of the bar's beginning ends where the bar does.
            if (from > edge * (style.IsNarrow ? 0.5 : 0.75))
                NameRow(plot, style, row, label, to, Alignment.LowerRight);
            else
                NameRow(plot, style, row, label, from);
            Bar(plot, style, row, from, to, style.Colour(0));
            if (segment.P99Ns > segment.MedianNs)
                Whisker(plot, style, row, to, from + (segment.P99Ns / NsPerUs));
        }

        Axes(plot, "time from the way's beginning (µs); thin lines end at the 99th percentile", 0, edge);
        if (style.IsNarrow)
            plot.XLabel("time (µs); thin line: to the 99th percentile");
    }

    private long Start(int row) => segments.Take(row).Sum(segment => segment.MedianNs);
}
