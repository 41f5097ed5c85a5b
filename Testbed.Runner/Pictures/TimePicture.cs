using System.Globalization;
using ScottPlot;
using ScottPlot.TickGenerators;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Pictures;

/// <summary>Where a processor's time went, of each configuration: a bar that is the whole, in the groups of <see cref="TimeGroups"/>.</summary>
/// <param name="name">Its file's name.</param>
/// <param name="title">Its title.</param>
/// <param name="bars">The configurations, each with its shares in percent.</param>
internal sealed class TimePicture(string name, string title, IReadOnlyList<(string Name, double[] Percent)> bars) : RowPicture(name, title)
{
    private const double LeastLabelled = 4;

    /// <inheritdoc/>
    public override string Alternative => string.Join("; ", bars.Select(bar =>
        $"{bar.Name}: {string.Join(", ", Present.Where(group => bar.Percent[group] >= 1).Select(group => $"{TimeGroups.All[group]} {bar.Percent[group].ToString("0", CultureInfo.InvariantCulture)} %"))}"));

    /// <inheritdoc/>
    public override StudyTable Data => new(
        ["configuration", .. TimeGroups.All.Select(group => $"{group} (%)")],
        [.. bars.Select(bar => (string[])[bar.Name, .. bar.Percent.Select(share => share.ToString("0.####", CultureInfo.InvariantCulture))])]);

    /// <inheritdoc/>
    protected override int Rows => bars.Count;

    private int[] Present => [.. Enumerable.Range(0, TimeGroups.All.Count).Where(group => bars.Any(bar => bar.Percent[group] >= 0.05))];

    /// <inheritdoc/>
    protected override int LegendHeight(PictureStyle style) => style.IsNarrow ? 48 + (23 * Present.Length) : 92;

    /// <inheritdoc/>
    protected override void Draw(Plot plot, PictureStyle style)
    {
        for (var row = 0; row < bars.Count; row++)
        {
            NameRow(plot, style, row, bars[row].Name, 0);
            var from = 0.0;
            foreach (var group in Present)
            {
                var share = bars[row].Percent[group];
                Bar(plot, style, row, from, from + share, Colour(style, group));
                if (share >= LeastLabelled * (style.IsNarrow ? 2 : 1))
                    Text(plot, style, share.ToString("0", CultureInfo.InvariantCulture), from + (share / 2), Middle(row), Alignment.MiddleCenter, On(Colour(style, group)));
                from += share;
            }
        }

        foreach (var group in Present)
        {
            var colour = Colour(style, group);
            plot.Legend.ManualItems.Add(new LegendItem { LabelText = TimeGroups.All[group], MarkerShape = MarkerShape.FilledSquare, MarkerFillColor = colour, MarkerLineColor = colour, MarkerSize = 11 });
        }

        Legend(plot, style);
        Axes(plot, "share of the processor's time (%)", 0, 100);
        plot.Axes.Bottom.TickGenerator = new NumericManual([0, 20, 40, 60, 80, 100], ["0", "20", "40", "60", "80", "100"]);
    }

    private static Color Colour(PictureStyle style, int group) => TimeGroups.All[group] == TimeGroups.Idle ? style.Nothing : style.Colour(group);

    /// <summary>Black or white, whichever is read on a colour.</summary>
    private static Color On(Color colour) =>
        (0.299 * colour.R) + (0.587 * colour.G) + (0.114 * colour.B) > 130 ? Color.FromHex("#1C1E21") : Colors.White;
}
