using System.CommandLine;
using Testbed.Runner.Output;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed compare</c>: what differs between two runs. Its exit code says whether their deterministic parts are the same.</summary>
internal static class CompareCommand
{
    /// <summary>The command's name.</summary>
    public const string Name = "compare";

    /// <summary>The command.</summary>
    public static Command Make(Surroundings surroundings)
    {
        var first = new Argument<string>("RUN") { Description = "A run's folder, or its result.json." };
        var second = new Argument<string>("OTHER") { Description = "Another run's." };
        var all = new Option<bool>("--all") { Description = "Show every figure that differs, and not only those that differ most." };
        var command = new Command(
            Name, "Show what differs between two runs. Exit code 0: their deterministic parts are the same to the byte; 1: they are not.")
        {
            first, second, all,
        };
        command.SetAction(parsed => Execute(
            surroundings, parsed.GetRequiredValue(first), parsed.GetRequiredValue(second), parsed.GetValue(all)));
        return command;
    }

    private static int Execute(Surroundings surroundings, string first, string second, bool all)
    {
        var (one, other) = (WrittenResult.Read(first), WrittenResult.Read(second));
        var differences = RunDifferences.Between(one, other);
        surroundings.Out.Write(DifferencesPage.Of(
            (first, one), (second, other), differences, all, surroundings.Width, surroundings.Colour));
        return differences.AreEqual ? ExitCode.Success : ExitCode.FailedRun;
    }
}
