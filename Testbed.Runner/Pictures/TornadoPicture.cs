using System.Globalization;
using ScottPlot;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>What a figure changes by when one cost is lower and when it is higher.</summary>
/// <param name="Name">The cost.</param>
/// <param name="Low">With the cost at its least factor.</param>
/// <param name="High">With the cost at its greatest.</param>
internal sealed record Swing(string Name, Estimate Low, Estimate High)
{
    /// <summary>The greater of both changes.</summary>
    public double Size => Math.Max(Math.Abs(Low.Mean), Math.Abs(High.Mean));
}

/// <summary>A tornado: by how much each cost moves a figure, the greatest first.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="figure">The figure, in words with its unit.</param>
/// <param name="low">The least factor, in percent.</param>
/// <param name="high">The greatest factor, in percent.</param>
/// <param name="swings">The costs.</param>
internal sealed class TornadoPicture(string name, string title, string figure, string low, string high, IReadOnlyList<Swing> swings) : RowPicture(name, title)
{
    private const int MostRows = 20;
    private readonly Swing[] _swings = [.. swings.OrderByDescending(swing => swing.Size).ThenBy(swing => swing.Name, StringComparer.Ordinal)];

    /// <inheritdoc/>
    public override string Alternative =>
        $"Change of {figure} with each cost at {low} % and at {high} %; the greatest: {string.Join("; ", Shown.Take(3).Select(s => $"{s.Name} {Figure(s.Low.Mean)} and {Figure(s.High.Mean)}"))}";

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["cost", $"change-at-{low}", $"ci95-at-{low}", $"change-at-{high}", $"ci95-at-{high}"],
        [.. _swings.Select(swing => (string[])[swing.Name, Of(swing.Low.Mean), Of(swing.Low.Interval), Of(swing.High.Mean), Of(swing.High.Interval)])]);

    /// <inheritdoc/>
    protected override int Rows => Shown.Count() + (_swings.Length > MostRows ? 1 : 0);

    private IEnumerable<Swing> Shown => _swings.Take(MostRows);

    /// <inheritdoc/>
    protected override int LegendHeight(PictureStyle style) => style.IsNarrow ? 80 : 56;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        var most = Math.Max(Shown.Max(swing => swing.Size + Math.Max(swing.Low.Interval, swing.High.Interval)), 1e-3);
        var row = 0;
        foreach (var swing in Shown)
        {
            NameRow(plot, style, row, swing.Name, -most * 1.3);
            Change(plot, style, row, swing.Low, style.Colour(0));
            Change(plot, style, row, swing.High, style.Colour(1));
            row++;
        }

        if (_swings.Length > MostRows)
            NameRow(plot, style, row, FormattableString.Invariant($"… and {_swings.Length - MostRows} more, each {Figure(_swings[MostRows].Size)} or less"), -most * 1.3);
        var zero = plot.Add.VerticalLine(0);
        zero.Color = style.Ink;
        zero.LineWidth = 1;
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = $"cost at {low} %", FillColor = style.Colour(0), MarkerShape = MarkerShape.FilledSquare, MarkerFillColor = style.Colour(0), MarkerSize = 10 });
        plot.Legend.ManualItems.Add(new LegendItem { LabelText = $"cost at {high} %", FillColor = style.Colour(1), MarkerShape = MarkerShape.FilledSquare, MarkerFillColor = style.Colour(1), MarkerSize = 10 });
        Legend(plot, style);
        Axes(plot, $"change of {figure}", -most * 1.3, most * 1.3);
    }

    private static void Change(Plot plot, PictureStyle style, int row, Estimate change, Color colour)
    {
        Bar(plot, style, row, Math.Min(0, change.Mean), Math.Max(0, change.Mean), colour);
        if (change.Count > 1)
            Whisker(plot, style, row, change.Mean - change.Interval, change.Mean + change.Interval);
        var after = change.Mean >= 0;
        Text(
            plot,
            style,
            change.Mean.ToString("+0.00;−0.00;0", CultureInfo.InvariantCulture),
            change.Mean + (after ? change.Interval : -change.Interval),
            Middle(row),
            after ? Alignment.MiddleLeft : Alignment.MiddleRight,
            style.Faint,
            after ? 6 : -6);
    }

    private static string Of(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
