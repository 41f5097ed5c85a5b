namespace Testbed.Runner.Output;

/// <summary>Progress where nothing can be redrawn: a line a second.</summary>
internal static class ProgressLines
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task ShowAsync(IProgressSource view, TextWriter to, Task run)
    {
        while (await Task.WhenAny(run, Task.Delay(Interval)) != run)
            await to.WriteLineAsync(view.ToString());
    }
}
