using System.Text;

namespace Testbed.Runner.Output;

/// <summary>Columns of text: the first is left-aligned and gives way when the width does not suffice, the others are figures.</summary>
internal sealed class TextTable
{
    private const string Gap = "  ";
    private const int NarrowestFirst = 12;
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    /// <summary>The rows, each indented and none wider than <paramref name="width"/>.</summary>
    public IEnumerable<string> Lines(string indent, int width)
    {
        if (_rows.Count == 0)
            yield break;
        var widths = Enumerable.Range(0, _rows.Max(r => r.Length))
            .Select(c => _rows.Where(r => c < r.Length).Max(r => r[c].Length))
            .ToArray();
        var others = indent.Length + widths.Skip(1).Sum(w => w + Gap.Length);
        widths[0] = Math.Clamp(width - others, Math.Min(NarrowestFirst, widths[0]), widths[0]);
        foreach (var row in _rows)
        {
            var line = new StringBuilder(indent);
            line.Append(Fit(row[0], widths[0]).PadRight(widths[0]));
            for (var c = 1; c < row.Length; c++)
                line.Append(Gap).Append(row[c].PadLeft(widths[c]));
            yield return line.ToString().TrimEnd();
        }
    }

    private static string Fit(string text, int width) => text.Length <= width ? text : text[..(width - 1)] + "…";
}
