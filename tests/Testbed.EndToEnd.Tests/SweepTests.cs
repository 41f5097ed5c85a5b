using System.Diagnostics;

namespace Testbed.EndToEnd.Tests;

/// <summary>A sweep as a program: killed, it goes on; and each PC in a process of its own, its table is the same.</summary>
public sealed class SweepTests : IDisposable
{
    // The second run takes a thousand times what the first one does: whoever has seen the first result comes in time for it.
    private const string Study = """
        description = "a test"
        experiment = vm733-to-350
        axes.bytes { nettest.bytes = [64 KiB, 64 MiB] }
        """;

    private const string Short = """
        description = "a test"
        experiment = native-733-to-350
        axes.chunk { nettest.chunk = [4096, 65536], nettest.bytes = 64 KiB }
        """;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(5);

    private readonly RunOutput _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task A_killed_sweep_goes_on_where_it_was_and_comes_to_the_same_table()
    {
        var study = Write("killed.conf", Study);
        await SucceedsAsync(study, "--out", Folder("whole"));
        await using (var sweep = TestProgram.StartTestbed("sweep", study, "--jobs", "1", "--out", Folder("killed")))
        {
            await FirstResultAsync(Folder("killed"));
            sweep.Kill();
            await sweep.EndedAsync();
        }

        Assert.False(File.Exists(Path.Combine(Folder("killed"), "table.csv")));
        var before = Results(Folder("killed")).ToDictionary(file => file, File.GetLastWriteTimeUtc);
        Assert.Single(before);
        await SucceedsAsync(study, "--out", Folder("killed"), "--resume");
        Assert.All(before, file => Assert.Equal(file.Value, File.GetLastWriteTimeUtc(file.Key)));
        AssertSameTables("whole", "killed");
    }

    [Fact]
    public async Task Two_processes_come_to_the_same_table()
    {
        var study = Write("short.conf", Short);
        await SucceedsAsync(study, "--out", Folder("one"));
        await SucceedsAsync(study, "--two-process", "--jobs", "2", "--out", Folder("two"));
        Assert.Contains("two-processes", await File.ReadAllTextAsync(Path.Combine(Folder("two"), "wall.csv")), StringComparison.Ordinal);
        AssertSameTables("one", "two");
    }

    private static string[] Results(string folder) =>
        Directory.Exists(folder) ? Directory.GetFiles(folder, "result.json", SearchOption.AllDirectories) : [];

    private static async Task FirstResultAsync(string folder)
    {
        var limit = Stopwatch.StartNew();
        while (Results(folder).Length == 0)
        {
            Assert.True(limit.Elapsed < TestProgram.Patience, "no run has come to its end");
            await Task.Delay(PollInterval);
        }
    }

    private static async Task SucceedsAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(["sweep", .. arguments, "--quiet"]);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {string.Join('\n', errors)}");
    }

    private void AssertSameTables(string one, string other)
    {
        foreach (var name in new[] { "table.csv", "table.parquet", "summary.csv" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(Folder(one), name)), File.ReadAllBytes(Path.Combine(Folder(other), name)));
    }

    private string Folder(string name) => Path.Combine(_output.Root, name);

    private string Write(string name, string text)
    {
        File.WriteAllText(Folder(name), text);
        return Folder(name);
    }
}
