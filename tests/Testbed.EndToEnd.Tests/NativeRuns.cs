using Testbed.Node.Results;

namespace Testbed.EndToEnd.Tests;

/// <summary>The main job, 100 MiB each way in one process; run once for all that is asserted of it.</summary>
public sealed class NativeRuns : IAsyncLifetime
{
    private readonly Dictionary<string, (string Text, long PeakMemoryKib)> _runs = [];

    public Task DisposeAsync() => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        foreach (var experiment in new[] { "native-733-to-350", "native-350-to-733" })
            _runs[experiment] = await RunAsync(experiment, "100MiB");
    }

    internal string Text(string experiment) => _runs[experiment].Text;

    internal RunResult Result(string experiment) => RunResult.Parse(Text(experiment));

    internal long PeakMemoryKib(string experiment) => _runs[experiment].PeakMemoryKib;

    internal static async Task<(string Text, long PeakMemoryKib)> RunAsync(string experiment, string bytes)
    {
        using var output = new RunOutput();
        await using var testbed = TestProgram.StartTestbed(
            "run", experiment, "--in-process", "--quiet", "--set", $"nettest.bytes={bytes}", "--out", output.Folder);
        var peak = await testbed.PeakMemoryKibAsync();
        Assert.True(await testbed.EndedAsync() == 0, string.Join('\n', testbed.ErrorLines));
        return (output.Text, peak);
    }
}
