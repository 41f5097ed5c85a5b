using System.Text;
using Testbed.Node.Results;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Output;

/// <summary>
/// A path drawn from left to right: each segment's name, its stretch and its median. What room there is goes to the segments as their
/// medians are; a path that is too long goes on below.
/// </summary>
internal static class PathDrawing
{
    private const int Ends = 1;

    /// <summary>Three lines for each row that it takes.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<LatencyFigure> segments, int width)
    {
        for (var next = 0; next < segments.Count;)
        {
            var row = Row(segments, next, width);
            foreach (var line in Draw(row, width))
                yield return line;
            next += row.Length;
        }
    }

    private static LatencyFigure[] Row(IReadOnlyList<LatencyFigure> segments, int from, int width)
    {
        var row = new List<LatencyFigure>();
        var taken = Ends;
        foreach (var segment in segments.Skip(from))
        {
            taken += Narrowest(segment);
            if (row.Count > 0 && taken > width)
                break;
            row.Add(segment);
        }

        return [.. row];
    }

    private static IEnumerable<string> Draw(LatencyFigure[] row, int width)
    {
        var spare = Math.Max(width - Ends - row.Sum(Narrowest), 0);
        var wholeNs = Math.Max(row.Sum(segment => segment.MedianNs), 1);
        var (names, stretch, medians) = (new StringBuilder(" "), new StringBuilder("├"), new StringBuilder(" "));
        for (var i = 0; i < row.Length; i++)
        {
            var columns = Narrowest(row[i]) + (int)(spare * row[i].MedianNs / wholeNs);
            names.Append(Centred(Words(row[i].Name), columns));
            stretch.Append('─', columns - 1).Append(i == row.Length - 1 ? '┤' : '┼');
            medians.Append(Centred(Us(row[i].MedianNs), columns));
        }

        return [names.ToString(), stretch.ToString(), medians.ToString()];
    }

    private static int Narrowest(LatencyFigure segment) => Math.Max(Words(segment.Name).Length, Us(segment.MedianNs).Length) + 2;

    /// <summary>In the middle of a stretch, the mark at its end left out.</summary>
    private static string Centred(string text, int columns) => text.PadLeft((columns - 1 + text.Length) / 2).PadRight(columns);
}
