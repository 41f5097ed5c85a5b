using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Testbed.Node.Results;

namespace Testbed.Runner.Output;

/// <summary>A key of the configuration that two runs had different values of.</summary>
/// <param name="Key">The key.</param>
/// <param name="One">Its value in the one, as it was written; null if there was none.</param>
/// <param name="Other">Its value in the other.</param>
internal sealed record SettingDifference(string Key, string? One, string? Other);

/// <summary>What differs between two runs.</summary>
/// <param name="AreEqual">Whether their deterministic parts are the same text.</param>
/// <param name="Settings">Keys of the configuration, in alphabetical order.</param>
/// <param name="Figures">Figures of the deterministic part that differ, in the order in which they stand there.</param>
internal sealed record RunDifferences(bool AreEqual, IReadOnlyList<SettingDifference> Settings, IReadOnlyList<FigureDifference> Figures)
{
    /// <summary>Compares two runs.</summary>
    public static RunDifferences Between(RunResult one, RunResult other)
    {
        var (ours, theirs) = (FiguresOf(one), FiguresOf(other));
        var names = ours.Keys.Concat(theirs.Keys.Where(name => !ours.ContainsKey(name)));
        return new(
            one.DeterministicJson() == other.DeterministicJson(),
            [
                .. one.Resolved.Keys.Union(other.Resolved.Keys).Order(StringComparer.Ordinal)
                    .Select(key => new SettingDifference(key, Text(one, key), Text(other, key)))
                    .Where(setting => setting.One != setting.Other),
            ],
            [
                .. names.Select(name => new FigureDifference(name, Value(ours, name), Value(theirs, name)))
                    .Where(figure => figure.One != figure.Other),
            ]);
    }

    private static decimal? Value(Dictionary<string, decimal> figures, string name) => figures.TryGetValue(name, out var value) ? value : null;

    private static string? Text(RunResult run, string key) =>
        run.Resolved.TryGetValue(key, out var value) ? (value is JsonValue ? value.ToString() : value?.ToJsonString()) : null;

    /// <summary>Every number of the deterministic part, by its path.</summary>
    private static Dictionary<string, decimal> FiguresOf(RunResult run)
    {
        var figures = new Dictionary<string, decimal>(StringComparer.Ordinal);
        var roles = run.Deterministic.Nodes.ToDictionary(node => node.Key, node => node.Value.Role, StringComparer.Ordinal);
        using var json = JsonDocument.Parse(run.DeterministicJson());
        Walk(json.RootElement, "");
        return figures;

        void Walk(JsonElement element, string path)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var property in element.EnumerateObject())
                        Walk(property.Value, Join(path, Role(property.Name)));
                    break;
                case JsonValueKind.Array:
                    var i = 0;
                    foreach (var item in element.EnumerateArray())
                        Walk(item, Join(path, RowName(item) ?? (++i).ToString(CultureInfo.InvariantCulture)));
                    break;
                case JsonValueKind.Number:
                    figures[path] = element.GetDecimal();
                    break;
                default:
                    break;
            }
        }

        // "nodes.pc-733" is said by role, so that two PCs in the same role are compared; so is "cable.pc-733 to pc-350".
        string Role(string name) => roles.Aggregate(name, (text, role) => text == role.Key ? role.Value
            : text.Replace($"{role.Key} to ", $"{role.Value} to ", StringComparison.Ordinal).Replace($" to {role.Key}", $" to {role.Value}", StringComparison.Ordinal));
    }

    private static string Join(string path, string name) => path.Length == 0 || path == "nodes" ? name : $"{path}.{name}";

    /// <summary>The texts of a row (a category with its world, a port with its direction) are its name.</summary>
    private static string? RowName(JsonElement row)
    {
        if (row.ValueKind != JsonValueKind.Object)
            return null;
        var texts = row.EnumerateObject().Where(p => p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString());
        return string.Join('/', texts) is { Length: > 0 } name ? name : null;
    }
}
