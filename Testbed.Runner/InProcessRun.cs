using System.Diagnostics;
using Akka.Actor;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;

namespace Testbed.Runner;

/// <summary>Both PCs in this process, on one timeline.</summary>
/// <param name="recording">What is to be recorded; null for nothing.</param>
public sealed class InProcessRun(RecordingSettings? recording = null) : IRunMode
{
    private const string Mode = "in-process";
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);
    private Task<ActorSystem>? _ready;

    /// <summary>What has been made ready, or is about to be, and is not in use.</summary>
    internal Task<ActorSystem>? Ready => _ready;

    /// <inheritdoc/>
    public void GetReady() => _ready ??= Task.Run(StartSystem);

    /// <inheritdoc/>
    public async Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var settings = ExperimentSettings.Read(SettingsReader.Of(experiment));
        var started = Stopwatch.GetTimestamp();

        var system = Interlocked.Exchange(ref _ready, null) is { } ready ? await ready : StartSystem();
        var run = new OneProcessRun(system, settings, recording);
        using var stop = cancel.Register(() => run.Stop("cancelled"));
        using (new Timer(_ => progress.Report(run.Progress), null, ProgressInterval, ProgressInterval))
        {
            var failure = await Task.Factory.StartNew(
                run.Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            var (sender, receiver) = run.Outcomes(failure);

            // Nobody has to wait for its end.
            _ = system.Terminate();
            return new(failure, sender, receiver, Mode, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>Ends what was made ready and not used; nobody has to wait for its end.</summary>
    public ValueTask DisposeAsync()
    {
        Interlocked.Exchange(ref _ready, null)?.ContinueWith(unused => unused.Result.Terminate(), TaskScheduler.Default);
        return ValueTask.CompletedTask;
    }

    // What Akka would log of a failed model actor comes back as an exception of the run.
    private static ActorSystem StartSystem() =>
        ActorSystem.Create("testbed", "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");
}
