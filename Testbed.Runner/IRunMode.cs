using System.Diagnostics.CodeAnalysis;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Runner;

/// <summary>
/// A way to run an experiment. Who has it get ready disposes it in the end: what was not used is ended then, and what a run has left to end is waited for.
/// </summary>
public interface IRunMode : IAsyncDisposable
{
    /// <summary>
    /// Begins what every run of this way needs, whatever the experiment, and does not wait for it. What goes wrong with it is the next run's to tell.
    /// </summary>
    void GetReady()
    {
    }

    /// <summary>Refuses an experiment that cannot be run this way, in one line, before anything is written.</summary>
    void Check(ResolvedExperiment experiment)
    {
    }

    /// <summary>Runs it to its end, to its failure, or until <paramref name="cancel"/>; partial outcomes are kept. Never faults on a failed run.</summary>
    Task<RunOutcome> RunAsync(ResolvedExperiment experiment, IProgress<RunProgress> progress, CancellationToken cancel);

    /// <inheritdoc/>
    [SuppressMessage("Usage", "CA1816", Justification = "Of a way that holds nothing there is nothing to finalize.")]
    ValueTask IAsyncDisposable.DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>What a run came to.</summary>
/// <param name="Failure">Null when the experiment ran to its end; else the reason in one line.</param>
/// <param name="Sender">The sending PC's share.</param>
/// <param name="Receiver">The receiving PC's share.</param>
/// <param name="Mode">How it was run, for the result's wall-clock part.</param>
/// <param name="WallSeconds">Wall time from the start of the PCs to their end, in seconds.</param>
public sealed record RunOutcome(string? Failure, PcOutcome Sender, PcOutcome Receiver, string Mode, double WallSeconds);
