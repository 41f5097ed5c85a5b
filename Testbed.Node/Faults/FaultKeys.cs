using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>The keys of one fault: those that are not set are <c>none</c>, and those that its effect does not read are refused.</summary>
internal sealed class FaultKeys(SettingsReader reader)
{
    private const string None = "none";
    private const int MostListed = 10_000;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    /// <summary>The longest time that a fault may take.</summary>
    public static readonly Duration Longest = Time.Duration.FromSeconds(3_600);

    /// <summary>The keys as they are read everywhere.</summary>
    public SettingsReader Reader => reader;

    /// <summary>Whether a key is set; it is one that the effect knows.</summary>
    public bool Has(string key)
    {
        _used.Add(key);
        return reader.Texts(key) is not [None];
    }

    /// <summary>A text.</summary>
    public string? Text(string key) => Has(key) ? reader.Text(key) : null;

    /// <summary>A length of time.</summary>
    public Duration? Duration(string key, Duration least) => Has(key) ? reader.Duration(key, least, Longest) : null;

    /// <summary>A whole number.</summary>
    public long? WholeNumber(string key, long least, long most) => Has(key) ? reader.WholeNumber(key, least, most) : null;

    /// <summary>A share in parts per million.</summary>
    public long? PartsPerMillion(string key, long least, long most) => Has(key) ? reader.PartsPerMillion(key, least, most) : null;

    /// <summary>A probability in parts per billion.</summary>
    public long? PartsPerBillion(string key, long least = 0) => Has(key) ? reader.PartsPerBillion(key, least) : null;

    /// <summary>A bit rate.</summary>
    public long? BitsPerSecond(string key, long least, long most) => Has(key) ? reader.BitsPerSecond(key, least, most) : null;

    /// <summary>One of several names; the first, if none is set.</summary>
    public T Choice<T>(string key, params (string Name, T Value)[] options) => Has(key) ? reader.Choice(key, options) : options[0].Value;

    /// <summary>A list of lengths of time.</summary>
    public IReadOnlyList<Duration> Durations(string key) => List(key, Quantity.Duration, 0, Longest.Nanoseconds).ConvertAll(ns => new Duration(ns));

    /// <summary>A list of whole numbers.</summary>
    public IReadOnlyList<long> WholeNumbers(string key, long least, long most) => List(key, Quantity.WholeNumber, least, most);

    /// <summary>A key that the effect cannot do without.</summary>
    public T Required<T>(string key, T? value, string expectation)
        where T : struct => value ?? throw reader.Mistake(key, $"effect {reader.Text("effect")} needs it; expected {expectation}");

    /// <summary>Refuses what is set and has not been asked for.</summary>
    public void RefuseOthers(string what)
    {
        foreach (var key in Keys.Where(key => !_used.Contains(key) && reader.Texts(key) is not [None]))
            throw reader.Mistake(key, $"means nothing for {what}");
    }

    private IEnumerable<string> Keys => reader.Names();

    private List<long> List(string key, QuantityKind kind, long least, long most)
    {
        var values = new List<long>();
        if (!Has(key))
            return values;
        foreach (var text in reader.Texts(key))
        {
            if (!kind.TryParse(text, out var value, out var problem))
                throw reader.Mistake(key, problem!);
            if (value < least || value > most)
                throw reader.Mistake(key, $"{text} is out of range; {kind.Format(least)} to {kind.Format(most)} is permitted");
            values.Add(value);
        }

        return values.Count <= MostListed ? values : throw reader.Mistake(key, $"has {values.Count} values; at most {MostListed} are permitted");
    }
}
