using Testbed.Node.Experiments;
using Testbed.Runner.CommandLine;

namespace Testbed.Runner;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var interruption = new Interruption(Console.Error);
        return await new TestbedCli(Surroundings.OfProcess(), RunModes.Create, SettingsValidators.All).RunAsync(args, interruption.Token);
    }
}
