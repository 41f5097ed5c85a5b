using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Testbed.Node.Time;

namespace Testbed.Node.Configuration;

/// <summary>
/// A view on settings at a path, that reads each as what it has to be: <c>reader.At("cable").Duration("delay", …)</c>. A value that is not,
/// or is out of range, ends in a <see cref="ConfigurationException"/> that names key, value, where it was written and what is permitted.
/// </summary>
public sealed class SettingsReader
{
    private readonly IReadOnlyDictionary<string, Setting> _settings;
    private readonly string _source;
    private readonly string _prefix;
    private readonly HashSet<string> _read;

    /// <summary>A view on all settings.</summary>
    /// <param name="settings">The settings by key.</param>
    /// <param name="source">What they belong to, for the error of a key that is missing.</param>
    public SettingsReader(IReadOnlyDictionary<string, Setting> settings, string source)
        : this(settings, source, "", [])
    {
    }

    private SettingsReader(IReadOnlyDictionary<string, Setting> settings, string source, string prefix, HashSet<string> read)
    {
        _settings = settings;
        _source = source;
        _prefix = prefix;
        _read = read;
    }

    /// <summary>The view on a resolved experiment.</summary>
    public static SettingsReader Of(ResolvedExperiment experiment)
    {
        var source = $"experiment {experiment.Name}";
        return new(HoconText.Parse(experiment.Hocon, source), source);
    }

    /// <summary>The path of this view, for messages: <c>cable</c>; empty at the root.</summary>
    public string Path => _prefix.TrimEnd('.');

    /// <summary>Keys that nobody has read through this view or any other on the same settings, in order: a model that forgot one, or a key too many.</summary>
    public IReadOnlyList<string> UnreadKeys =>
        _settings.Keys.Where(k => !_read.Contains(k)).Order(StringComparer.Ordinal).ToArray();

    /// <summary>The view one or more levels down.</summary>
    public SettingsReader At(string path) => new(_settings, _source, $"{_prefix}{path}.", _read);

    /// <summary>The names one level down, in ordinal order: the PCs of <c>pcs</c>.</summary>
    public IReadOnlyList<string> Names() => _settings.Keys
        .Where(k => k.StartsWith(_prefix, StringComparison.Ordinal))
        .Select(k => k[_prefix.Length..].Split('.')[0])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal)
        .ToArray();

    /// <summary>Whether the key is set.</summary>
    public bool Has(string key) => _settings.ContainsKey(_prefix + key);

    /// <summary>Any text.</summary>
    public string Text(string key) => Scalar(key).Text!;

    /// <summary>A list of texts; a scalar is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var setting = Find(key);
        return setting.Items ?? [setting.Text!];
    }

    /// <summary>One of the names given.</summary>
    public string Choice(string key, params IReadOnlyCollection<string> names)
    {
        var setting = Scalar(key);
        if (!names.Contains(setting.Text!))
            throw ConfigurationException.In(
                setting, $"expected one of {string.Join(", ", names)}{NearestName.Hint(setting.Text!, names)}");
        return setting.Text!;
    }

    /// <summary>One of the values given, chosen by its name in the configuration.</summary>
    // An array and a loop: for each type of value the just-in-time compiler would have to compile a list's queries anew.
    public T Choice<T>(string key, params (string Name, T Value)[] options)
    {
        var names = new string[options.Length];
        for (var i = 0; i < options.Length; i++)
            names[i] = options[i].Name;
        return options[Array.IndexOf(names, Choice(key, names))].Value;
    }

    /// <summary><c>on</c> or <c>off</c> (or true, false, yes, no).</summary>
    public bool Switch(string key) => Choice(
        key, ("on", true), ("off", false), ("true", true), ("false", false), ("yes", true), ("no", false));

    /// <summary>A whole number within [min, max].</summary>
    public long WholeNumber(string key, long min, long max) => Read(key, Quantity.WholeNumber, min, max);

    /// <summary>A length of virtual time within [min, max].</summary>
    public Duration Duration(string key, Duration min, Duration max) =>
        new(Read(key, Quantity.Duration, min.Nanoseconds, max.Nanoseconds));

    /// <summary>A processor cost in picoseconds within [min, max].</summary>
    public long Picoseconds(string key, long min, long max) => Read(key, Quantity.Cost, min, max);

    /// <summary>An amount of data in bytes within [min, max].</summary>
    public long Bytes(string key, long min, long max) => Read(key, Quantity.Size, min, max);

    /// <summary>A bit rate in bits per second within [min, max].</summary>
    public long BitsPerSecond(string key, long min, long max) => Read(key, Quantity.Rate, min, max);

    /// <summary>A clock in hertz within [min, max].</summary>
    public long Hertz(string key, long min, long max) => Read(key, Quantity.Clock, min, max);

    /// <summary>A share in parts per million within [min, max].</summary>
    public long PartsPerMillion(string key, long min = 0, long max = 1_000_000) => Read(key, Quantity.PartsPerMillion, min, max);

    /// <summary>A share in parts per billion within [min, max].</summary>
    public long PartsPerBillion(string key, long min = 0, long max = 1_000_000_000) => Read(key, Quantity.PartsPerBillion, min, max);

    /// <summary>A unicast Ethernet address, as <c>00:a0:c9:07:33:01</c> in lower case.</summary>
    public string MacAddress(string key)
    {
        var setting = Scalar(key);
        var parts = setting.Text!.Split(':', '-');
        if (parts.Length != 6 || !parts.All(p => p.Length == 2 && p.All(char.IsAsciiHexDigit)))
            throw ConfigurationException.In(setting, "expected an Ethernet address such as \"00:a0:c9:07:33:01\"");
        if ((byte.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & 1) != 0)
            throw ConfigurationException.In(setting, "is a group address; expected one of a single card (its first byte is even)");
        return string.Join(':', parts).ToLowerInvariant();
    }

    /// <summary>An IPv4 address in dotted form.</summary>
    public string IpAddress(string key)
    {
        var setting = Scalar(key);
        if (setting.Text!.Count(c => c == '.') != 3 || !IPAddress.TryParse(setting.Text, out var address)
            || address.AddressFamily != AddressFamily.InterNetwork)
            throw ConfigurationException.In(setting, "expected an IPv4 address such as 192.168.1.73");
        return address.ToString();
    }

    /// <summary>A mistake that a key's own type and range do not show: <c>throw reader.Mistake("receiver.pc", "is the sender too")</c>.</summary>
    public ConfigurationException Mistake(string key, string problem) =>
        _settings.TryGetValue(_prefix + key, out var setting)
            ? ConfigurationException.In(setting, problem)
            : new($"{_source}: {_prefix}{key}: {problem}");

    private long Read(string key, QuantityKind kind, long min, long max)
    {
        var setting = Scalar(key);
        if (!kind.TryParse(setting.Text!, out var value, out var problem))
            throw ConfigurationException.In(setting, problem!);
        if (value < min || value > max)
            throw ConfigurationException.In(setting, $"is out of range; {kind.Format(min)} to {kind.Format(max)} is permitted");
        return value;
    }

    private Setting Scalar(string key)
    {
        var setting = Find(key);
        if (setting.Items is not null)
            throw ConfigurationException.In(setting, "is a list; expected one value");
        return setting;
    }

    private Setting Find(string key)
    {
        if (!_settings.TryGetValue(_prefix + key, out var setting))
            throw new ConfigurationException($"{_source}: {_prefix}{key} is not set");
        _read.Add(setting.Key);
        return setting;
    }
}
