using System.Globalization;
using Akka.Actor;
using Akka.Remote;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Remoting;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Runner.TwoProcesses;

/// <summary>
/// Takes one experiment through two nodes: greets both, has both prepare, starts both, and ends when both have finished, or when what is
/// left of a failed run has been collected. A node that falls silent in mid-run, or whose connection breaks, is waited for up to a limit.
/// </summary>
public sealed class RunControl : UntypedActor, IWithTimers
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromMilliseconds(100);

    // A node that refuses for want of its peer knows better why than this process does: let it speak first.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Within this a node that was told to stop has stopped, or says that it cannot.
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(6);

    private readonly Settings _settings;
    private readonly TaskCompletionSource<Result> _result;
    private readonly IProgress<RunProgress> _progress;
    private readonly NodeState[] _nodes;
    private readonly TimeSpan _limit;
    private string? _failure;
    private Weight _failureWeight;
    private bool _isWaiting = true;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public RunControl(Settings settings, IProgress<RunProgress> progress, TaskCompletionSource<Result> result)
    {
        _settings = settings;
        _progress = progress;
        _result = result;
        _limit = PeerSilence.LimitFor(settings.Wait);
        _nodes = [new NodeState(settings.Sender, PcRole.Sender, _limit), new NodeState(settings.Receiver, PcRole.Receiver, _limit)];
        foreach (var node in _nodes)
        {
            node.Server = RemoteSystem.ActorAt(Context.System, node.At.Address, NodeServer.Path);
            node.Recording = settings.Recording is null ? null : new RecordingCollection();
        }
    }

    private enum Weight
    {
        None,

        // Said by a node of itself or of its peer.
        Reported,

        // Asked for, or seen, by this process.
        Cancelled,

        // The cause of whatever the other node says.
        NodeLost,
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    private NodeState Sending => _nodes[0];

    private NodeState Receiving => _nodes[1];

    /// <summary>The control of one run.</summary>
    /// <param name="settings">What is to be run, and where.</param>
    /// <param name="progress">Told how far the run has come.</param>
    /// <param name="result">Set when it is over; never faulted.</param>
    public static Props Props(Settings settings, IProgress<RunProgress> progress, TaskCompletionSource<Result> result) =>
        Akka.Actor.Props.Create(() => new RunControl(settings, progress, result));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        PeerLoss.Subscribe(Context.System, Self);
        Timers.StartPeriodicTimer(nameof(SendPing), SendPing.Instance, TimeSpan.Zero, PingInterval);
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, PeerSilence.LookInterval);
        Timers.StartSingleTimer(nameof(TimeIsUp), TimeIsUp.Instance, _settings.Wait);
    }

    /// <inheritdoc/>
    /// <remarks>A switch, and no table of handlers: Akka compiles its tables when the actor is made, and every run would wait for that.</remarks>
    protected override void OnReceive(object message) => Greeting(message);

    private void Greeting(object message)
    {
        switch (message)
        {
            case SendPing:
                OnSendPing();
                break;
            case Look:
                LookFor(new Ping());
                break;
            case Pong pong:
                OnPong(pong);
                break;
            case TimeIsUp:
                GiveUp($"{Missing(n => n.Heard)} did not answer within {Seconds(_settings.Wait)}; a node answers only to the address in its 'listening on' line");
                break;
            default:
                Always(message);
                break;
        }
    }

    private void Preparing(object message)
    {
        switch (message)
        {
            case RunPrepared when NodeOf(Sender) is { } node:
                OnPrepared(node);
                break;
            case Look:
                LookFor(new Ping());
                break;
            case TimeIsUp:
                GiveUp($"{Missing(n => n.IsPrepared)} was not ready within {Seconds(_settings.Wait)}");
                break;
            default:
                Always(message);
                break;
        }
    }

    private void Running(object message)
    {
        switch (message)
        {
            case RunProgressed progressed when NodeOf(Sender) is { } node:
                OnProgressed(node, progressed);
                break;
            case Look:
                OnLook();
                break;
            case RemotingLifecycleEvent e:
                OnRemotingEventInMidRun(e);
                break;
            default:
                Always(message);
                break;
        }
    }

    private void Ending(object message)
    {
        switch (message)
        {
            case EndLimitReached:
                Complete();
                break;
            case RemotingLifecycleEvent e:
                OnRemotingEventInMidRun(e);
                break;
            default:
                Always(message);
                break;
        }
    }

    /// <summary>What may come at any time; anything else is from a node that this run has done with.</summary>
    private void Always(object message)
    {
        switch (message)
        {
            case Cancel:
                Fail("cancelled", Weight.Cancelled);
                break;
            case NodeExited exited:
                OnLost(_nodes[exited.Role == Role.Sender ? 0 : 1], $"the node of {{0}} {NodeProcess.WordsFor(exited.ExitCode)}");
                break;
            case RunRefused refused when NodeOf(Sender) is { } node:
                OnRefused(node, refused);
                break;
            case RecordingChunk chunk when NodeOf(Sender) is { } node:
                OnRecordingChunk(node, chunk);
                break;
            case RunFinished finished when NodeOf(Sender) is { } node:
                OnFinished(node, finished);
                break;
            case Pong:
                NodeOf(Sender)?.Silence.Heard();
                break;
            case Malformed malformed:
                OnMalformed(NodeOf(Sender), malformed);
                break;
            case RemotingLifecycleEvent e:
                OnRemotingEvent(e);
                break;
        }
    }

    private void OnSendPing()
    {
        foreach (var node in _nodes.Where(n => !n.Heard))
            node.Server.Tell(new Ping());
    }

    private void OnPong(Pong pong)
    {
        if (NodeOf(Sender) is not { Heard: false } node)
            return;
        node.Heard = true;
        node.Silence.Heard();
        if (pong.Version != _settings.Version)
        {
            GiveUp($"{node.At.Pc} at {node.At.Address} is version {pong.Version}, this is {_settings.Version}");
            return;
        }

        if (!_nodes.All(n => n.Heard))
            return;
        Timers.Cancel(nameof(SendPing));
        Timers.StartSingleTimer(nameof(TimeIsUp), TimeIsUp.Instance, _settings.Wait + Grace);
        Become(Preparing);
        Prepare(Sending, Receiving);
        Prepare(Receiving, Sending);
    }

    private void Prepare(NodeState node, NodeState peer)
    {
        node.IsAsked = true;
        node.Server.Tell(new PrepareRun
        {
            RunId = _settings.RunId,
            Version = _settings.Version,
            ExperimentName = _settings.Experiment.Name,
            Experiment = _settings.Experiment.Hocon,
            ExperimentHash = ExperimentHash.Of(_settings.Experiment),
            Role = node.Role,
            Pc = node.At.Pc,
            PeerPc = peer.At.Pc,
            PeerAddress = peer.At.Address.ToString(),
            WaitMs = (long)_settings.Wait.TotalMilliseconds,
            Recording = _settings.Recording is { } recording ? RecordingMessages.Write(recording) : null,
        });
    }

    private void OnPrepared(NodeState node)
    {
        node.IsPrepared = true;
        if (!_nodes.All(n => n.IsPrepared))
            return;
        Timers.Cancel(nameof(TimeIsUp));
        Become(Running);
        foreach (var n in _nodes)
        {
            n.Silence.Heard();
            n.Server.Tell(new StartRun { RunId = _settings.RunId });
        }
    }

    private void LookFor(Ping ping)
    {
        foreach (var node in _nodes.Where(n => n.Outcome is null))
        {
            // Finds the way to the node again as well, if the connection is gone; and the node hears that its runner is there.
            node.Server.Tell(ping);
            node.Silence.Look();
        }

        ReportProgress();
    }

    private void OnLook()
    {
        LookFor(new Ping { RunId = _settings.RunId });
        var lost = _nodes.Where(n => n.Silence.IsTooLong).ToList();
        foreach (var node in lost)
            OnLost(node, $"{HaveNotAnswered(lost)} for {Seconds(_limit)}");
    }

    private void OnProgressed(NodeState node, RunProgressed m)
    {
        node.Silence.Heard();
        node.Now = new Instant(m.NowNs);
        node.Bytes = m.BytesDelivered;
        node.PeerSilentFor = TimeSpan.FromMilliseconds(m.PeerSilentMs);
        ReportProgress();
    }

    private void ReportProgress() =>
        _progress.Report(new RunProgress(Instant.Min(Sending.Now, Receiving.Now), Sending.Bytes + Receiving.Bytes, Waiting()));

    /// <summary>Who is waited for; null for nobody.</summary>
    private string? Waiting()
    {
        if (!_isWaiting)
            return null;
        var silent = _nodes.Where(n => n.Silence.IsNoticeable).ToList();
        if (silent.Count > 0)
            return Words(HaveNotAnswered(silent), silent.Max(n => n.Silence.Length));

        var (one, other) = Sending.PeerSilentFor >= Receiving.PeerSilentFor ? (Sending, Receiving) : (Receiving, Sending);
        return one.PeerSilentFor > TimeSpan.Zero ? Words($"{one.At.Pc} has not heard from {other.At.Pc}", one.PeerSilentFor) : null;

        string Words(string what, TimeSpan length) =>
            string.Create(CultureInfo.InvariantCulture, $"{what} for {length.TotalSeconds:0} s; waiting until {Seconds(_limit)}");
    }

    private static string HaveNotAnswered(IReadOnlyCollection<NodeState> nodes) =>
        $"{string.Join(" and ", nodes.Select(n => n.At.Pc))} {(nodes.Count > 1 ? "have" : "has")} not answered";

    private void OnRecordingChunk(NodeState node, RecordingChunk m)
    {
        if (m.RunId != _settings.RunId || node.Outcome is not null)
            return;
        node.Silence.Heard();
        try
        {
            if (node.Recording is null)
                throw new FormatException("a recording that was not asked for");
            node.Recording.Add(m);
        }
        catch (FormatException e)
        {
            node.Recording = null;
            Fail($"{node.At.Pc} sent {e.Message}", Weight.Reported);
        }

        // Of a failed run too: whoever is at it has the time that it takes.
        if (Timers.IsTimerActive(nameof(EndLimitReached)))
            Timers.StartSingleTimer(nameof(EndLimitReached), EndLimitReached.Instance, EndLimit);
        node.Server.Tell(new RecordingTaken { RunId = m.RunId, Number = m.Number });
    }

    private void OnFinished(NodeState node, RunFinished m)
    {
        if (m.RunId != _settings.RunId || node.Outcome is not null)
            return;
        node.Outcome = new PcOutcome(
            m.HasFailure ? m.Failure : null,
            m.DeterministicJson,
            m.WallJson,
            m.HasDefect ? m.Defect : null,
            node.Recording?.ToRecording());
        if (m.HasFailure)
            Fail($"{node.At.Pc}: {m.Failure}", Weight.Reported);
        node.PeerSilentFor = TimeSpan.Zero;
        node.Silence.Heard();
        CompleteIfAllKnown();
    }

    private void OnRefused(NodeState node, RunRefused m)
    {
        if (m.RunId != _settings.RunId || node.Outcome is not null)
            return;
        node.Outcome = NeverStarted(m.Reason);
        Fail($"{node.At.Pc} at {node.At.Address} refused the run: {m.Reason}", Weight.Reported);
        CompleteIfAllKnown();
    }

    private void OnMalformed(NodeState? node, Malformed m)
    {
        if (node is not null)
            Fail($"{node.At.Pc} sent {m.Reason}", Weight.Reported);
    }

    private void OnRemotingEvent(RemotingLifecycleEvent e)
    {
        if (_nodes.FirstOrDefault(n => n.Heard && PeerLoss.Concerns(e, n.At.Address)) is { } node)
            OnLost(node, "the connection with {0} was lost");
    }

    // Any other loss of a connection may be over before the limit.
    private void OnRemotingEventInMidRun(RemotingLifecycleEvent e)
    {
        if (_nodes.FirstOrDefault(n => PeerLoss.IsForGood(e, n.At.Address)) is { } node)
            OnLost(node, "the connection with {0} was lost for good: another process has taken its place");
    }

    private void OnLost(NodeState node, string what)
    {
        if (node.Outcome is not null)
        {
            CompleteIfAllKnown();
            return;
        }

        var reason = string.Format(CultureInfo.InvariantCulture, what, node.At.Pc);
        node.Outcome = NeverStarted(reason);
        Fail(reason, Weight.NodeLost);
        CompleteIfAllKnown();
    }

    private void GiveUp(string reason) => Fail(reason, Weight.Cancelled);

    private void Fail(string reason, Weight weight)
    {
        var first = _failureWeight == Weight.None;
        if (weight > _failureWeight)
        {
            _failure = reason;
            _failureWeight = weight;
        }

        if (!first)
            return;
        _isWaiting = false;
        ReportProgress();
        Timers.CancelAll();
        Timers.StartSingleTimer(nameof(EndLimitReached), EndLimitReached.Instance, EndLimit);
        Become(Ending);
        foreach (var node in _nodes.Where(n => n.Outcome is null))
        {
            if (node.IsAsked)
                node.Server.Tell(new AbortRun { RunId = _settings.RunId, Reason = reason });
            else
                node.Outcome = NeverStarted(reason);
        }

        CompleteIfAllKnown();
    }

    private void CompleteIfAllKnown()
    {
        if (_nodes.All(n => n.Outcome is not null))
            Complete();
    }

    private void Complete()
    {
        _result.TrySetResult(new Result(_failure, OutcomeOf(Sending), OutcomeOf(Receiving)));
        Context.Stop(Self);

        static PcOutcome OutcomeOf(NodeState node) => node.Outcome ?? NeverStarted($"{node.At.Pc} did not say how far it came");
    }

    private NodeState? NodeOf(IActorRef sender) => _nodes.FirstOrDefault(n => n.At.Address == sender.Path.Address);

    private string Missing(Func<NodeState, bool> there) =>
        string.Join(" and ", _nodes.Where(n => !there(n)).Select(n => $"{n.At.Pc} at {n.At.Address}"));

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static PcOutcome NeverStarted(string reason) => new(reason, "", "");

    /// <summary>A node, and the PC it is to host.</summary>
    /// <param name="Pc">The PC's name, for messages.</param>
    /// <param name="Address">The node's address.</param>
    public sealed record NodeAt(string Pc, Address Address);

    /// <summary>What is to be run, and where.</summary>
    /// <param name="RunId">32 hexadecimal digits, new for every run.</param>
    /// <param name="Version">This program's version.</param>
    /// <param name="Experiment">What both nodes are given.</param>
    /// <param name="Sender">The sending PC's node.</param>
    /// <param name="Receiver">The receiving PC's node.</param>
    /// <param name="Wait">How long a node may take to answer, then to find its peer, and be silent in mid-run (<see cref="PeerSilence.LimitFor"/>).</param>
    /// <param name="Recording">What both nodes are to record; null for nothing.</param>
    public sealed record Settings(
        string RunId,
        string Version,
        ResolvedExperiment Experiment,
        NodeAt Sender,
        NodeAt Receiver,
        TimeSpan Wait,
        RecordingSettings? Recording = null);

    /// <summary>What the run came to.</summary>
    /// <param name="Failure">Null when both PCs ran to the experiment's end.</param>
    /// <param name="Sender">The sending PC's share.</param>
    /// <param name="Receiver">The receiving PC's share.</param>
    public sealed record Result(string? Failure, PcOutcome Sender, PcOutcome Receiver);

    /// <summary>To the control: the person wants it to end.</summary>
    public sealed record Cancel
    {
        /// <summary>The only one.</summary>
        public static readonly Cancel Instance = new();
    }

    /// <summary>To the control: a node's process has ended.</summary>
    /// <param name="Role">Which.</param>
    /// <param name="ExitCode">With this.</param>
    public sealed record NodeExited(Role Role, int ExitCode);

    private sealed record SendPing
    {
        public static readonly SendPing Instance = new();
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record TimeIsUp
    {
        public static readonly TimeIsUp Instance = new();
    }

    private sealed record EndLimitReached
    {
        public static readonly EndLimitReached Instance = new();
    }

    private sealed class NodeState(NodeAt at, PcRole role, TimeSpan limit)
    {
        public NodeAt At { get; } = at;

        public PcRole Role { get; } = role;

        public IActorRef Server { get; set; } = ActorRefs.Nobody;

        public bool Heard { get; set; }

        public bool IsAsked { get; set; }

        public bool IsPrepared { get; set; }

        public PeerSilence Silence { get; } = new(limit);

        /// <summary>For how long it has heard nothing from the other node, as it says.</summary>
        public TimeSpan PeerSilentFor { get; set; }

        public Instant Now { get; set; }

        public long Bytes { get; set; }

        /// <summary>Null if nothing is recorded, or if what came was no recording.</summary>
        public RecordingCollection? Recording { get; set; }

        public PcOutcome? Outcome { get; set; }
    }
}
