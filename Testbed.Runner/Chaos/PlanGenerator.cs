using Testbed.Node.Faults;
using Testbed.Node.Time;
using static Testbed.Runner.Output.Wording;

namespace Testbed.Runner.Chaos;

/// <summary>Makes random plans of faults: of one seed always the same.</summary>
/// <param name="actors">The actors that there are.</param>
/// <param name="effects">The effects to draw from.</param>
internal sealed class PlanGenerator(IReadOnlyList<FaultableActor> actors, IReadOnlyList<FaultSpace.Line> effects)
{
    private const int MostFaults = 4;

    // A fault begins before a transfer of some megabytes does, or in it; a window is over within that or soon after.
    private const int LatestMs = 600;
    private const int LongestMs = 500;

    private readonly (FaultSpace.Line Line, IReadOnlyList<(string Path, string? Message)> Targets)[] _lines =
        [.. effects.Select(line => (line, FaultSpace.Targets(line, actors))).Where(line => line.Item2.Count > 0)];

    /// <summary>The plan of a seed.</summary>
    public ChaosPlan Make(long seed)
    {
        var draws = new RandomStream(seed, "chaos/plan");
        var count = 1 + (int)draws.Below(MostFaults);
        return new([.. Enumerable.Range(1, count).Select(number => Fault(number, count, draws))]);
    }

    private PlannedFault Fault(int number, int count, RandomStream draws)
    {
        var (line, targets) = Draw(draws);
        var (path, message) = targets[(int)draws.Below(targets.Count)];
        var keys = new Dictionary<string, string>(StringComparer.Ordinal) { ["target"] = path, ["effect"] = line.Effect };
        if (message is not null)
            keys["message"] = message;
        if (line.Directions.Count > 0 && (line.NeedsDirection || draws.Below(2) == 0))
            keys["direction"] = FaultSpace.OneOf(draws, line.Directions);
        line.Draw?.Invoke(keys, draws);
        DrawWhen(keys, line.Times, number, count, draws);
        return new($"f{number}", keys);
    }

    private (FaultSpace.Line Line, IReadOnlyList<(string Path, string? Message)> Targets) Draw(RandomStream draws)
    {
        var left = draws.Below(_lines.Sum(line => line.Line.Weight));
        return _lines.First(line => (left -= line.Line.Weight) < 0);
    }

    private static void DrawWhen(Dictionary<string, string> keys, FaultTimes times, int number, int count, RandomStream draws)
    {
        var from = draws.Below(LatestMs);
        if (draws.Below(4) > 0 || times == FaultTimes.Window)
            keys["from"] = Text($"{from} ms");
        if (draws.Below(4) > 0)
            keys["until"] = Text($"{from + 1 + draws.Below(LongestMs)} ms");
        if (times == FaultTimes.Window)
            return;
        if (count > 1 && draws.Below(8) == 0)
            keys["after"] = Text($"f{(number % count) + 1}");
        if (times == FaultTimes.OwnChance)
            return;
        switch (draws.Below(6))
        {
            case 0:
                keys["nth"] = Text($"{1 + draws.Below(2_000)}");
                break;
            case 1:
                keys["every"] = Text($"{2 + draws.Below(500)}");
                break;
            case 2:
                keys["times"] = Text($"{1 + draws.Below(20)}");
                break;
            case 3:
                break;
            default:
                keys["probability"] = FaultSpace.OneOf(draws, "0.1 %", "1 %", "5 %", "20 %");
                break;
        }
    }
}
