using System.Globalization;
using System.Text;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace Testbed.Node.Configuration;

/// <summary>
/// HOCON as this program uses it: objects of scalars and of lists of scalars, flattened to <c>key → text</c>.
/// Akka's parser does the parsing; what it lets pass in silence is refused here.
/// </summary>
public static class HoconText
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads and parses a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="shownAs">Its name in errors.</param>
    /// <exception cref="ConfigurationException">The file cannot be read or is no HOCON.</exception>
    public static IReadOnlyDictionary<string, Setting> ParseFile(string path, string shownAs)
    {
        string text;
        try
        {
            text = File.ReadAllText(path, Utf8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new ConfigurationException($"{shownAs}: cannot be read: {e.Message}", e);
        }

        return Parse(text, shownAs);
    }

    /// <summary>Parses a text into settings, in ordinal order of their keys.</summary>
    /// <param name="text">The HOCON.</param>
    /// <param name="source">Where it is from, for errors.</param>
    /// <exception cref="ConfigurationException">It is no HOCON, not balanced, or holds something other than scalars and lists of them.</exception>
    public static IReadOnlyDictionary<string, Setting> Parse(string text, string source)
    {
        HoconBalance.Check(text, source);
        var settings = new SortedDictionary<string, Setting>(StringComparer.Ordinal);
        if (string.IsNullOrWhiteSpace(text))
            return settings;
        Config config;
        try
        {
            config = ConfigurationFactory.ParseString(text);
        }
        catch (Exception e) when (e is FormatException or Akka.Configuration.ConfigurationException)
        {
            throw NotHocon(text, source, e);
        }
        catch (NullReferenceException e)
        {
            // What Akka's parser makes of an include directive when it has no one to ask for the file.
            throw new ConfigurationException($"{source}: is not HOCON that this program reads ('include' is not supported)", e);
        }

        if (config.Root.IsObject())
            Flatten(config.Root.GetObject(), "", source, settings);
        return settings;
    }

    private static void Flatten(HoconObject node, string prefix, string source, SortedDictionary<string, Setting> into)
    {
        foreach (var (name, value) in node.Items)
        {
            if (!IsKeySegment(name))
                throw new ConfigurationException(
                    $"{source}: {prefix}{ConfigurationException.Shown(name)}: is no key; keys are made of letters, digits, '-' and '_'");
            var key = prefix + name;
            if (value.IsObject())
            {
                Flatten(value.GetObject(), key + ".", source, into);
            }
            else
            {
                if (IsList(value) && value.Values.Count(part => part is not HoconLiteral { Value: var v } || !string.IsNullOrWhiteSpace(v)) > 1)
                    throw new ConfigurationException($"{source}: {key}: is a list and a text in one; expected one of them");
                into[key] = IsList(value)
                    ? Setting.List(key, Items(value).Select(item => Scalar(item, key, source)).ToArray(), source)
                    : Setting.Scalar(key, Scalar(value, key, source), source);
            }
        }
    }

    private static string Scalar(HoconValue value, string key, string source)
    {
        if (value.IsEmpty)
            throw new ConfigurationException($"{source}: {key}: has no value; write {key} = …");
        if (!value.IsString())
            throw new ConfigurationException($"{source}: {key}: a list may hold only plain values, not lists or objects");
        // Akka gives null for the word "null", and trims what is quoted in a list; a literal that stands alone is taken as it is.
        return value.Values is [HoconLiteral { Value: { } text }] ? text : value.GetString() ?? "null";
    }

    private static IEnumerable<HoconValue> Items(HoconValue list) => list.IsArray() ? list.GetArray() : [];

    /// <summary>Akka's own answer is wrong for an empty list.</summary>
    private static bool IsList(HoconValue value) => value.Values.Any(part => part is HoconArray);

    internal static bool IsKeySegment(string name) =>
        name.Length > 0 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static ConfigurationException NotHocon(string text, string source, Exception cause)
    {
        const string Position = "at position ";
        var message = cause.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0];
        var at = message.IndexOf(Position, StringComparison.Ordinal);
        var digits = at < 0 ? "" : string.Concat(message[(at + Position.Length)..].TakeWhile(char.IsAsciiDigit));
        if (!int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index > text.Length)
            return new ConfigurationException($"{source}: is not HOCON: {message}", cause);
        var line = text.AsSpan(0, index).Count('\n') + 1;
        var rest = text[index..].Split('\n')[0].Trim();
        return new ConfigurationException(
            $"{source}:{line}: is not HOCON that this program reads, at \"{ConfigurationException.Shown(rest)}\"", cause);
    }
}
