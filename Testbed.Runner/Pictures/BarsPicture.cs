using System.Globalization;
using ScottPlot;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>A figure of each configuration, with the 95 % interval of its mean where there are repetitions.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="figure">The figure, in words with its unit.</param>
/// <param name="bars">The configurations with their figures.</param>
internal sealed class BarsPicture(string name, string title, string figure, IReadOnlyList<(string Name, Estimate Estimate)> bars) : RowPicture(name, title)
{
    /// <inheritdoc/>
    public override string Alternative =>
        $"{figure}: {string.Join("; ", bars.Select(bar => $"{bar.Name} {Figure(bar.Estimate.Mean)}"))}";

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["configuration", "mean", "ci95", "runs"],
        [
            .. bars.Select(bar => (string[])
            [
                bar.Name,
                bar.Estimate.Mean.ToString("0.######", CultureInfo.InvariantCulture),
                bar.Estimate.Count > 1 ? bar.Estimate.Interval.ToString("0.######", CultureInfo.InvariantCulture) : "",
                bar.Estimate.Count.ToString(CultureInfo.InvariantCulture),
            ]),
        ]);

    /// <inheritdoc/>
    protected override int Rows => bars.Count;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        var most = Math.Max(bars.Max(bar => bar.Estimate.Mean + bar.Estimate.Interval), 1e-3);
        var percent = figure.EndsWith("(%)", StringComparison.Ordinal);
        // Shares are seen against the whole.
        var end = percent ? 100 : most;
        for (var row = 0; row < bars.Count; row++)
        {
            var (label, estimate) = bars[row];
            NameRow(plot, style, row, label, 0);
            Bar(plot, style, row, 0, estimate.Mean, style.Colour(0));
            if (estimate.Count > 1)
                Whisker(plot, style, row, estimate.Mean - estimate.Interval, estimate.Mean + estimate.Interval);
            var text = estimate.Count > 1 ? $"{Figure(estimate.Mean)} ±{Figure(estimate.Interval)}" : Figure(estimate.Mean);
            Text(plot, style, text, estimate.Mean + estimate.Interval, Middle(row), Alignment.MiddleLeft, offset: 8);
        }

        Axes(plot, figure, 0, end * (style.IsNarrow ? 1.45 : 1.2));
        if (percent)
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.NumericManual([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100"]);
    }
}
