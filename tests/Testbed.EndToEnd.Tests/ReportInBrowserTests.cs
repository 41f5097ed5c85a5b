using System.Text;
using Microsoft.Playwright;

namespace Testbed.EndToEnd.Tests;

/// <summary>Reports in a real browser: of a run and of a study, on a screen and on a phone, in light and in dark.</summary>
public sealed class ReportInBrowserTests : IAsyncLifetime, IDisposable
{
    private const int Screen = 1100;
    private const int Phone = 390;
    private const string Study = """
        description = "a test"
        experiment = vm733-to-350
        set { nettest.bytes = 128 KiB }
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

    private static readonly string? Browser =
        new[] { "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }.FirstOrDefault(File.Exists);

    private readonly RunOutput _output = new();
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        if (Browser is null)
            return;
        _playwright = await Playwright.CreateAsync();
        // The sandbox wants privileges that a container may not have; the page is one of ours.
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Browser, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    public void Dispose() => _output.Dispose();

    [SkippableFact]
    public async Task A_runs_report_is_whole_at_every_width_in_light_and_dark()
    {
        Skip.If(Browser is null, "there is no chromium on this machine");
        var folder = Path.Combine(_output.Root, "run");
        await SucceedsAsync("run", "vm733-to-350", "--in-process", "--quiet", "--set", "nettest.bytes=256KiB", "--out", folder);
        await SucceedsAsync("report", folder);
        await AssertWholeAsync(Path.Combine(folder, "report.html"), pictures: 3);
    }

    [SkippableFact]
    public async Task A_studys_report_is_whole_at_every_width_in_light_and_dark()
    {
        Skip.If(Browser is null, "there is no chromium on this machine");
        var folder = await SweepAsync();
        await AssertWholeAsync(Path.Combine(folder, "report.html"), pictures: 5);
    }

    [SkippableFact]
    public async Task Tables_are_sorted_by_a_click_on_a_heading_and_turned_round_by_another()
    {
        Skip.If(Browser is null, "there is no chromium on this machine");
        var page = await OpenAsync(Path.Combine(await SweepAsync(), "report.html"), Screen, ColorScheme.Light, []);
        var heading = page.Locator("#runs th", new() { HasText = "throughputMbps" });
        var column = (await page.Locator("#runs th").AllInnerTextsAsync()).ToList().IndexOf("throughputMbps") + 1;
        var ascending = await SortAsync();
        Assert.Equal(4, ascending.Length);
        Assert.Equal(ascending.Order(), ascending);
        Assert.Equal("ascending", await heading.GetAttributeAsync("aria-sort"));
        Assert.Equal(ascending.Reverse(), await SortAsync());
        await page.Locator("#runs th button", new() { HasText = "seed" }).ClickAsync();
        Assert.Null(await heading.GetAttributeAsync("aria-sort"));

        async Task<double[]> SortAsync()
        {
            await heading.Locator("button").ClickAsync();
            var texts = await page.Locator($"#runs tbody td:nth-child({column})").AllInnerTextsAsync();
            return [.. texts.Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        }
    }

    private static async Task SucceedsAsync(params string[] arguments)
    {
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(arguments);
        Assert.True(exitCode == 0, $"exit code {exitCode}: {string.Join('\n', errors)}");
    }

    private async Task<string> SweepAsync()
    {
        var study = Path.Combine(_output.Root, "study.conf");
        await File.WriteAllTextAsync(study, Study);
        var folder = Path.Combine(_output.Root, "study");
        await SucceedsAsync("sweep", study, "--quiet", "--out", folder);
        await SucceedsAsync("report", folder);
        return folder;
    }

    private async Task AssertWholeAsync(string file, int pictures)
    {
        var sources = new HashSet<string>();
        foreach (var width in new[] { Screen, Phone })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                var troubles = new List<string>();
                var page = await OpenAsync(file, width, scheme, troubles);
                Assert.Empty(troubles);
                Assert.Equal(0, await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
                var background = await page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor");
                Assert.Equal(scheme == ColorScheme.Dark ? "rgb(21, 24, 28)" : "rgb(255, 255, 255)", background);
                var shown = await page.EvaluateAsync<string[]>("[...document.images].map(i => i.complete && i.naturalWidth > 0 && i.clientWidth > 100 && i.alt.length > 20 ? i.currentSrc : '')");
                Assert.Equal(pictures, shown.Length);
                Assert.DoesNotContain("", shown);
                sources.UnionWith(shown);
                await page.Context.CloseAsync();
            }
        }

        // Each is drawn anew for each width and scheme.
        Assert.Equal(4 * pictures, sources.Count);
        await AssertLinksWorkAsync(file);
    }

    private async Task AssertLinksWorkAsync(string file)
    {
        var page = await OpenAsync(file, Screen, ColorScheme.Light, []);
        var dead = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1)).filter(id => !document.getElementById(id))");
        Assert.Empty(dead);
        await page.Locator("nav a", new() { HasText = "Tables" }).ClickAsync();
        Assert.True(await page.EvaluateAsync<bool>("Math.abs(document.getElementById('tables').getBoundingClientRect().top) < innerHeight"));
        var data = await page.EvaluateAsync<string[]>("[...document.querySelectorAll('a[download]')].map(a => a.href)");
        Assert.NotEmpty(data);
        Assert.All(data, address =>
        {
            const string Prefix = "data:text/csv;base64,";
            Assert.StartsWith(Prefix, address, StringComparison.Ordinal);
            Assert.Contains(',', Encoding.UTF8.GetString(Convert.FromBase64String(address[Prefix.Length..])));
        });
    }

    private async Task<IPage> OpenAsync(string file, int width, ColorScheme scheme, List<string> troubles)
    {
        var context = await _browser!.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
        var page = await context.NewPageAsync();
        page.Console += (_, message) => troubles.Add($"console: {message.Text}");
        page.PageError += (_, error) => troubles.Add($"error: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith("data:", StringComparison.Ordinal) && request.Url != new Uri(file).AbsoluteUri)
                troubles.Add($"request: {request.Url}");
        };
        await page.GotoAsync(new Uri(file).AbsoluteUri);
        return page;
    }
}
