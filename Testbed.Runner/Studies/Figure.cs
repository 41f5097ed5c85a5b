using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Testbed.Node.Configuration;
using Testbed.Node.Results;
using Testbed.Runner.Output;

namespace Testbed.Runner.Studies;

/// <summary>
/// A figure of a run, by its path in the result's deterministic part: <c>throughputMbps</c>, <c>sender.idlePercent</c>,
/// <c>sender.vm.worldSwitches.*</c> (the sum). <c>sender</c> and <c>receiver</c> stand for the PCs in those roles.
/// </summary>
internal sealed class Figure
{
    private const string Sum = "*";
    private static readonly string[] Roles = ["sender", "receiver"];
    private static readonly (string Suffix, string Unit)[] Units =
        [("Percent", "%"), ("Mbps", "Mb/s"), ("Seconds", "s"), ("Us", "µs"), ("Ns", "ns")];

    private readonly string[] _path;

    private Figure(string name) => (Name, _path) = (name, name.Split('.'));

    /// <summary>The path, which is also the table's column.</summary>
    public string Name { get; }

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">No result has such a figure; in one line.</exception>
    public static Figure Parse(string name)
    {
        var figure = new Figure(name);
        var type = typeof(DeterministicPart);
        for (var i = 0; i < figure._path.Length; i++)
        {
            var step = figure._path[i];
            type = i == 0 && Roles.Contains(step) ? typeof(NodeResult) : Step(type, step) ?? throw Unknown(name, step, type, i);
        }

        return IsPlain(type)
            ? figure
            : throw new FormatException($"{ConfigurationException.Shown(name)} is no figure, but holds several: {string.Join(", ", NamesIn(type, atRoot: false))}");
    }

    /// <summary>In words with its unit, for a heading or an axis.</summary>
    public string Title => TitleOf(Name);

    /// <summary>A column in words with its unit.</summary>
    public static string TitleOf(string name)
    {
        var unit = Array.Find(Units, u => name.EndsWith(u.Suffix, StringComparison.Ordinal));
        var bare = unit.Suffix is null ? name : name[..^unit.Suffix.Length];
        var words = string.Join(' ', bare.Split('.').Where(step => step is not ("vm" or Sum)).Select(Wording.Words));
        return unit.Unit is null ? words : $"{words} ({unit.Unit})";
    }

    /// <summary>The figure of a run as text; empty where the run has none.</summary>
    public string Of(RunResult result)
    {
        var node = JsonNode.Parse(result.DeterministicJson());
        for (var i = 0; i < _path.Length && node is not null; i++)
        {
            var step = _path[i];
            node = (node, step) switch
            {
                (JsonObject root, _) when i == 0 && Roles.Contains(step) =>
                    root["nodes"]!.AsObject().Select(pc => pc.Value).FirstOrDefault(pc => (string?)pc!["role"] == step),
                (JsonObject counters, Sum) => counters.Select(c => (long)c.Value!).Sum(),
                (JsonObject parts, _) => parts[step],
                (JsonArray list, _) => list.FirstOrDefault(item => (string?)item?["name"] == step),
                _ => null,
            };
        }

        return node is not JsonValue value ? "" : value.GetValueKind() switch
        {
            JsonValueKind.True => "1",
            JsonValueKind.False => "0",
            JsonValueKind.Number => value.ToJsonString(),
            _ => value.ToString(),
        };
    }

    private static Type? Step(Type type, string step)
    {
        if (type == typeof(CounterDictionary))
            return typeof(long);
        if (typeof(IDictionary).IsAssignableFrom(type))
            return type.GetGenericArguments()[1];
        if (type != typeof(string) && type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return type.GetGenericArguments()[0];
        return Properties(type).FirstOrDefault(p => NameOf(p) == step)?.PropertyType is { } found ? Nullable.GetUnderlyingType(found) ?? found : null;
    }

    private static FormatException Unknown(string name, string step, Type type, int at)
    {
        var known = NamesIn(type, at == 0);
        return new($"{ConfigurationException.Shown(name)}: no result has {ConfigurationException.Shown(step)}" +
            (NearestName.Of(step, known) is { } near ? $"; did you mean {near}?" : $"; there are {string.Join(", ", known)}"));
    }

    private static string[] NamesIn(Type type, bool atRoot) => [.. atRoot ? Roles : [], .. Properties(type).Select(NameOf)];

    private static bool IsPlain(Type type) => type == typeof(string) || type == typeof(bool) || type == typeof(long) || type == typeof(int) || type == typeof(decimal);

    [UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "Native code keeps our assemblies whole: Directory.Build.props.")]
    private static PropertyInfo[] Properties(Type type) =>
        IsPlain(type) ? [] : [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.Name != "EqualityContract")];

    private static string NameOf(PropertyInfo property) => char.ToLower(property.Name[0], CultureInfo.InvariantCulture) + property.Name[1..];
}
