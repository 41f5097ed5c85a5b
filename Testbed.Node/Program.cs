namespace Testbed.Node;

internal static class Program
{
    private static Task<int> Main(string[] args) => NodeProgram.RunAsync(args, PcRuns.Create);
}
