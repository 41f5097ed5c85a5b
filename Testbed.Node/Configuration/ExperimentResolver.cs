
namespace Testbed.Node.Configuration;

/// <summary>
/// Lays the layers of an experiment over each other (the defaults, the systems chosen, the PCs, the costs, the experiment's file, what the person set),
/// refuses what is not known or not permitted, and leaves nothing open.
/// </summary>
/// <param name="catalog">The configuration folder.</param>
/// <param name="validators">Each reads the settings that it is about, which checks their types and ranges.</param>
public sealed class ExperimentResolver(ExperimentCatalog catalog, IReadOnlyList<Action<SettingsReader>> validators)
{
    private static readonly string[] Roles = ["sender", "receiver"];

    /// <summary>The experiment as it will run.</summary>
    /// <param name="name">Its name: the file's, without <c>.conf</c>.</param>
    /// <param name="sets">Settings of the form <c>key=value</c>, the later the stronger.</param>
    /// <param name="seed">The seed, stronger than all others; or null.</param>
    /// <param name="faults">A plan of faults to add: its name in the library, or a file; or null.</param>
    /// <exception cref="ConfigurationException">A mistake in a file or a setting.</exception>
    public ResolvedExperiment Resolve(string name, IReadOnlyList<string> sets, string? seed = null, string? faults = null) =>
        ResolveWith(name, [.. sets.Select(ParseSet)], seed, faults);

    /// <summary>The experiment as it will run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="sets">Settings that know where they are from, the later the stronger.</param>
    /// <param name="seed">The seed, stronger than all others; or null.</param>
    /// <param name="faults">A plan of faults to add: its name in the library, or a file; or null.</param>
    /// <param name="source">What names the experiment, such as a study's file; null for the person.</param>
    /// <exception cref="ConfigurationException">A mistake in a file or a setting.</exception>
    public ResolvedExperiment ResolveWith(string name, IReadOnlyList<Setting> sets, string? seed = null, string? faults = null, string? source = null)
    {
        var defaults = catalog.Defaults();
        // A cost table defines its own keys: repeating each in the defaults would only invite the two to differ.
        var costs = catalog.Parts("costs").ToList();
        var schema = new KeySchema(defaults.Values.Concat(costs.SelectMany(c => c.Values)));
        var layers = catalog.Parts("pcs").Concat(costs).Append(catalog.Experiment(name, source)).ToList();
        if (faults is not null)
            layers.Add(catalog.FaultPlan(faults));

        var own = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in layers.SelectMany(layer => layer.Values).Concat(sets.Where(IsFault)))
            own[setting.Key] = setting;
        var settings = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var setting in defaults.Values.Where(d => !d.Key.Contains($".{KeySchema.Each}.", StringComparison.Ordinal)))
            settings[setting.Key] = setting;
        var expanded = schema.Expand(section => NamesIn(section, own.Keys)).ToList();
        schema.AddNames(expanded);
        foreach (var setting in expanded)
            settings[setting.Key] = setting;

        foreach (var role in Roles)
            Apply(SystemOf(role, [defaults.Values, .. layers.Select(layer => layer.Values), sets]), schema, settings);
        foreach (var layer in layers)
            Apply(layer.Values, schema, settings);
        Apply(sets, schema, settings);
        if (seed is not null)
            settings["seed"] = Setting.Scalar("seed", seed, "--seed");

        RefuseMissing(settings, own.Values);
        var reader = new SettingsReader(settings, $"experiment {name}");
        foreach (var validate in validators)
            validate(reader);
        return new(name, CanonicalHocon.Write(WithoutIdlePcs(settings)));
    }

    /// <summary>Reads <c>key=value</c>.</summary>
    /// <exception cref="ConfigurationException">It is not of that form.</exception>
    public static Setting ParseSet(string text)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw new ConfigurationException($"--set {ConfigurationException.Shown(text)}: expected key=value, such as cable.delay=1us");
        var key = text[..equals].Trim();
        var value = text[(equals + 1)..].Trim();
        if (key.Split('.').Any(segment => !HoconText.IsKeySegment(segment)))
            throw new ConfigurationException($"--set {ConfigurationException.Shown(text)}: expected key=value, such as cable.delay=1us");
        // Only a list needs HOCON's syntax; all else is taken as it stands, so that no shell has to quote a quote.
        return value.StartsWith('[')
            ? HoconText.Parse($"{key} = {value}", "--set").GetValueOrDefault(key)
                ?? throw new ConfigurationException($"--set {ConfigurationException.Shown(text)}: expected a list of plain values")
            : Setting.Scalar(key, value, "--set");
    }

    /// <summary>
    /// What the system that a role runs on sets, as the strongest of the layers chooses it. It lies over the defaults and below all else: whoever
    /// sets one of its switches by itself means it.
    /// </summary>
    private IEnumerable<Setting> SystemOf(string role, IEnumerable<IEnumerable<Setting>> layers) =>
        layers.SelectMany(layer => layer).LastOrDefault(setting => setting.Key == $"{role}.system") is { } system
            ? catalog.SystemSettings(system, role)
            : [];

    /// <summary>A fault may be new where it is set; a PC may not.</summary>
    private static bool IsFault(Setting setting) => setting.Key.StartsWith(ExperimentCatalog.Faults + ".", StringComparison.Ordinal);

    private static void Apply(IEnumerable<Setting> layer, KeySchema schema, Dictionary<string, Setting> settings)
    {
        foreach (var setting in layer)
        {
            schema.Check(setting);
            settings[setting.Key] = setting;
        }
    }

    private static IEnumerable<string> NamesIn(string section, IEnumerable<string> keys) => keys
        .Where(k => k.StartsWith(section + ".", StringComparison.Ordinal))
        .Select(k => k[(section.Length + 1)..].Split('.')[0])
        .Distinct(StringComparer.Ordinal)
        .Order(StringComparer.Ordinal);

    private static void RefuseMissing(Dictionary<string, Setting> settings, IReadOnlyCollection<Setting> own)
    {
        foreach (var setting in settings.Values.OrderBy(s => s.Key, StringComparer.Ordinal).Where(s => s.Text == KeySchema.Required))
        {
            var section = setting.Key[..(setting.Key.LastIndexOf('.') + 1)];
            var where = own.FirstOrDefault(s => s.Key.StartsWith(section, StringComparison.Ordinal))?.Source ?? setting.Source;
            throw new ConfigurationException($"{where}: {setting.Key} is not set and has no default");
        }
    }

    /// <summary>A PC that takes no part is no part of the experiment: another file in <c>pcs/</c> changes no result.</summary>
    private static IEnumerable<Setting> WithoutIdlePcs(Dictionary<string, Setting> settings)
    {
        var sender = settings.GetValueOrDefault("sender.pc")?.Text;
        var receiver = settings.GetValueOrDefault("receiver.pc")?.Text;
        return settings.Values.Where(s => s.Key.Split('.') is not ["pcs", var pc, ..] || pc == sender || pc == receiver);
    }
}
