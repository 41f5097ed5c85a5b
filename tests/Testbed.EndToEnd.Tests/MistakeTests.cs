namespace Testbed.EndToEnd.Tests;

/// <summary>A person's mistakes: one line, exit code 2, and nothing of an earlier run is lost.</summary>
public sealed class MistakeTests : IDisposable
{
    private const string Earlier = "an earlier result";
    private readonly RunOutput _output = new();

    public void Dispose() => _output.Dispose();

    [Theory]
    [InlineData("native-733-to-351: there is no such experiment; did you mean native-733-to-350?", "native-733-to-351")]
    [InlineData("--set cable.dealy=1us: there is no such key; did you mean cable.delay?", "ping", "--set", "cable.dealy=1us")]
    [InlineData("--set cable.loss=150 %: ", "ping", "--set", "cable.loss=150 %")]
    [InlineData("--set nettest.chunk=0: ", "native-733-to-350", "--set", "nettest.chunk=0")]
    [InlineData("--set cable.delay=5 Mb/s: ", "ping", "--set", "cable.delay=5 Mb/s")]
    [InlineData("--seed -1: ", "ping", "--seed", "-1")]
    [InlineData("--wait: 'soon' is not a time", "ping", "--wait", "soon")]
    [InlineData("--node: there is none for pc-350", "ping", "--node", "pc-733=127.0.0.1:1", "--node", "pc-351=127.0.0.1:2")]
    [InlineData("255.255.255.255:1 cannot be reached from this machine: ", "ping", "--node", "pc-733=255.255.255.255:1", "--node", "pc-350=127.0.0.1:1")]
    public async Task One_line_says_what_is_wrong(string start, params string[] arguments)
    {
        Directory.CreateDirectory(_output.Folder);
        await File.WriteAllTextAsync(_output.ResultFile, Earlier);

        await RefusesAsync(start, [.. arguments, "--out", _output.Folder]);

        Assert.Equal(Earlier, await File.ReadAllTextAsync(_output.ResultFile));
        Assert.Single(Directory.EnumerateFileSystemEntries(_output.Folder));
    }

    [Fact]
    public async Task A_misspelt_key_in_a_file_is_told_with_the_file()
    {
        var config = Path.Combine(_output.Root, "config");
        var source = Path.Combine(AppContext.BaseDirectory, "config");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(config, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        var mine = Path.Combine(config, "experiments", "mine.conf");
        await File.WriteAllTextAsync(mine, "program = ping\nping { intervall = 1 ms }\n");

        await RefusesAsync($"{mine}: ping.intervall = 1 ms: there is no such key; did you mean ping.interval?", "mine", "--config", config);
    }

    [Fact]
    public Task A_folder_that_cannot_be_written_is_told_before_the_run() =>
        RefusesAsync("/dev/null/run: the run's folder cannot be written: ", "ping", "--out", "/dev/null/run");

    [Fact]
    public async Task A_file_is_not_replaced_by_a_folder()
    {
        var file = Path.Combine(_output.Root, "thesis.txt");
        await File.WriteAllTextAsync(file, Earlier);

        await RefusesAsync($"{file}: the run's folder cannot be written: ", "ping", "--out", file);

        Assert.Equal(Earlier, await File.ReadAllTextAsync(file));
    }

    private static async Task RefusesAsync(string start, params string[] arguments)
    {
        var (exitCode, output, errors) = await TestProgram.RunTestbedAsync(["run", .. arguments]);
        Assert.StartsWith($"testbed: {start}", Assert.Single(errors), StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
        Assert.Equal("", output.Trim());
    }
}
