using System.Text.Json;
using Testbed.Node.Results;

namespace Testbed.EndToEnd.Tests;

/// <summary>A folder for a test's files, and what a run left there.</summary>
internal sealed class RunOutput : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("testbed-run-").FullName;

    /// <summary>The run's folder.</summary>
    public string Folder => Path.Combine(_root, "run");

    /// <summary>For the test's own files.</summary>
    public string Root => _root;

    public string ResultFile => Path.Combine(Folder, "result.json");

    public string Text => File.ReadAllText(ResultFile);

    public RunResult Result => RunResult.Parse(Text);

    /// <summary>The text of the member <c>deterministic</c>, to the byte.</summary>
    public static string Deterministic(string resultText)
    {
        using var document = JsonDocument.Parse(resultText);
        return document.RootElement.GetProperty("deterministic").GetRawText();
    }

    /// <summary>Runs an experiment that must succeed.</summary>
    /// <returns>The text of its <c>deterministic</c>.</returns>
    public static async Task<string> DeterministicOfAsync(params IEnumerable<string> arguments)
    {
        using var output = new RunOutput();
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(["run", .. arguments, "--quiet", "--out", output.Folder]);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {string.Join('\n', errors)}");
        Assert.Empty(errors);
        return Deterministic(output.Text);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
