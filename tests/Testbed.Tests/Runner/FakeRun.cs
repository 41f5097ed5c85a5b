using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Runner;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

/// <summary>A way to run that takes as long as it is told and comes to what it is told.</summary>
internal sealed class FakeRun : IRunMode
{
    /// <summary>Completes when the run has begun.</summary>
    public TaskCompletionSource Begun { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsMadeReady { get; private set; }

    public bool IsDisposed { get; private set; }

    public TimeSpan Takes { get; init; } = TimeSpan.Zero;

    public string? Failure { get; init; }

    public string? Defect { get; init; }

    public Exception? Throws { get; init; }

    public NodeSync? Sync { get; init; }

    public void GetReady() => IsMadeReady = true;

    public ValueTask DisposeAsync()
    {
        IsDisposed = true;
        return ValueTask.CompletedTask;
    }

    public async Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        Begun.SetResult();
        if (Throws is not null)
            throw Throws;
        const long Bytes = 104_857_600;
        var steps = (int)(Takes.TotalMilliseconds / 20);
        for (var step = 0; step < steps && !cancel.IsCancellationRequested; step++)
        {
            await Task.Delay(20, CancellationToken.None);
            progress.Report(new(new Instant(100_000_000 + (8_900_000_000 * step / steps)), Bytes * step / steps));
        }

        var failure = cancel.IsCancellationRequested ? "cancelled" : Failure;
        return new(
            failure,
            SampleReports.Outcome(SampleReports.Sender(), Sync, failure) with { Defect = Defect },
            SampleReports.Outcome(SampleReports.Receiver(), Sync, failure),
            "in-process",
            Takes.TotalSeconds);
    }
}
