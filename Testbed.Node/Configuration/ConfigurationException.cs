namespace Testbed.Node.Configuration;

/// <summary>
/// A person's mistake, told in one line: where it is (file, key, value), what is wrong, and what would be right.
/// The program ends with exit code 2 and prints the message alone.
/// </summary>
public sealed class ConfigurationException : Exception
{
    private const int LongestShownValue = 60;

    /// <summary>A mistake as one line; line breaks in it are taken out.</summary>
    public ConfigurationException(string message)
        : base(OneLine(message))
    {
    }

    /// <summary>A mistake as one line, with the exception that told of it.</summary>
    public ConfigurationException(string message, Exception cause)
        : base(OneLine(message), cause)
    {
    }

    /// <summary>A mistake in one setting: "<c>file: key = value: problem</c>".</summary>
    public static ConfigurationException In(Setting setting, string problem) =>
        new(setting.FromCommandLine
            ? $"{setting.Source} {setting.Key}={Shown(setting.Describe())}: {problem}"
            : $"{setting.Source}: {setting.Key} = {Shown(setting.Describe())}: {problem}");

    /// <summary>A value as it may stand in a line: without control characters and not too long.</summary>
    internal static string Shown(string value)
    {
        var line = OneLine(value);
        return line.Length == 0 ? "\"\"" : line.Length <= LongestShownValue ? line : line[..LongestShownValue] + "…";
    }

    private static string OneLine(string text) =>
        string.Create(text.Length, text, static (span, source) =>
        {
            for (var i = 0; i < span.Length; i++)
                span[i] = char.IsControl(source[i]) ? ' ' : source[i];
        }).Trim();
}
