using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>A line of a picture.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Points">Its points, from left to right.</param>
/// <param name="IsCalculated">Whether a formula says it: then it is a dashed line, without marks.</param>
internal sealed record Series(string Name, IReadOnlyList<(double X, Estimate Y)> Points, bool IsCalculated = false);

/// <summary>
/// A figure against another, the horizontal axis logarithmic where each value is the same multiple of the one before. Error bars are 95 % intervals of means.
/// </summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="x">What is along the horizontal axis, in words with its unit.</param>
/// <param name="y">The figure, in words with its unit.</param>
/// <param name="series">The lines.</param>
/// <param name="labels">What stands at the points along the horizontal axis; null for the numbers.</param>
/// <param name="isLogarithmic">Whether both axes are logarithmic whatever the values; all of them are above 0 then.</param>
/// <param name="shaded">Stretches of the horizontal axis that are set off; null for none.</param>
/// <param name="shade">What they are, in words.</param>
internal sealed class LinesPicture(
    string name,
    string title,
    string x,
    string y,
    IReadOnlyList<Series> series,
    IReadOnlyDictionary<double, string>? labels = null,
    bool isLogarithmic = false,
    IReadOnlyList<(double From, double To)>? shaded = null,
    string? shade = null) : Picture(name, title)
{
    private const int MostMarked = 40;

    // Where an interval reaches 0 or less, its bar on a logarithmic axis ends at this share of the mean.
    private const double LeastOfMean = 0.1;
    private static readonly int[] Digits = [1, 2, 5];

    /// <inheritdoc/>
    public override string Alternative => $"{y} against {x}. {(shaded?.Count > 0 ? $"{shade} from {Label(shaded[0].From)} to {Label(shaded[^1].To)}. " : "")}{string.Join("; ", series.Select(line =>
        $"{line.Name}: {Figure(line.Points[0].Y.Mean)} at {Label(line.Points[0].X)} to {Figure(line.Points[^1].Y.Mean)} at {Label(line.Points[^1].X)}"))}";

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["series", "x", "mean", "ci95", "runs"],
        [
            .. series.SelectMany(line => line.Points.Select(point => (string[])
            [
                line.Name,
                point.X.ToString(CultureInfo.InvariantCulture),
                point.Y.Mean.ToString("0.######", CultureInfo.InvariantCulture),
                point.Y.Count > 1 ? point.Y.Interval.ToString("0.######", CultureInfo.InvariantCulture) : "",
                point.Y.Count.ToString(CultureInfo.InvariantCulture),
            ])),
        ]);

    /// <inheritdoc/>
    protected override int Height(PictureStyle style) => style.IsNarrow ? 330 + (series.Count > 1 ? 22 * series.Count : 0) + (shaded?.Count > 0 ? 44 : 0) : 440;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        double[] all = [.. series.SelectMany(line => line.Points.Select(point => point.X)).Distinct().Order()];
        var powers = isLogarithmic || IsGeometric(all);
        double At(double value) => powers ? Math.Log2(value) : value;
        double Height(double value) => isLogarithmic ? Math.Log2(value) : value;
        foreach (var (from, to) in shaded ?? [])
        {
            var span = plot.Add.HorizontalSpan(from, to);
            span.FillStyle.Color = style.Shade;
            span.LineStyle.Width = 0;
        }

        for (var i = 0; i < series.Count; i++)
        {
            double[] xs = [.. series[i].Points.Select(point => At(point.X))];
            double[] ys = [.. series[i].Points.Select(point => Height(point.Y.Mean))];
            if (series[i].Points.Any(point => point.Y.Interval > 0))
            {
                var errors = plot.Add.ErrorBar(xs, ys, ys);
                errors.YErrorPositive = [.. series[i].Points.Select((point, n) => Height(point.Y.Mean + point.Y.Interval) - ys[n])];
                errors.YErrorNegative = [.. series[i].Points.Select((point, n) => ys[n] - Height(Low(point.Y)))];
                errors.Color = style.Colour(i);
                errors.LineWidth = 1.5f;
                errors.CapSize = 4;
            }

            var line = plot.Add.Scatter(xs, ys);
            line.Color = style.Colour(i);
            line.LineWidth = 2;
            line.LinePattern = series[i].IsCalculated ? LinePattern.Dashed : LinePattern.Solid;
            line.MarkerShape = PictureStyle.Marker(i);
            line.MarkerSize = series[i].IsCalculated || xs.Length > MostMarked ? 0 : 8;
            line.LegendText = series.Count > 1 ? series[i].Name : "";
        }

        plot.XLabel(x);
        plot.YLabel(y);
        if (powers || labels is not null)
            plot.Axes.Bottom.TickGenerator = new NumericManual([.. all.Select(At)], [.. all.Select(Label)]);
        var most = series.SelectMany(line => line.Points).Max(point => point.Y.Mean + point.Y.Interval);
        plot.Axes.AutoScale();
        if (isLogarithmic)
            plot.Axes.Left.TickGenerator = LogarithmicTicks(series.SelectMany(line => line.Points).Min(point => Low(point.Y)), most);
        else
            // From zero: a curve's height means something.
            plot.Axes.SetLimitsY(0, most <= 0 ? 1 : most * 1.08);
        if (shaded?.Count > 0)
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = shade ?? "", MarkerShape = MarkerShape.FilledSquare, MarkerFillColor = style.Shade, MarkerLineColor = style.Shade, MarkerSize = 11 });
        if (series.Count > 1 || shaded?.Count > 0)
            Legend(plot, style);
        else
            plot.HideLegend();
    }

    private double Low(Estimate y) => isLogarithmic ? Math.Max(y.Mean - y.Interval, y.Mean * LeastOfMean) : y.Mean - y.Interval;

    /// <summary>1, 2 and 5 times the powers of ten within these.</summary>
    private static NumericManual LogarithmicTicks(double least, double most)
    {
        double[] ticks =
        [
            .. Enumerable.Range((int)Math.Floor(Math.Log10(least)), (int)Math.Ceiling(Math.Log10(most / least)) + 2)
                .SelectMany(power => Digits.Select(digit => digit * Math.Pow(10, power))),
        ];
        return new([.. ticks.Select(Math.Log2)], [.. ticks.Select(tick => tick.ToString("#,0.######", CultureInfo.InvariantCulture))]);
    }

    /// <summary>Whether each value is the same multiple of the one before: then they stand at equal distances.</summary>
    private static bool IsGeometric(double[] values) =>
        values.Length > 2 && values[0] >= 1 && values[1] / values[0] >= 2 && Enumerable.Range(1, values.Length - 1).All(i => values[i] / values[i - 1] == values[1] / values[0]);

    private string Label(double value) => labels is not null && labels.TryGetValue(value, out var text) ? text
        : value >= 1024 && value % 1024 == 0 ? (value / 1024).ToString("0 'Ki'", CultureInfo.InvariantCulture)
        : value.ToString("#,0.###", CultureInfo.InvariantCulture);
}
