using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Experiments;

/// <summary>One PC of a two-process run: its timeline, kept in step with the other PC's over a link.</summary>
public sealed class PcRun : IPcRun
{
    // Some fifty microseconds: the other process is not kept waiting for what has been handed over, and a look at the sockets in between is cheap.
    private const int EventsPerTurn = 128;

    private readonly TaskCompletionSource<PcOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timeline _timeline;
    private readonly ConservativeSync _sync;
    private readonly PcParts _parts;
    private readonly ExperimentSettings _experiment;
    private readonly Role _role;
    private readonly ICableLink _link;
    private readonly ActorSystem _system;
    private readonly IActorRef _pc;
    private readonly TurnHorizon _horizon;
    private readonly IModelThread? _thread;
    private readonly Action _advance;
    private int _started;
    private int _requests;
    private bool _over;

    /// <summary>Builds the PC that plays a role in an experiment, ready to start.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="name">A name for its timeline, unique in the actor system.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="role">Its role.</param>
    /// <param name="link">The link to the other PC's process.</param>
    /// <param name="recording">What is to be recorded; null for nothing.</param>
    public PcRun(
        ActorSystem system, string name, ExperimentSettings experiment, Role role, ICableLink link, RecordingSettings? recording = null)
    {
        (_system, _experiment, _role, _link) = (system, experiment, role, link);
        _timeline = new Timeline(system, name);
        _timeline.StopAt(experiment.VirtualLimit, experiment.LimitReason);
        _parts = new PcParts(_timeline.AddLane(experiment.Pc(role).Name), experiment, role, recording);
        var other = role == Role.Sender ? Role.Receiver : Role.Sender;
        var inlet = new CableInlet(_timeline, direction: (int)other) { Counters = _parts.Cable };
        _sync = new ConservativeSync(
            _timeline, experiment.Cable, SilentPeer.Outlook(experiment, other), _parts, inlet, Send);
        var thread = system.Settings.Setup.Get<ModelThreadSetup>();
        _thread = thread.HasValue ? thread.Value.Thread : null;
        _horizon = new TurnHorizon(_sync, _thread is null ? long.MaxValue : EventsPerTurn);
        _advance = Advance;
        _pc = _timeline.Root(Pc.Props(_parts, experiment, role, inlet, _sync), $"{name}-{_parts.Lane.Name}");
    }

    /// <inheritdoc/>
    public RunProgress Progress => new(_timeline.Now, _parts.Nettest.Bytes);

    /// <inheritdoc/>
    public Task<PcOutcome> Completion => _completion.Task;

    /// <inheritdoc/>
    public void Start()
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(static run => run.Wake(), this, preferLocal: false);
    }

    /// <inheritdoc/>
    public void Receive(CableBatch batch)
    {
        _sync.Receive(batch);
        if (Volatile.Read(ref _started) == 1)
            Wake();
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        _timeline.Stop(reason);

        // One that never started has actors to stop all the same.
        Start();
        Wake();
    }

    /// <summary>
    /// Something has come, and the PC goes on: in turns on the process's model thread, which is also the one that brings batches. Where there is
    /// none, it goes on at once on the calling thread, for a hand-over to another would cost as much as a tenth of an exchange. Only one thread
    /// is at it; another that comes meanwhile leaves its request and goes.
    /// </summary>
    private void Wake()
    {
        if (Interlocked.Increment(ref _requests) != 1)
            return;
        if (_thread is null)
            Advance();
        else
            _thread.Request(_advance);
    }

    /// <summary>Goes on for as long as there is anything to go on with, or for a turn.</summary>
    private void Advance()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _requests);
            _horizon.Begin();
            if (!_over)
                _over = AdvanceTimeline();
            if (!_over && _horizon.IsTurnOver)
            {
                // The requests stay: it is still at it.
                _thread!.Request(_advance);
                return;
            }
        }
        while (Interlocked.CompareExchange(ref _requests, 0, seen) != seen);
    }

    private void Send(CableBatch batch)
    {
        _link.Send(batch);

        // It goes out at the end of the turn, so that is now.
        if (_thread is not null)
            _horizon.End();
    }

    private bool AdvanceTimeline()
    {
        try
        {
            if (!_timeline.Advance(_horizon))
                return false;
            if (_timeline.HasRunOut)
                _sync.Finish(_timeline.Now);
            var outcome = PcReporter.Outcome(_experiment, _role, _parts, _timeline.Now, _sync.Statistics, _timeline.StopReason);
            _completion.SetResult(outcome with { RanOut = _timeline.HasRunOut });
        }
        catch (CableProtocolException broken)
        {
            _completion.SetResult(PcReporter.Outcome(_experiment, _role, _parts, _timeline.Now, _sync.Statistics, broken.Message));
        }
#pragma warning disable CA1031 // A defect of ours must end in an outcome too: the runner waits for one.
        catch (Exception defect)
#pragma warning restore CA1031
        {
            _completion.TrySetResult(PcOutcome.OfDefect(defect));
        }

        _system.Stop(_pc);
        return true;
    }
}
