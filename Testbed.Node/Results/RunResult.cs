using System.Text.Json;
using System.Text.Json.Nodes;

namespace Testbed.Node.Results;

/// <summary>A run's result: <c>result.json</c>. Its format is described in <c>docs/result-format.md</c>.</summary>
/// <param name="Format">The format's number; changes when a reader would have to.</param>
/// <param name="Experiment">The experiment's name.</param>
/// <param name="Seed">Its seed.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Commit">The source's commit, when the build knew it.</param>
/// <param name="Partial">Whether the run did not come to its end; the figures then say how far each PC had come.</param>
/// <param name="Failure">Why not, in one line.</param>
/// <param name="Resolved">The whole configuration, by key.</param>
/// <param name="Deterministic">A function of experiment, seed and version alone, unless partial.</param>
/// <param name="Wall">What depends on the machine and the moment.</param>
/// <param name="Host">The machine that the runner ran on.</param>
public sealed record RunResult(
    int Format,
    string Experiment,
    long Seed,
    string Version,
    string? Commit,
    bool Partial,
    string? Failure,
    SortedDictionary<string, JsonNode?> Resolved,
    DeterministicPart Deterministic,
    WallPart Wall,
    HostFacts Host)
{
    /// <summary>The format that this program writes.</summary>
    public const int CurrentFormat = 2;

    /// <summary>As indented JSON with a line feed at its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Indented.RunResult) + "\n";

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="JsonException">It is no result of this format.</exception>
    public static RunResult Parse(string json) =>
        JsonSerializer.Deserialize(json, ResultJson.Indented.RunResult) ?? throw new JsonException("The result is null.");

    /// <summary>The deterministic part alone, as it stands in the result: what two runs are compared by.</summary>
    public string DeterministicJson() => JsonSerializer.Serialize(Deterministic, ResultJson.Indented.DeterministicPart) + "\n";
}
