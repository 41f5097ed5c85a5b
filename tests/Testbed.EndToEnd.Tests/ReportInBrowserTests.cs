using System.Text;
using Microsoft.Playwright;

namespace Testbed.EndToEnd.Tests;

/// <summary>Reports in a real browser: of a run and of a study, on a screen and on a phone, in light and in dark.</summary>
public sealed class ReportInBrowserTests(BrowserAndReports reports) : IClassFixture<BrowserAndReports>
{
    private const int Screen = 1100;
    private const int Phone = 390;
    private const string NoBrowser = "there is no chromium on this machine";

    [SkippableFact]
    public async Task A_runs_report_is_whole_at_every_width_in_light_and_dark()
    {
        Skip.If(reports.Browser is null, NoBrowser);
        await AssertWholeAsync(reports.RunReport, BrowserAndReports.RunPictures);
    }

    [SkippableFact]
    public async Task A_studys_report_is_whole_at_every_width_in_light_and_dark()
    {
        Skip.If(reports.Browser is null, NoBrowser);
        await AssertWholeAsync(reports.StudyReport, BrowserAndReports.StudyPictures);
    }

    [SkippableFact]
    public async Task Tables_are_sorted_by_a_click_on_a_heading_and_turned_round_by_another()
    {
        Skip.If(reports.Browser is null, NoBrowser);
        var page = await OpenAsync(reports.StudyReport, Screen, ColorScheme.Light, []);
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
        var context = await reports.Browser!.NewContextAsync(new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } });
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
