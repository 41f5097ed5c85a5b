using System.Text;

namespace Testbed.Runner.Output;

/// <summary>Headings, labelled lines and tables, within a number of columns.</summary>
/// <param name="width">Columns to keep within.</param>
/// <param name="colour">Whether headings may be set off by colour.</param>
internal sealed class TextPage(int width, bool colour)
{
    private const string Indent = "  ";
    private const int Label = 12;
    private readonly StringBuilder _text = new();

    /// <summary>Columns to keep within.</summary>
    public int Width => width;

    /// <summary>What has been written.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>A heading, set off from what stands before it.</summary>
    public void Heading(string text)
    {
        Gap();
        _text.Append(colour ? $"\e[1;36m{text}\e[0m\n" : $"{text}\n");
    }

    /// <summary>An empty line, unless nothing stands before it.</summary>
    public void Gap()
    {
        if (_text.Length > 0)
            _text.Append('\n');
    }

    /// <summary>A line with its label in the first 12 columns; what does not fit goes on under its beginning.</summary>
    public void Line(string text) => Wrap(text, Label);

    /// <summary>Lines without a label.</summary>
    public void Text(string text) => Wrap(text, 0);

    /// <summary>A table.</summary>
    public void Table(TextTable table)
    {
        foreach (var line in table.Lines(Indent, width))
            _text.Append(line).Append('\n');
    }

    /// <summary>Lines that are as they have to be.</summary>
    public void Lines(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            _text.Append(Indent).Append(line.TrimEnd()).Append('\n');
    }

    /// <summary>Columns that are left beside the indent.</summary>
    public int Room => Math.Max(width - Indent.Length, Label + 10);

    private void Wrap(string text, int label)
    {
        // A figure keeps its unit.
        text = text.Replace(" %", "\u00a0%", StringComparison.Ordinal).Replace(" µs", "\u00a0µs", StringComparison.Ordinal);
        var first = true;
        while (text.Length > 0)
        {
            var prefix = first ? "" : new string(' ', label);
            var length = text.Length + prefix.Length <= Room ? text.Length : text.LastIndexOf(' ', Room - prefix.Length);
            if (length <= (first ? label : 0))
                length = Math.Min(text.Length, Room - prefix.Length);
            _text.Append(Indent).Append(prefix).Append(text[..length].Replace('\u00a0', ' ').TrimEnd()).Append('\n');
            text = text[length..].TrimStart();
            first = false;
        }
    }
}
