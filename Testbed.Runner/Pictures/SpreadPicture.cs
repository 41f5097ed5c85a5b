using System.Globalization;
using ScottPlot;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>A figure of each single run as a dot, with the mean and its 95 % interval below the dots.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="figure">The figure, in words with its unit.</param>
/// <param name="groups">The configurations, each with its runs.</param>
internal sealed class SpreadPicture(string name, string title, string figure, IReadOnlyList<(string Name, double[] Values)> groups) : RowPicture(name, title)
{
    /// <inheritdoc/>
    public override string Alternative => string.Join("; ", groups.Select(group =>
        $"{group.Name} {figure} from {Figure(group.Values.Min())} to {Figure(group.Values.Max())}, mean {Figure(group.Values.Average())}"));

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["configuration", "value"],
        [.. groups.SelectMany(group => group.Values.Select(value => (string[])[group.Name, value.ToString("0.######", CultureInfo.InvariantCulture)]))]);

    /// <inheritdoc/>
    protected override int Rows => groups.Count * 2;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        var least = groups.Min(group => group.Values.Min());
        var most = groups.Max(group => group.Values.Max());
        var margin = Math.Max((most - least) * 0.08, 1e-3);
        for (var i = 0; i < groups.Count; i++)
        {
            var (label, values) = groups[i];
            var estimate = Estimate.Of(values)!;
            NameRow(plot, style, 2 * i, FormattableString.Invariant($"{(label.Length == 0 ? "" : label + ": ")}{values.Length} runs, each a dot"), least - margin);
            var dots = plot.Add.ScatterPoints(values, [.. values.Select(_ => Middle(2 * i))]);
            dots.Color = style.Colour(0).WithAlpha(0.55);
            dots.MarkerSize = 9;
            NameRow(plot, style, (2 * i) + 1, $"mean {Figure(estimate.Mean)} ±{Figure(estimate.Interval)} (95 % interval), standard deviation {Figure(estimate.Deviation)}", least - margin);
            Whisker(plot, style, (2 * i) + 1, estimate.Mean - estimate.Interval, estimate.Mean + estimate.Interval);
            var mean = plot.Add.Marker(estimate.Mean, Middle((2 * i) + 1), MarkerShape.FilledDiamond, 11, style.Colour(1));
            mean.LegendText = "";
        }

        Axes(plot, figure, least - margin, most + margin);
    }
}
