using Testbed.Node;

namespace Testbed.ExchangeNode;

internal static class Program
{
    private static Task<int> Main(string[] args) => NodeProgram.RunAsync(args, ExchangeRun.Create);
}
