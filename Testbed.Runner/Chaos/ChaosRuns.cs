using System.Diagnostics;
using Testbed.Runner.Studies;

namespace Testbed.Runner.Chaos;

/// <summary>Many runs under random plans, several at a time. What each comes to depends on its seed alone.</summary>
/// <param name="generator">Makes the plans.</param>
/// <param name="trial">Runs and judges.</param>
internal sealed class ChaosRuns(PlanGenerator generator, ChaosTrial trial)
{
    /// <summary>Each so many runs one is run in two processes, too.</summary>
    public const int RepeatEvery = 50;

    private readonly SortedDictionary<long, ChaosResult> _results = [];

    /// <summary>What has been run, in the order of the seeds.</summary>
    public IReadOnlyList<ChaosResult> Results
    {
        get
        {
            lock (_results)
                return [.. _results.Values];
        }
    }

    /// <summary>Runs them.</summary>
    /// <param name="firstSeed">The first run's seed; each after it has the next one.</param>
    /// <param name="runs">How many.</param>
    /// <param name="jobs">How many at a time.</param>
    /// <param name="budget">No run begins after so much wall time; null for any.</param>
    /// <param name="bytes">What a run is to deliver, for its progress; null if it is not about bytes.</param>
    /// <param name="progress">Is told of each.</param>
    /// <param name="failed">Is told of each that fails, in the order in which they do.</param>
    /// <param name="cancel">Ends all of them.</param>
    public async Task RunAsync(
        long firstSeed, int runs, int jobs, TimeSpan? budget, long? bytes, SweepProgress progress, Action<ChaosResult> failed, CancellationToken cancel)
    {
        var began = Stopwatch.GetTimestamp();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, runs),
            new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = cancel },
            async (number, stop) =>
            {
                if (budget is { } most && Stopwatch.GetElapsedTime(began) >= most)
                    return;
                var seed = firstSeed + number;
                var result = await trial.RunAsync(generator.Make(seed), seed, number % RepeatEvery == 0, progress.Begin(seed, bytes), stop);
                lock (_results)
                    _results[seed] = result;
                if (result.IsFailure)
                    failed(result);
                progress.End(seed);
            });
    }

    /// <summary>A smaller plan that fails as a run did.</summary>
    public async Task<(ChaosPlan Plan, int Trials)> ShrinkAsync(ChaosResult failure, CancellationToken cancel)
    {
        var shrinker = new PlanShrinker(async plan =>
        {
            try
            {
                var result = await trial.RunAsync(plan, failure.Seed, failure.Outcome == ChaosOutcome.Differs, new Progress<Testbed.Node.Experiments.RunProgress>(), cancel);
                return failure.FailsAs(result);
            }
            catch (Testbed.Node.Configuration.ConfigurationException)
            {
                return false;
            }
        });
        return (await shrinker.ShrinkAsync(failure.Plan), shrinker.Trials);
    }
}
