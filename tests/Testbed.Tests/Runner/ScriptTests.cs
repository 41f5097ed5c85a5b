using CliWrap;
using CliWrap.Buffered;

namespace Testbed.Tests.Runner;

public class ScriptTests
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "scripts", "run-two-nodes.sh");

    [SkippableFact]
    public async Task The_script_explains_itself()
    {
        var result = await RunAsync("/usr/bin:/bin", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("Usage: ./run-two-nodes.sh", result.StandardOutput, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Without_the_sdk_the_script_says_what_is_needed_in_one_line()
    {
        var empty = Directory.CreateTempSubdirectory("no-dotnet-").FullName;
        var result = await RunAsync(empty);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("the .NET 10 SDK is needed", result.StandardError, StringComparison.Ordinal);
        Assert.Single(result.StandardError.TrimEnd().Split('\n'));
        Directory.Delete(empty);
    }

    private static async Task<BufferedCommandResult> RunAsync(string path, params string[] args)
    {
        Skip.IfNot(File.Exists("/bin/bash"), "there is no bash on this system");
        return await Cli.Wrap("/bin/bash")
            .WithArguments([Script, .. args])
            .WithEnvironmentVariables(variables => variables.Set("PATH", path))
            .WithValidation(CommandResultValidation.None)
            .ExecuteBufferedAsync();
    }
}
