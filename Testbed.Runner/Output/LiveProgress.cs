using Spectre.Console;
using Spectre.Console.Rendering;

namespace Testbed.Runner.Output;

/// <summary>Progress on a terminal: a bar that is redrawn, and gone when the run has ended.</summary>
internal static class LiveProgress
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // A run that ends at once needs no bar, and the time to set one up would be most of it.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);

    public static async Task ShowAsync(IProgressSource view, TextWriter to, Task run)
    {
        if (await Task.WhenAny(run, Task.Delay(Patience)) == run)
            return;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(to) });
        await console.Progress()
            .AutoClear(true)
            .AutoRefresh(false)
            .Columns(
                view.Share is null ? new SpinnerColumn(Spinner.Known.Line) : new ProgressBarColumn { Width = 18 },
                new WordsColumn(view))
            .StartAsync(async context =>
            {
                var task = context.AddTask("run");
                do
                {
                    task.Value = (view.Share ?? 0) * 100;
                    context.Refresh();
                }
                while (await Task.WhenAny(run, Task.Delay(Interval)) != run);
            });
    }

    private sealed class WordsColumn(IProgressSource view) : ProgressColumn
    {
        protected override bool NoWrap => true;

        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(view.ToString() ?? "");
    }
}
