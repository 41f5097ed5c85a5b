using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>
/// Takes an experiment's times at one PC: hears of the milestones of both, reads the processor's ledger at the two that bound the measured
/// interval, and ends the run. It is no part of the PC and takes none of its time.
/// </summary>
public sealed class Measurement : ModelActor
{
    private readonly Ledger _ledger;
    private readonly Duration _milestoneDelay;
    /// <summary>After a program is lost the run goes on for so long, so that it is seen what comes of it: of TCP, some retransmissions.</summary>
    private static readonly Duration AfterLoss = Duration.FromSeconds(1);

    private readonly IActorRef _cable;
    private readonly MeasuredInterval _interval;
    private int _unfinished;
    private int _unfinishedHere;
    private Instant _lastFinish;

    private Measurement(
        Lane lane, Ledger ledger, Duration milestoneDelay, int programs, int programsHere, IActorRef cable, MeasuredInterval interval)
        : base(lane)
    {
        (_ledger, _milestoneDelay, _cable, _interval) = (ledger, milestoneDelay, cable, interval);
        (_unfinished, _unfinishedHere) = (programs, programsHere);
    }

    /// <summary>The measurement at one PC.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="ledger">Its processor's ledger, which must remember the milestone delay.</param>
    /// <param name="milestoneDelay">After how long the other PC hears of a milestone: the run ends that long after the last program has finished.</param>
    /// <param name="programs">How many programs, on both PCs together, must finish.</param>
    /// <param name="programsHere">How many of them are this PC's.</param>
    /// <param name="cable">The PC's end of the cable.</param>
    /// <param name="interval">Is told what was measured.</param>
    public static Props Props(
        Lane lane, Ledger ledger, Duration milestoneDelay, int programs, int programsHere, IActorRef cable, MeasuredInterval interval) =>
        lane.Props(() => new Measurement(lane, ledger, milestoneDelay, programs, programsHere, cable, interval));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CableEnd.MilestoneReached reached:
                _cable.Tell(reached);
                if (reached.Milestone == Milestone.Finished)
                    _unfinishedHere--;
                OnMilestone(reached.Milestone, Now);
                break;
            case CableEnd.MilestoneArrived arrived:
                OnMilestone(arrived.Milestone, arrived.At);
                break;
            case ProgramFailed failed:
                _cable.Tell(new CableEnd.MilestoneReached(Milestone.Failed));
                Lane.EndAt(Now + _milestoneDelay, failed.Reason);
                break;
            case ProgramLost lost when _unfinishedHere > 0:
                Schedule(Now + AfterLoss, new ProgramFailed(lost.Reason));
                break;
            case ProgramLost:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnMilestone(Milestone milestone, Instant at)
    {
        switch (milestone)
        {
            case Milestone.MeasurementStarted:
                _interval.Started = new LedgerReading(at, _ledger.AsOf(at, Now));
                break;
            case Milestone.MeasurementEnded:
                _interval.Ended = new LedgerReading(at, _ledger.AsOf(at, Now));
                break;
            case Milestone.Finished:
                // Both PCs find the same instant: the word of the last to finish arrives at the other just as the run ends.
                _lastFinish = Instant.Max(_lastFinish, at);
                if (--_unfinished == 0)
                    Lane.EndAt(_lastFinish + _milestoneDelay);
                break;
            case Milestone.Failed:
                // The PC where it happened says why; both run to the same end.
                Lane.EndAt(at + _milestoneDelay);
                break;
            default:
                break;
        }
    }
}

/// <summary>A processor's ledger as it stood at an instant.</summary>
/// <param name="At">The instant.</param>
/// <param name="Rows">The ledger; its rows sum to the instant.</param>
public sealed record LedgerReading(Instant At, IReadOnlyList<LedgerRow> Rows);

/// <summary>The interval for which throughput, idle time and the ledger are reported, at one PC.</summary>
public sealed class MeasuredInterval
{
    /// <summary>When its first payload byte was being sent; null before that is known here.</summary>
    public LedgerReading? Started { get; internal set; }

    /// <summary>When its last payload byte had been received; null before that is known here.</summary>
    public LedgerReading? Ended { get; internal set; }
}
