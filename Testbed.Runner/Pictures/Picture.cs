using System.Globalization;
using ScottPlot;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>A picture of results: knows its data, and draws itself for screen and paper.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
internal abstract class Picture(string name, string title)
{
    private const int Scale = 2;
    private const int TitleHeight = 34;

    /// <summary>Its file's name.</summary>
    public string Name { get; } = name;

    /// <summary>Its title.</summary>
    public string Title { get; } = title;

    /// <summary>What it shows, for those who cannot see it.</summary>
    public abstract string Alternative { get; }

    /// <summary>What is drawn.</summary>
    public abstract StudyTable Data { get; }

    /// <summary>As SVG that carries its font and scales with its place.</summary>
    public string Svg(PictureStyle style)
    {
        var (width, height) = Size(style);
        var svg = Plot(style).GetSvgXml(width, height);
        var head = svg.IndexOf("<svg ", StringComparison.Ordinal) + "<svg ".Length;
        var body = svg.IndexOf('>', head) + 1;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{svg[..head]}viewBox=\"0 0 {width} {height}\" {svg[head..body]}<style>{PictureFont.Css}</style>{svg[body..]}");
    }

    /// <summary>As PNG, with twice as many pixels each way.</summary>
    public byte[] Png(PictureStyle style)
    {
        var (width, height) = Size(style);
        var plot = Plot(style);
        plot.ScaleFactor = Scale;
        return plot.GetImageBytes(width * Scale, height * Scale, ImageFormat.Png);
    }

    /// <summary>Its height without a title, in pixels of CSS.</summary>
    protected abstract int Height(PictureStyle style);

    /// <summary>Draws it.</summary>
    protected abstract void Draw(Plot plot, PictureStyle style);

    private (int Width, int Height) Size(PictureStyle style) => (style.Width, Height(style) + (style.Titled ? TitleHeight : 0));

    private Plot Plot(PictureStyle style)
    {
        PictureFont.Register();
        var plot = new Plot();
        plot.Font.Set(PictureFont.Name);
        plot.FigureBackground.Color = style.Paper;
        plot.DataBackground.Color = style.Paper;
        plot.Axes.Color(style.Ink);
        plot.Grid.MajorLineColor = style.Grid;
        foreach (var axis in plot.Axes.GetAxes())
        {
            axis.TickLabelStyle.FontSize = style.FontSize;
            axis.FrameLineStyle.Color = style.Faint;
            axis.MajorTickStyle.Color = style.Faint;
            axis.MinorTickStyle.Length = 0;
        }

        foreach (var label in new[] { plot.Axes.Bottom.Label, plot.Axes.Left.Label })
        {
            label.FontSize = style.FontSize;
            label.Bold = false;
        }

        plot.Axes.Right.FrameLineStyle.Width = 0;
        plot.Axes.Top.FrameLineStyle.Width = 0;
        if (style.Titled)
        {
            plot.Title(Title, style.FontSize + 4);
            plot.Axes.Title.Label.Bold = false;
        }

        Draw(plot, style);
        plot.Font.Set(PictureFont.Name);
        return plot;
    }

    /// <summary>A legend under the plot.</summary>
    protected static void Legend(Plot plot, PictureStyle style)
    {
        var legend = plot.Legend;
        legend.Orientation = Orientation.Horizontal;
        legend.BackgroundColor = style.Paper;
        legend.OutlineColor = Colors.Transparent;
        legend.ShadowColor = Colors.Transparent;
        legend.FontColor = style.Ink;
        legend.FontSize = style.FontSize;
        legend.FontName = PictureFont.Name;
        plot.ShowLegend(Edge.Bottom);
    }

    /// <summary>Text in the plot.</summary>
    protected static ScottPlot.Plottables.Text Text(Plot plot, PictureStyle style, string text, double x, double y, Alignment alignment, Color? colour = null, float offset = 0)
    {
        var label = plot.Add.Text(text, x, y);
        label.LabelFontName = PictureFont.Name;
        label.LabelFontSize = style.FontSize;
        label.LabelFontColor = colour ?? style.Ink;
        label.LabelAlignment = alignment;
        label.OffsetX = offset;
        return label;
    }

    /// <summary>A figure with as many decimals as its size leaves of use.</summary>
    protected static string Figure(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
