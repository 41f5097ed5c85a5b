using Testbed.Runner.Output;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed explain</c>.</summary>
internal static class ExplainCommand
{
    public static int Execute(Surroundings surroundings, string run)
    {
        surroundings.Out.Write(Explanation.Of(WrittenResult.Read(run), surroundings.Width, surroundings.Colour));
        surroundings.Out.Write(ClosingHints.Page(WrittenResult.FolderOf(run), surroundings.Width));
        return ExitCode.Success;
    }
}
