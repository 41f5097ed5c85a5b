using System.Globalization;
using Testbed.Node.Configuration;
using Testbed.Runner.Validation;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed validate</c>.</summary>
internal sealed class ValidateCommand(Surroundings surroundings, RunModeFactory modes, IReadOnlyList<Action<SettingsReader>> validators)
{
    public async Task<int> ExecuteAsync(ValidateRequest request, CancellationToken cancel)
    {
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(request.Config), validators);
        var validation = new PaperValidation(
            modes(new(InProcess: true, Nodes: [])),
            (name, sets, seed) => resolver.Resolve(name, sets, seed.ToString(CultureInfo.InvariantCulture)));
        try
        {
            var report = await validation.RunAsync(request.Settings, new Count(surroundings), cancel);
            surroundings.Out.Write(
                request.Markdown ? ValidationMarkdown.Of(report) : ValidationText.Of(report, surroundings.Width, surroundings.Colour));
            if (!request.Markdown)
                surroundings.Out.Write("\n  written     nothing; --markdown prints the page docs/validation.md\n");
            if (report.Failures.Count == 0)
                return ExitCode.Success;
            surroundings.Error.WriteLine($"testbed: {ValidationText.Conclusion(report)}");
            return ExitCode.FailedRun;
        }
        catch (ValidationException e)
        {
            surroundings.Error.WriteLine(
                e.Defect is null ? $"testbed: {e.Message}" : $"testbed: this is a defect of the testbed; please report it with what follows.\n{e.Defect}");
            return e.Defect is null ? ExitCode.FailedRun : ExitCode.Defect;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            surroundings.Error.WriteLine("testbed: cancelled");
            return ExitCode.FailedRun;
        }
    }

    /// <summary>A line on a terminal that counts the runs.</summary>
    private sealed class Count(Surroundings surroundings) : IProgress<(int Done, int All)>
    {
        private readonly Lock _line = new();

        public void Report((int Done, int All) value)
        {
            if (!surroundings.LiveError)
                return;
            lock (_line)
                surroundings.Error.Write($"\rruns: {value.Done} of {value.All}{(value.Done == value.All ? "\n" : "")}");
        }
    }
}
