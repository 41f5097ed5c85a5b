namespace Testbed.Node.Configuration;

/// <summary>One key of a configuration with its value as written: a scalar's text, or the texts of a list of scalars.</summary>
public sealed class Setting
{
    private readonly string? _text;
    private readonly IReadOnlyList<string>? _items;

    private Setting(string key, string? text, IReadOnlyList<string>? items, string source)
    {
        Key = key;
        _text = text;
        _items = items;
        Source = source;
    }

    /// <summary>The whole path: <c>cable.delay</c>.</summary>
    public string Key { get; }

    /// <summary>Where it was written: a file's path, or the option <c>--set</c> or <c>--seed</c>.</summary>
    public string Source { get; }

    /// <summary>Whether it was given as an option and not in a file.</summary>
    public bool FromCommandLine => Source.StartsWith("--", StringComparison.Ordinal);

    /// <summary>The scalar's text, or null for a list.</summary>
    public string? Text => _text;

    /// <summary>The list's texts, or null for a scalar.</summary>
    public IReadOnlyList<string>? Items => _items;

    /// <summary>A scalar.</summary>
    public static Setting Scalar(string key, string text, string source) => new(key, text, null, source);

    /// <summary>A list of scalars.</summary>
    public static Setting List(string key, IReadOnlyList<string> items, string source) => new(key, null, items, source);

    /// <summary>The same value under another key.</summary>
    public Setting WithKey(string key) => new(key, _text, _items, Source);

    /// <summary>The value for an error message.</summary>
    public string Describe() => _text ?? $"[{string.Join(", ", _items!)}]";

    /// <summary>Whether key and value, not the source, are the same.</summary>
    public bool SameAs(Setting other) =>
        Key == other.Key && _text == other._text
        && (_items is null ? other._items is null : other._items is not null && _items.SequenceEqual(other._items));
}
