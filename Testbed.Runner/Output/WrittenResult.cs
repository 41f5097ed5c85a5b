using System.Text.Json;
using System.Text.Json.Nodes;
using Testbed.Node.Configuration;
using Testbed.Node.Results;

namespace Testbed.Runner.Output;

/// <summary>A result that an earlier run has written.</summary>
internal static class WrittenResult
{
    /// <summary>The folder of a run that is named by it or by its <c>result.json</c>.</summary>
    public static string FolderOf(string run) =>
        Directory.Exists(run) ? run : Path.GetDirectoryName(run) is { Length: > 0 } folder ? folder : ".";

    /// <summary>Reads a run's folder, or its <c>result.json</c>.</summary>
    /// <exception cref="ConfigurationException">There is none, or it is not one that this program reads.</exception>
    public static RunResult Read(string run)
    {
        var path = Directory.Exists(run) ? Path.Combine(run, RunFolder.ResultFile) : run;
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ConfigurationException(
                path == run
                    ? $"{run}: there is no such run; expected a run's folder or its {RunFolder.ResultFile}"
                    : $"{run}: is no run's folder; there is no {RunFolder.ResultFile} in it",
                e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{(run.Length == 0 ? "RUN" : path)}: cannot be read: {e.Message}", e);
        }

        try
        {
            if (Json(path, text) is not JsonObject json || json["format"] is not JsonValue value || !value.TryGetValue(out int format))
                throw new ConfigurationException($"{path}: is no run's result");
            if (format != RunResult.CurrentFormat)
                throw new ConfigurationException(
                    $"{path}: is a result of format {format}, and this program reads format {RunResult.CurrentFormat}; run the experiment again");
            return RunResult.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{path}: is no run's result: {e.Message.Split('\n', 2)[0]}", e);
        }
    }

    // Where the parser stumbled helps nobody who has named some other file.
    private static JsonNode? Json(string path, string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException e)
        {
            throw new ConfigurationException($"{path}: is no run's result, and no JSON at all", e);
        }
    }
}
