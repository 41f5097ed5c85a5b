using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Bench.RoundTrip;

/// <summary>
/// Times a batch there and back over the cable's link between two node processes, for each transport: one in flight, and many. The transports take
/// turns, so that what else the machine does falls on all alike; each run is two new processes, so all include the just-in-time compiler's
/// work to the same extent.
/// </summary>
internal static class Program
{
    private static readonly string NodeProgram = Path.Combine(AppContext.BaseDirectory, "Testbed.ExchangeNode.dll");

    private static Task<int> Main(string[] args)
    {
        var rounds = new Argument<int>("rounds") { Description = "Batches each way in a run.", DefaultValueFactory = _ => 20_000 };
        var runs = new Argument<int>("runs") { Description = "Runs of each kind.", DefaultValueFactory = _ => 5 };
        var transport = new Option<string[]>("--transport")
        {
            Description = $"Which: {string.Join(", ", TransportKinds.Names)}. May be given again. Default: all",
            DefaultValueFactory = _ => [.. TransportKinds.Names],
        };
        var inFlight = new Option<int[]>("--in-flight")
        {
            Description = "Batches under way at a time. May be given again. Default: 1 and 30",
            DefaultValueFactory = _ => [1, 30],
        };
        var frame = new Option<int>("--frame") { Description = "Bytes in a batch.", DefaultValueFactory = _ => 1500 };
        var root = new RootCommand("Times round trips of a batch between two node processes.") { rounds, runs, transport, inFlight, frame };
        root.SetAction(parsed => MeasureAsync(
            parsed.GetValue(rounds),
            parsed.GetValue(runs),
            [.. from t in parsed.GetValue(transport)! from n in parsed.GetValue(inFlight)! select (TransportKinds.Parse(t), n)],
            parsed.GetValue(frame)));
        return root.Parse(args).InvokeAsync();
    }

    private static async Task<int> MeasureAsync(int rounds, int runs, (TransportKind Transport, int InFlight)[] kinds, int frameBytes)
    {
        var measured = kinds.ToDictionary(k => k, _ => new List<Measured>());
        for (var run = 1; run <= runs; run++)
        {
            foreach (var kind in kinds)
            {
                var experiment = new ExchangeSettings { Rounds = rounds, Window = kind.InFlight, FrameBytes = frameBytes }.ToExperiment();
                var mode = new TwoProcessRun(new TwoProcessSettings { NodeProgram = NodeProgram, Transport = kind.Transport });
                var outcome = await mode.RunAsync(experiment, new Progress<RunProgress>(), CancellationToken.None);
                if (outcome.Failure is not null)
                {
                    await Console.Error.WriteLineAsync(outcome.Failure);
                    return 1;
                }

                measured[kind].Add(JsonSerializer.Deserialize<Measured>(outcome.Sender.WallJson, JsonSerializerOptions.Web)!);
            }
        }

        Console.WriteLine($"{rounds} round trips of {frameBytes} bytes, {runs} runs of each kind: medians (least to most)");
        foreach (var (transport, count) in kinds)
        {
            var of = measured[(transport, count)];
            Console.WriteLine(
                $"{transport.Name(),-10} {count,3} in flight  median {Spread(of, m => m.MedianRoundTripUs, "0.0")} µs  " +
                $"p99 {Spread(of, m => m.P99RoundTripUs, "0.0")} µs  {Spread(of, m => m.RoundTripsPerSecond / 1000, "0.0")} thousand/s");
        }

        return 0;
    }

    private static string Spread(List<Measured> of, Func<Measured, double> figure, string format)
    {
        var sorted = of.Select(figure).Order().ToList();
        var (median, least, most) = (Text(sorted[sorted.Count / 2]), Text(sorted[0]), Text(sorted[^1]));
        return sorted.Count == 1 ? median : $"{median} ({least} to {most})";

        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
    }

    private sealed record Measured(double MedianRoundTripUs, double P99RoundTripUs, double RoundTripsPerSecond);
}
