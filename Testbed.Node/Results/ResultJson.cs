using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Testbed.Node.Results;

/// <summary>How results are written: generated code, properties in the order of their declaration, counters in ordinal order.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RunResult))]
[JsonSerializable(typeof(PcReport))]
[JsonSerializable(typeof(NodeSync))]
internal sealed partial class ResultJson : JsonSerializerContext
{
    /// <summary>One line, for what crosses between processes.</summary>
    public static readonly ResultJson Compact = new(Style(indented: false));

    /// <summary>For people and files.</summary>
    public static readonly ResultJson Indented = new(Style(indented: true));

    private static JsonSerializerOptions Style(bool indented) => new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = indented,
        NewLine = "\n",
        // The file is no web page: "µ" and "'" stay readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };
}
