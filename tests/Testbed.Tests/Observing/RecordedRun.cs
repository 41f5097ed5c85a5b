using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Observing;

/// <summary>An experiment of the real configuration with a recording of it.</summary>
internal static class RecordedRun
{
    /// <summary>Everything that can be recorded, of the whole run.</summary>
    public static readonly RecordingSettings Everything = new(true, true, Duration.FromMilliseconds(1), Instant.Zero, Instant.Never);

    public static (PcOutcome Sender, PcOutcome Receiver) On(ExperimentSettings settings, RecordingSettings? recording)
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, settings, recording);
        var failure = run.Run();
        Assert.Null(failure);
        return run.Outcomes(failure);
    }

    public static async Task<(PcOutcome Sender, PcOutcome Receiver)> OnTwoTimelinesAsync(ExperimentSettings settings, RecordingSettings recording) =>
        await Experiment.OnTwoTimelinesAsync(settings, recording: recording);

    public static RecordedPart Part(this PcOutcome outcome, RecordingPart part) =>
        outcome.Recording?.Part(part) ?? throw new InvalidOperationException($"there is no {part}");

    public static IReadOnlyList<TraceRecord> Trace(this PcOutcome outcome) => [.. TraceReader.Read(outcome.Part(RecordingPart.Trace).Bytes)];
}
