using System.Globalization;
using System.Text.Json;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Bench.RoundTrip;

/// <summary>
/// Times a batch there and back over the cable's link between two node processes: <c>RoundTrip [rounds] [runs]</c>. The first run's
/// figures include the just-in-time compiler's work; each run is two new processes, so all of them do to the same extent.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20_000;
        var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
        var experiment = new ExchangeSettings { Rounds = rounds }.ToExperiment();
        var mode = new TwoProcessRun(new TwoProcessSettings { NodeProgram = Path.Combine(AppContext.BaseDirectory, "Testbed.ExchangeNode.dll") });
        List<double> medians = [];
        for (var run = 1; run <= runs; run++)
        {
            var outcome = await mode.RunAsync(experiment, new Progress<RunProgress>(), CancellationToken.None);
            if (outcome.Failure is not null)
            {
                await Console.Error.WriteLineAsync(outcome.Failure);
                return 1;
            }

            var median = JsonDocument.Parse(outcome.Sender.WallJson).RootElement.GetProperty("medianRoundTripUs").GetDouble();
            medians.Add(median);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"run {run}: {rounds} rounds of 1500 bytes, median {median:0.0} µs, {outcome.WallSeconds:0.00} s in all"));
        }

        medians.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median of {runs}: {medians[runs / 2]:0.0} µs"));
        return 0;
    }
}
