using System.Text.Json;
using System.Text.Json.Serialization;

namespace Testbed.Runner.Studies;

/// <summary>What a study's folder says of itself: <c>study.json</c>.</summary>
/// <param name="Format">The format's number; changes when a reader would have to.</param>
/// <param name="Study">The study's name.</param>
/// <param name="Description">What it is.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Commit">The source's commit, when the build knew it.</param>
/// <param name="Sets">What was set on the command line.</param>
/// <param name="Axes">The table's columns that the axes make.</param>
/// <param name="Outputs">The table's columns of figures.</param>
/// <param name="Runs">How many runs the study has.</param>
/// <param name="Finished">How many of them the table has.</param>
internal sealed record StudyFacts(
    int Format,
    string Study,
    string Description,
    string Version,
    string? Commit,
    IReadOnlyList<string> Sets,
    IReadOnlyList<string> Axes,
    IReadOnlyList<string> Outputs,
    int Runs,
    int Finished)
{
    /// <summary>The format that this program writes.</summary>
    public const int CurrentFormat = 1;

    /// <summary>As indented JSON with a line feed at its end.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, StudyJson.Written.StudyFacts) + "\n";

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="JsonException">It is none of this format.</exception>
    public static StudyFacts Parse(string json) =>
        JsonSerializer.Deserialize(json, StudyJson.Written.StudyFacts) is { Format: CurrentFormat } facts
            ? facts
            : throw new JsonException($"it is not of format {CurrentFormat}");
}

/// <summary>How <c>study.json</c> is written: generated code.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(StudyFacts))]
internal sealed partial class StudyJson : JsonSerializerContext
{
    public static readonly StudyJson Written = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    });
}
