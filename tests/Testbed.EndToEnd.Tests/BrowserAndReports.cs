using Microsoft.Playwright;

namespace Testbed.EndToEnd.Tests;

/// <summary>A browser, and the report of a run and that of a study, for all tests that look at them.</summary>
public sealed class BrowserAndReports : IAsyncLifetime, IDisposable
{
    /// <summary>Pictures of the run's report.</summary>
    public const int RunPictures = 3;

    /// <summary>Pictures of the study's.</summary>
    public const int StudyPictures = 5;

    private const string Study = """
        description = "a test"
        experiment = vm733-to-350
        set { nettest.bytes = 64 KiB }
        repetitions = 2
        axes.chunk { label = [small, large], nettest.chunk = [4096, 65536] }
        pictures {
          lines { kind = lines, x = nettest.chunk, y = throughputMbps, title = Lines }
          bars { kind = bars, per = chunk, y = throughputMbps, title = Bars }
          time { kind = time, per = chunk, title = Time }
          spread { kind = spread, per = chunk, y = throughputMbps, title = Spread }
          path { kind = path, title = Path }
        }
        """;

    private readonly RunOutput _output = new();
    private IPlaywright? _playwright;

    /// <summary>Null where there is none.</summary>
    public IBrowser? Browser { get; private set; }

    public string RunReport => Path.Combine(_output.Root, "run", "report.html");

    public string StudyReport => Path.Combine(_output.Root, "study", "report.html");

    public async Task InitializeAsync()
    {
        string[] places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
        if (places.FirstOrDefault(File.Exists) is not { } program)
            return;
        _playwright = await Playwright.CreateAsync();
        // The sandbox wants privileges that a container may not have; the pages are ours.
        Browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = program, Args = ["--no-sandbox"] });
        await SucceedsAsync("run", "vm733-to-350", "--in-process", "--quiet", "--set", "nettest.bytes=64KiB", "--out", Path.GetDirectoryName(RunReport)!);
        await SucceedsAsync("report", Path.GetDirectoryName(RunReport)!);
        var study = Path.Combine(_output.Root, "study.conf");
        await File.WriteAllTextAsync(study, Study);
        await SucceedsAsync("sweep", study, "--quiet", "--out", Path.GetDirectoryName(StudyReport)!);
        await SucceedsAsync("report", Path.GetDirectoryName(StudyReport)!);
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
            await Browser.CloseAsync();
        _playwright?.Dispose();
    }

    public void Dispose() => _output.Dispose();

    private static async Task SucceedsAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(arguments);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {string.Join('\n', errors)}");
    }
}
