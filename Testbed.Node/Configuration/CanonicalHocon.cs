using System.Globalization;
using System.Text;

namespace Testbed.Node.Configuration;

/// <summary>
/// The one way to write a set of settings: <c>key = value</c> a line, keys in ordinal order, line feeds. Parsed back and written
/// again it is the same text, so it can be compared and hashed.
/// </summary>
public static class CanonicalHocon
{
    /// <summary>The settings as text.</summary>
    public static string Write(IEnumerable<Setting> settings)
    {
        var text = new StringBuilder();
        foreach (var setting in settings.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            text.Append(setting.Key).Append(" = ");
            if (setting.Items is { } items)
                text.Append('[').AppendJoin(", ", items.Select(Scalar)).Append(']');
            else
                text.Append(Scalar(setting.Text!));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>A scalar: bare when every HOCON reader takes it as it stands, else quoted.</summary>
    private static string Scalar(string value) => CanStandBare(value) ? value : Quoted(value);

    private static bool CanStandBare(string value)
    {
        if (value.Length == 0 || value == "null" || value.StartsWith("include", StringComparison.Ordinal))
            return false;
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            // Single characters between letters only: "//" would be a comment, and outer or double spaces may be lost.
            var needsNeighbours = c is ' ' or '/';
            if (needsNeighbours && (i == 0 || i == value.Length - 1 || !IsBare(value[i - 1]) || !IsBare(value[i + 1])))
                return false;
            if (!needsNeighbours && !IsBare(c))
                return false;
        }

        return true;
    }

    private static bool IsBare(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '%';

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            text = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ when char.IsControl(c) => text.Append("\\u").Append(((int)c).ToString("X4", CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }
}
