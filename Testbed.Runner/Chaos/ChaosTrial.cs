using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Host;
using Testbed.Node.Results;
using Testbed.Node.Time;

namespace Testbed.Runner.Chaos;

/// <summary>Runs an experiment under a plan, and judges the run.</summary>
/// <param name="resolve">The experiment with some settings, under a seed.</param>
/// <param name="oneProcess">How it is run.</param>
/// <param name="twoProcesses">How it is run once more.</param>
internal sealed class ChaosTrial(Func<IReadOnlyList<Setting>, long, ResolvedExperiment> resolve, IRunMode oneProcess, IRunMode twoProcesses)
{
    /// <summary>Of the virtual limit, the part by whose end faults are over from which a run has to recover.</summary>
    private const int PartForFaults = 8;

    private static readonly HashSet<Type> Frames = [typeof(CableEnd.FrameArrived), typeof(VmNet.FrameArrived)];
    private static readonly string[] FrameEffects = ["drop", "delay", "duplicate", "reorder", "corrupt", "throttle", "burst-loss", "unplug", "cut", "rate-change"];

    /// <summary>Runs it.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="repeats">Whether it is to be run in two processes, too, and compared.</param>
    /// <param name="progress">Is told how far it has come.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="ConfigurationException">The plan makes no sense.</exception>
    public async Task<ChaosResult> RunAsync(ChaosPlan plan, long seed, bool repeats, IProgress<RunProgress> progress, CancellationToken cancel)
    {
        var experiment = resolve([.. plan.Settings], seed);
        var settings = ExperimentSettings.Read(SettingsReader.Of(experiment));
        ChaosResult Of(ChaosOutcome outcome, string? reason, IReadOnlyList<FaultResult>? faults = null, string? details = null) =>
            new(seed, plan, outcome, reason, faults ?? [], repeats, details);
        RunOutcome run;
        RunResult result;
        try
        {
            run = await oneProcess.RunAsync(experiment, progress, cancel);
            cancel.ThrowIfCancellationRequested();
            result = ResultBuilder.Build(
                experiment, run.Failure?.Split('\n', 2)[0].TrimEnd(), run.Sender, run.Receiver, new(run.Mode, DateTime.UnixEpoch, run.WallSeconds));
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Of(ChaosOutcome.Defect, $"{e.GetType().Name}: {e.Message.Split('\n', 2)[0].TrimEnd()}", details: e.ToString());
        }

        var faults = result.Deterministic.Nodes.Values.SelectMany(node => node.Faults ?? []).ToArray();
        if (Invariants.IsViolation(result.Failure))
            return Of(ChaosOutcome.Violated, result.Failure, faults);
        if ((run.Sender.Defect ?? run.Receiver.Defect) is { } defect)
            return Of(ChaosOutcome.Defect, result.Failure, faults, defect);
        if (repeats && await DifferenceAsync(experiment, run, cancel) is { } difference)
            return Of(ChaosOutcome.Differs, difference, faults);
        if (result.Failure is not null && HasToFinish(settings))
            return Of(ChaosOutcome.Stuck, result.Failure, faults);
        return Of(
            result.Failure == settings.LimitReason ? ChaosOutcome.Limit
            : result.Failure is not null ? ChaosOutcome.GaveUp
            : result.Deterministic.PayloadVerified == false ? ChaosOutcome.Corrupted
            : ChaosOutcome.Completed,
            result.Failure,
            faults);
    }

    /// <summary>
    /// Whether what a plan does can only hold a run up: every fault strikes frames alone, which TCP repairs, or is one of a card or a host that drivers and protocols are made for; and is over
    /// while there is time enough left.
    /// Bits that outwit TCP's checksum can break a connection.
    /// </summary>
    internal static bool HasToFinish(ExperimentSettings settings)
    {
        var last = new Instant(settings.VirtualLimit.Nanoseconds / PartForFaults);
        return settings.Faults?.Faults.All(fault => fault.When.Until <= last && (fault.Effect is IComponentEffect || StrikesFrames(fault))) != false;
    }

    private static bool StrikesFrames(Fault fault)
    {
        if (!FrameEffects.Contains(fault.Effect.Name) || fault.Effect is Corrupt { Bits: > 1 })
            return false;
        return fault.Target is FaultTarget.Cable || (fault.Target is FaultTarget.Actor { Messages: { } messages } && Frames.IsSupersetOf(messages));
    }

    /// <summary>
    /// What is not the same in two processes, to the byte. Of a run that ended before its end each PC's share is compared that ended for the same reason: the other was
    /// only told to stop, at a moment of the wall clock.
    /// </summary>
    private async Task<string?> DifferenceAsync(ResolvedExperiment experiment, RunOutcome one, CancellationToken cancel)
    {
        var two = await twoProcesses.RunAsync(experiment, new Progress<RunProgress>(), cancel);
        cancel.ThrowIfCancellationRequested();
        if ((two.Sender.Defect ?? two.Receiver.Defect) is { } defect)
            return $"two processes: {defect.Split('\n', 2)[0].TrimEnd()}";
        var pairs = new[] { (one.Sender, two.Sender), (one.Receiver, two.Receiver) }.Where(pair => pair.Item1.Failure == pair.Item2.Failure).ToArray();
        if (pairs.Length == 0 || (one.Failure is null && pairs.Length < 2))
            return $"one process: {one.Failure ?? "completed"}; two processes: {two.Failure ?? "completed"}";
        return pairs.All(pair => pair.Item1.DeterministicJson == pair.Item2.DeterministicJson) ? null : "one process and two: not the same to the byte";
    }
}
