namespace Testbed.Node.Configuration;

/// <summary>
/// Which keys there are. The shipped defaults say so: a key that they do not set is not a key. Under <c>pcs</c>, where names are free,
/// <c>pcs.each</c> stands for every PC and its values are every PC's defaults; <c>required</c> marks what each has to say for itself.
/// </summary>
internal sealed class KeySchema
{
    /// <summary>The name that stands for every name of a section.</summary>
    public const string Each = "each";

    /// <summary>The value of a key that has no default.</summary>
    public const string Required = "required";

    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> _sections = new(StringComparer.Ordinal);
    private readonly List<(string Section, IReadOnlyList<Setting> Settings)> _templates = [];

    /// <summary>The keys that these settings set.</summary>
    public KeySchema(IEnumerable<Setting> defaults)
    {
        var templates = new Dictionary<string, List<Setting>>(StringComparer.Ordinal);
        foreach (var setting in defaults)
        {
            var at = setting.Key.IndexOf($".{Each}.", StringComparison.Ordinal);
            if (at < 0)
            {
                Add(setting.Key);
                continue;
            }

            var section = setting.Key[..at];
            if (!templates.TryGetValue(section, out var settings))
                templates[section] = settings = [];
            settings.Add(setting.WithKey(setting.Key[(at + Each.Length + 2)..]));
        }

        foreach (var (section, settings) in templates.OrderBy(t => t.Key, StringComparer.Ordinal))
            _templates.Add((section, settings));
    }

    /// <summary>The defaults of every key, of the names given for each section of free names.</summary>
    /// <param name="namesOf">The names in use in a section.</param>
    public IEnumerable<Setting> Expand(Func<string, IEnumerable<string>> namesOf) =>
        from template in _templates
        from name in namesOf(template.Section)
        from setting in template.Settings
        select setting.WithKey($"{template.Section}.{name}.{setting.Key}");

    /// <summary>Makes the keys of a section's name known.</summary>
    public void AddNames(IEnumerable<Setting> expanded)
    {
        foreach (var setting in expanded)
            Add(setting.Key);
    }

    /// <summary>The sections whose names are free: <c>pcs</c>.</summary>
    public IEnumerable<string> FreeSections => _templates.Select(t => t.Section);

    /// <summary>Refuses a setting whose key is not known, with the nearest that is.</summary>
    /// <exception cref="ConfigurationException">There is no such key, or it is a section.</exception>
    public void Check(Setting setting)
    {
        if (_keys.Contains(setting.Key))
            return;
        if (_sections.Contains(setting.Key))
            throw ConfigurationException.In(
                setting, $"is a section, not a value; it holds {string.Join(", ", Below(setting.Key).Take(4))}…");
        var parent = setting.Key;
        while (parent.LastIndexOf('.') is > 0 and var dot)
        {
            parent = parent[..dot];
            if (_keys.Contains(parent))
                throw ConfigurationException.In(setting, $"there is no such key; {parent} is a value, not a section");
        }

        throw ConfigurationException.In(setting, $"there is no such key{NearestName.Hint(setting.Key, _keys)}");
    }

    private IEnumerable<string> Below(string section) =>
        _keys.Where(k => k.StartsWith(section + ".", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private void Add(string key)
    {
        _keys.Add(key);
        for (var dot = key.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = key.IndexOf('.', dot + 1))
            _sections.Add(key[..dot]);
    }
}
