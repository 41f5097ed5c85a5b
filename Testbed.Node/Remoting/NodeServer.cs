using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>
/// A node's one well-known actor: lets a runner have one PC at a time, from <see cref="PrepareRun"/> to <see cref="RunFinished"/> or
/// <see cref="RunRefused"/>, and is free again when either has been sent.
/// </summary>
public sealed class NodeServer : ReceiveActor, IWithTimers, IWithStash
{
    /// <summary>Its name below <c>/user</c>.</summary>
    public const string Name = "node";

    /// <summary>Its path in every node.</summary>
    public const string Path = "/user/" + Name;

    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Settings _settings;
    private readonly PcRunFactory _factory;
    private CurrentRun? _current;
    private RunFinished? _last;
    private IActorRef? _shutdownFor;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public NodeServer(Settings settings, PcRunFactory factory)
    {
        _settings = settings;
        _factory = factory;
        Idle();
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    private CurrentRun Current => _current ?? throw new InvalidOperationException("no run");

    /// <summary>A node's server.</summary>
    /// <param name="settings">What the node was told at its start.</param>
    /// <param name="factory">Makes its PCs.</param>
    public static Props Props(Settings settings, PcRunFactory factory) => Akka.Actor.Props.Create(() => new NodeServer(settings, factory));

    /// <inheritdoc/>
    protected override void PreStart() => PeerLoss.Subscribe(Context.System, Self);

    // Whatever a PC's factory or its Abort may throw is handled where it is called; a failing link must not be restarted.
    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(e =>
    {
        Self.Tell(new CableLink.Failed($"the cable's actor failed: {e.Message}"));
        return Directive.Stop;
    });

    private void Idle()
    {
        Receive<PrepareRun>(OnPrepare);

        // The peer is ahead of this node's runner; it says hello again.
        Receive<CableHello>(_ => { });
        Receive<Shutdown>(_ => Stop(Sender));
        Always();
    }

    private void Preparing()
    {
        Receive<CableLink.Joined>(_ => OnJoined());
        Receive<CableLink.Failed>(m => Refuse(m.Reason));
        Receive<AbortRun>(IsCurrent, m => Refuse(m.Reason));
        Receive<RemotingLifecycleEvent>(IsRunnerLost, _ => Refuse("the runner has gone"));
        Busy(run => Refuse("the node is shutting down"));
    }

    private void Prepared()
    {
        Receive<StartRun>(m => m.RunId == Current.Id, _ => OnStart());
        Receive<CableLink.Failed>(m => Refuse(m.Reason));
        Receive<AbortRun>(IsCurrent, m => Refuse(m.Reason));
        Receive<RemotingLifecycleEvent>(IsRunnerLost, _ => Refuse("the runner has gone"));
        Busy(run => Refuse("the node is shutting down"));
    }

    private void Running()
    {
        Receive<SendProgress>(_ => OnSendProgress());
        Receive<CableLink.PeerIsSilent>(m => Current.PeerSilentFor = m.For);
        Receive<CableLink.Failed>(m => End(m.Reason));
        Receive<AbortRun>(IsCurrent, m => End(m.Reason));
        Receive<LookForRunner>(_ => OnLookForRunner(End));
        Receive<PcStopped>(m => m.RunId == Current.Id, m => OnPcStopped(m.Outcome));
        Receive<StopLimitReached>(_ => OnStopLimitReached());
        Busy(run => End("the node is shutting down"));
    }

    /// <summary>The PC does not stop: nothing can be said about the next run's result while it lives.</summary>
    private void Stuck()
    {
        Receive<PcStopped>(m => m.RunId == Current.Id, _ => CleanUp(_ => BecomeFree()));
        Busy(run => Stop(_shutdownFor!));
    }

    private void CleaningUp(Action<CurrentRun> next)
    {
        Receive<Terminated>(m => m.ActorRef.Equals(Current.Link), _ => next(Current));
        Receive<PrepareRun>(_ => Stash.Stash());

        // It is over already, and word of that is about to go out: the peer may have failed before this PC was to start. The link, though, may
        // still wait for the peer.
        Receive<AbortRun>(IsCurrent, m => Current.Link.Tell(new CableLink.Close(m.Reason)));
        Receive<StartRun>(m => m.RunId == Current.Id, _ => { });
        Receive<CableHello>(_ => { });
        Receive<Shutdown>(_ =>
        {
            _shutdownFor = Sender;
            Current.Link.Tell(new CableLink.Close("the node is shutting down"));
        });
        Always();
    }

    /// <summary>The PC has stopped and its cable is closed; the runner takes what was recorded, piece by piece.</summary>
    private void Delivering(RecordingDelivery delivery, RunFinished finished)
    {
        Receive<Ping>(IsOfRunner, m =>
        {
            // A piece may have been lost with a connection, or word of its arrival.
            OnPing(m);
            Current.Runner.Tell(delivery.Last);
        });
        Receive<RecordingTaken>(
            m => m.RunId == Current.Id && m.Number == delivery.Sent, _ => SendPiece(delivery, finished));
        Receive<AbortRun>(IsCurrent, _ => { });
        Receive<LookForRunner>(_ => OnLookForRunner(_ => BecomeFree()));
        Busy(run => Stop(_shutdownFor!));
    }

    private void Busy(Action<CurrentRun> shutdown)
    {
        Receive<PrepareRun>(m => Sender.Tell(new RunRefused
        {
            RunId = m.RunId,
            Reason = $"it is busy with {Current.Experiment.Name} for {Current.Runner.Path.Address}",
        }));
        Receive<CableHello>(m => Current.Link.Forward(m));
        Receive<Shutdown>(_ =>
        {
            _shutdownFor = Sender;
            shutdown(Current);
        });
        Always();
    }

    private void Always()
    {
        Receive<Ping>(OnPing);
        Receive<AbortRun>(m => Sender.Tell(new RunRefused { RunId = m.RunId, Reason = "it has no such run" }));
        Receive<StartRun>(m => Sender.Tell(new RunRefused { RunId = m.RunId, Reason = "it has no such run prepared" }));
        Receive<Malformed>(m => Context.GetLogger().Error("{0} sent {1}; ignored", Sender.Path.Address, m.Reason));
        Receive<RemotingLifecycleEvent>(_ => { });

        // A run's last words, after it was given up.
        Receive<CableLink.Joined>(_ => { });
        Receive<CableLink.Failed>(_ => { });
        Receive<CableLink.PeerIsSilent>(_ => { });
        Receive<SendProgress>(_ => { });
        Receive<StopLimitReached>(_ => { });
        Receive<LookForRunner>(_ => { });
        Receive<RecordingTaken>(_ => { });
        Receive<PcStopped>(_ => { });
        Receive<Terminated>(_ => { });
        ReceiveAny(m => Context.GetLogger().Error("{0} from {1} has no place here; ignored", m.GetType().Name, Sender.Path));
    }

    private void OnPing(Ping m)
    {
        if (IsOfRunner(m))
            Current.RunnerSilence.Heard();
        else if (m.RunId.Length > 0 && m.RunId == _last?.RunId)
            Sender.Tell(_last);
        else if (m.RunId.Length > 0)
            Sender.Tell(new RunRefused { RunId = m.RunId, Reason = "it no longer has the run" });
        Sender.Tell(new Pong { Version = _settings.Version });
    }

    private void OnLookForRunner(Action<string> giveUp)
    {
        Current.RunnerSilence.Look();
        if (Current.RunnerSilence.IsTooLong)
            giveUp(string.Create(CultureInfo.InvariantCulture, $"the runner has not been heard of for {Current.Limit.TotalSeconds:0.###} s"));
    }

    private void OnPrepare(PrepareRun m)
    {
        var experiment = new ResolvedExperiment(m.ExperimentName, m.Experiment);
        var wait = TimeSpan.FromMilliseconds(m.WaitMs);
        if (ReasonToRefuse(m, experiment, out var role, out var peer) is { } reason)
        {
            Sender.Tell(new RunRefused { RunId = m.RunId, Reason = reason });
            return;
        }

        var sender = new CableSender();
        IPcRun pc;
        try
        {
            pc = _factory(Context.System, experiment, role, sender, m.Recording is { } asked ? RecordingMessages.Read(asked) : null);
        }
        catch (Exception e)
        {
            Sender.Tell(new RunRefused { RunId = m.RunId, Reason = OneLine(e.Message) });
            return;
        }

        var settings = new CableLink.Settings(m.RunId, _settings.Version, m.ExperimentHash, role, m.PeerPc, peer, wait);
        var link = Context.Watch(Context.ActorOf(CableLink.Props(settings, sender).WithDispatcher(RemotingConfig.LinkDispatcher), $"cable-{m.RunId}"));
        link.Tell(new CableLink.Attach(pc));
        _current = new CurrentRun(m.RunId, experiment, Sender, pc, link, PeerSilence.LimitFor(wait));
        _last = null;
        Become(Preparing);
    }

    private string? ReasonToRefuse(PrepareRun m, ResolvedExperiment experiment, out Role role, out Address peer)
    {
        role = m.Role == PcRole.Sender ? Role.Sender : Role.Receiver;
        peer = Address.AllSystems;
        if (m.Version != _settings.Version)
            return $"it is version {_settings.Version}, the runner {OneLine(m.Version)}";
        if (m.RunId.Length != 32 || !m.RunId.All(char.IsAsciiHexDigitLower))
            return "the run's id is not 32 hexadecimal digits";
        if (m.ExperimentHash != ExperimentHash.Of(experiment))
            return "the experiment does not have the hash that was sent with it";
        if (m.Role is not (PcRole.Sender or PcRole.Receiver))
            return "it was given no role";
        if (m.WaitMs is <= 0 or > 24 * 3600 * 1000)
            return $"a wait of {m.WaitMs} ms is not between 1 ms and a day";
        if (m.Recording is { } recording && !RecordingMessages.Read(recording).IsValid)
            return "what it is to record makes no sense";
        if (_settings.Peer is { } own)
            peer = RemoteSystem.AddressOf(Context.System, own);
        else if (!ActorPath.TryParseAddress(m.PeerAddress, out peer) || !peer.HasGlobalScope)
            return $"'{OneLine(m.PeerAddress)}' is no address of a peer";
        return null;
    }

    private void OnJoined()
    {
        Become(Prepared);
        Current.Runner.Tell(new RunPrepared { RunId = Current.Id });
    }

    private void OnStart()
    {
        var run = Current;
        Become(Running);
        run.Pc.Completion.PipeTo(
            Self, success: o => new PcStopped(run.Id, o), failure: e => new PcStopped(run.Id, new PcOutcome(OneLine(e.Message), "", "")));
        Timers.StartPeriodicTimer(nameof(SendProgress), SendProgress.Instance, ProgressInterval);
        run.RunnerSilence.Heard();
        Timers.StartPeriodicTimer(nameof(LookForRunner), LookForRunner.Instance, PeerSilence.LookInterval);
        try
        {
            run.Pc.Start();
        }
        catch (Exception e)
        {
            End(e.Message);
        }
    }

    private void OnSendProgress()
    {
        var progress = Current.Pc.Progress;
        Current.Runner.Tell(new RunProgressed
        {
            RunId = Current.Id,
            NowNs = progress.Now.Nanoseconds,
            BytesDelivered = progress.BytesDelivered,
            PeerSilentMs = (long)Current.PeerSilentFor.TotalMilliseconds,
        });
    }

    private void End(string reason)
    {
        Current.Pc.Abort(OneLine(reason));
        if (!Timers.IsTimerActive(nameof(StopLimitReached)))
            Timers.StartSingleTimer(nameof(StopLimitReached), StopLimitReached.Instance, StopLimit);
    }

    private void OnPcStopped(PcOutcome outcome)
    {
        var finished = Finished(Current, outcome);
        CleanUp(
            run =>
            {
                var delivery = new RecordingDelivery(run.Id, outcome.Recording ?? new([]));
                run.RunnerSilence.Heard();
                Timers.StartPeriodicTimer(nameof(LookForRunner), LookForRunner.Instance, PeerSilence.LookInterval);
                Become(() => Delivering(delivery, finished));
                SendPiece(delivery, finished);
            },
            outcome.RanOut ? null : outcome.Failure);
    }

    private void SendPiece(RecordingDelivery delivery, RunFinished finished)
    {
        if (delivery.TryNext(out var piece))
        {
            Current.Runner.Tell(piece);
            return;
        }

        Current.Runner.Tell(finished);
        _last = finished;
        BecomeFree();
    }

    private void BecomeFree()
    {
        Timers.CancelAll();
        _current = null;
        Become(Idle);
        Stash.UnstashAll();
        if (_shutdownFor is { } asker)
            Stop(asker);
    }

    private void OnStopLimitReached()
    {
        Timers.CancelAll();
        Current.Runner.Tell(Finished(
            Current, new PcOutcome($"the PC did not stop within {StopLimit.TotalSeconds:0} s; its node is of no more use", "", "")));
        Become(Stuck);
        if (_shutdownFor is { } asker)
            Stop(asker);
    }

    private static RunFinished Finished(CurrentRun run, PcOutcome outcome)
    {
        var finished = new RunFinished { RunId = run.Id, DeterministicJson = outcome.DeterministicJson, WallJson = outcome.WallJson };
        if (outcome.Failure is { } failure)
            finished.Failure = OneLine(failure);
        if (outcome.Defect is { } defect)
            finished.Defect = defect;
        var bytes = finished.CalculateSize();
        return bytes <= Wire.FinishedLimitBytes
            ? finished
            : new RunFinished
            {
                RunId = run.Id,
                Failure = $"the PC's result has {bytes} bytes, of which {Wire.FinishedLimitBytes} can be sent",
            };
    }

    /// <summary>Gives up a run whose PC has never started.</summary>
    private void Refuse(string reason)
    {
        Current.Pc.Abort(reason);
        CleanUp(
            run =>
            {
                run.Runner.Tell(new RunRefused { RunId = run.Id, Reason = OneLine(reason) });
                BecomeFree();
            },
            reason);
    }

    /// <summary>Closes the cable; what is next comes when that is done.</summary>
    private void CleanUp(Action<CurrentRun> next, string? failure = null)
    {
        Timers.CancelAll();
        Current.Link.Tell(new CableLink.Close(failure is null ? null : OneLine(failure)));

        // The link may have stopped long ago: watching it again says so again.
        Context.Unwatch(Current.Link);
        Context.Watch(Current.Link);
        Become(() => CleaningUp(next));
    }

    private void Stop(IActorRef asker)
    {
        asker.Tell(Stopped.Instance);
        Context.Stop(Self);
    }

    private bool IsCurrent(AbortRun m) => m.RunId == Current.Id;

    private bool IsOfRunner(Ping m) => m.RunId == _current?.Id && Sender.Path.Address == _current.Runner.Path.Address;

    private bool IsRunnerLost(RemotingLifecycleEvent e) => PeerLoss.Concerns(e, Current.Runner.Path.Address);

    private static string OneLine(string text) => string.Concat(text.Take(2000).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>What a node was told at its start.</summary>
    /// <param name="Version">This program's version; a runner of another is refused.</param>
    /// <param name="Peer">Where the other node is reached from here, when that is not where the runner reaches it.</param>
    public sealed record Settings(string Version, HostPort? Peer);

    /// <summary>From the node's own program: end what is running, tell its runner, answer <see cref="Stopped"/> and stop.</summary>
    public sealed record Shutdown
    {
        /// <summary>The only one.</summary>
        public static readonly Shutdown Instance = new();
    }

    /// <summary>The answer to <see cref="Shutdown"/>.</summary>
    public sealed record Stopped
    {
        /// <summary>The only one.</summary>
        public static readonly Stopped Instance = new();
    }

    private sealed record CurrentRun(string Id, ResolvedExperiment Experiment, IActorRef Runner, IPcRun Pc, IActorRef Link, TimeSpan Limit)
    {
        public PeerSilence RunnerSilence { get; } = new(Limit + PeerSilence.Grace);

        /// <summary>As its link says.</summary>
        public TimeSpan PeerSilentFor { get; set; }
    }

    private sealed record PcStopped(string RunId, PcOutcome Outcome);

    private sealed record SendProgress
    {
        public static readonly SendProgress Instance = new();
    }

    private sealed record LookForRunner
    {
        public static readonly LookForRunner Instance = new();
    }

    private sealed record StopLimitReached
    {
        public static readonly StopLimitReached Instance = new();
    }
}
