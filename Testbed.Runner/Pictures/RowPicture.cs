using ScottPlot;
using ScottPlot.TickGenerators;

namespace Testbed.Runner.Pictures;

/// <summary>A picture of rows, each a bar along the horizontal axis with its name above it: so a name may be long, and a phone narrow.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
internal abstract class RowPicture(string name, string title) : Picture(name, title)
{
    private const int RowHeight = 44;
    private const int Below = 62;
    private const double BarTop = 0.52;
    private const double BarBottom = 0.08;

    /// <summary>How many rows.</summary>
    protected abstract int Rows { get; }

    /// <summary>Room for a legend.</summary>
    protected virtual int LegendHeight(PictureStyle style) => 0;

    /// <inheritdoc/>
    protected override int Height(PictureStyle style) => (Rows * RowHeight) + Below + LegendHeight(style);

    /// <summary>The middle of a row's bar.</summary>
    protected static double Middle(int row) => -row - 1 + ((BarTop + BarBottom) / 2);

    /// <summary>A row's name above its bar.</summary>
    protected static void NameRow(Plot plot, PictureStyle style, int row, string text, double x, Alignment alignment = Alignment.LowerLeft) =>
        Text(plot, style, text, x, -row - 1 + BarTop + 0.05, alignment).LabelBackgroundColor = style.Paper;

    /// <summary>A part of a row's bar.</summary>
    protected static ScottPlot.Plottables.Rectangle Bar(Plot plot, PictureStyle style, int row, double from, double to, Color colour)
    {
        var bar = plot.Add.Rectangle(from, to, -row - 1 + BarBottom, -row - 1 + BarTop);
        bar.FillColor = colour;
        bar.LineColor = style.Paper;
        bar.LineWidth = 1;
        return bar;
    }

    /// <summary>A thin line through a row's bar, with its ends marked.</summary>
    protected static void Whisker(Plot plot, PictureStyle style, int row, double from, double to)
    {
        const double Half = 0.1;
        var y = Middle(row);
        foreach (var (x1, y1, x2, y2) in new[] { (from, y, to, y), (from, y - Half, from, y + Half), (to, y - Half, to, y + Half) })
        {
            var line = plot.Add.Line(x1, y1, x2, y2);
            line.Color = style.Ink;
            line.LineWidth = 1.5f;
            line.MarkerSize = 0;
        }
    }

    /// <summary>The axes: a scale along the bottom, nothing at the left.</summary>
    protected void Axes(Plot plot, string label, double from, double to)
    {
        plot.XLabel(label);
        plot.Axes.Left.TickGenerator = new NumericManual();
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.SetLimits(from, to, -Rows, 0.02);
        plot.Grid.YAxisStyle.IsVisible = false;
    }
}
