namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed report</c>.</summary>
internal static class ReportCommand
{
    public static int Execute(Surroundings surroundings, string folder)
    {
        surroundings.Out.WriteLine(folder);
        return ExitCode.Success;
    }
}
