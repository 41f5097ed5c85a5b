using System.Globalization;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Testbed.Node.Experiments;
using Testbed.Protocol;

namespace Testbed.Node.Remoting;

/// <summary>
/// One end of the cable between two processes. The sending PC's node says hello until it is welcomed; the other only answers, so one
/// connection is made, in one direction. Then batches pass, numbered from 1 and acknowledged; what is lost with a connection is sent again on the
/// next, and a peer that stays silent for too long ends the run. Tells its parent <see cref="Joined"/> once, <see cref="PeerIsSilent"/> while that is
/// so, and <see cref="Failed"/> at most once.
/// </summary>
public sealed class CableLink : UntypedActor, IWithTimers
{
    // More than a receiving PC that is about to start can have missed; a peer that sends on regardless is broken.
    private const int EarlyBatchesLimit = 10_000;
    private static readonly TimeSpan HelloInterval = TimeSpan.FromMilliseconds(100);

    private readonly Settings _settings;
    private readonly CableSender _sender;
    private readonly string _peer;
    private readonly TimeSpan _limit;
    private readonly PeerSilence _silence;
    private readonly List<CableBatch> _early = [];
    private IPcRun? _run;
    private IActorRef? _peerLink;
    private bool _isMissing;
    private bool _peerClosed;
    private bool _isLeaving;

    /// <summary>Made by <see cref="Props"/>.</summary>
    public CableLink(Settings settings, CableSender sender)
    {
        _settings = settings;
        _sender = sender;
        _peer = $"{settings.PeerPc} at {settings.Peer}";
        _limit = PeerSilence.LimitFor(settings.Wait);
        _silence = new PeerSilence(_limit + PeerSilence.Grace);
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The link of one run.</summary>
    /// <param name="settings">What it is to join, and to whom.</param>
    /// <param name="sender">The model's end of it.</param>
    public static Props Props(Settings settings, CableSender sender) => Akka.Actor.Props.Create(() => new CableLink(settings, sender));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        PeerLoss.Subscribe(Context.System, Self);
        Timers.StartSingleTimer(nameof(TimeIsUp), TimeIsUp.Instance, _settings.Wait);
        if (_settings.Role == Role.Sender)
            Timers.StartPeriodicTimer(nameof(SayHello), SayHello.Instance, TimeSpan.Zero, HelloInterval);
    }

    /// <inheritdoc/>
    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    /// <inheritdoc/>
    /// <remarks>A switch, and no table of handlers: where the program is compiled to native code, Akka interprets its tables.</remarks>
    protected override void OnReceive(object message) => Joining(message);

    private void Joining(object message)
    {
        switch (message)
        {
            case SayHello:
                OnSayHello();
                break;
            case CableHello hello:
                OnHello(hello);
                break;
            case CableWelcome when FromPeersAddress():
                Join(Sender);
                break;
            case CableRefused refused when FromPeersAddress():
                Fail($"{_peer} refused the cable: {refused.Reason}");
                break;
            case TimeIsUp:
                Fail($"{_peer} did not appear within {Seconds(_settings.Wait)}");
                break;
            default:
                OnOther(message);
                break;
        }
    }

    private void Running(object message)
    {
        switch (message)
        {
            case SendFailed failed:
                Fail(failed.Reason);
                break;
            case RemotingLifecycleEvent e:
                OnRemotingEvent(e);
                break;
            case CableHello hello:
                OnHello(hello);
                break;

            // The welcome was lost, or crossed with the next hello.
            case CableWelcome:
                break;
            default:
                if (!TakesFromPeer(message))
                    OnOther(message);
                break;
        }
    }

    /// <summary>This PC is at its end; the peer may still need what was sent, or be on its way to the same end.</summary>
    private void Leaving(object message)
    {
        if (message is Close)
            Context.Stop(Self);
        else
            TakesFromPeer(message);
    }

    private void Done(object message)
    {
        if (message is Close)
            Context.Stop(Self);
    }

    /// <summary>What passes between two links that have joined, and the look at the clock that goes with it.</summary>
    private bool TakesFromPeer(object message)
    {
        switch (message)
        {
            case CableBatch batch when FromPeersLink():
                OnBatch(batch);
                return true;
            case CableStatus status when FromPeersLink():
                OnStatus(status);
                return true;
            case CableMissing missing when FromPeersLink():
                OnMissing(missing);
                return true;
            case CableClosed closed when FromPeersLink():
                OnClosed(closed);
                return true;
            case Look:
                OnLook();
                return true;
            default:
                return false;
        }
    }

    /// <summary>What may come before this PC's end, whether the peer is there or not.</summary>
    private void OnOther(object message)
    {
        switch (message)
        {
            case Attach attach:
                OnAttach(attach);
                break;
            case Close close:
                OnClose(close);
                break;
            case Malformed malformed:
                OnMalformed(malformed);
                break;
            case RemotingLifecycleEvent:
                break;
            default:
                Context.GetLogger().Error("{0} from {1} has no place here; ignored", message.GetType().Name, Sender.Path);
                break;
        }
    }

    private void OnSayHello() => RemoteSystem.ActorAt(Context.System, _settings.Peer, NodeServer.Path).Tell(new CableHello
    {
        RunId = _settings.RunId,
        Version = _settings.Version,
        ExperimentHash = _settings.ExperimentHash,
    });

    private void OnHello(CableHello hello)
    {
        var reason = ReasonToRefuse(hello);
        if (reason is null)
        {
            var peer = Sender;
            if (_peerLink is null)
                Join(peer);
            peer.Tell(new CableWelcome { RunId = _settings.RunId });
            return;
        }

        Sender.Tell(new CableRefused { RunId = hello.RunId, Reason = reason });

        // A stranger's hello must not end the run; the peer's own would never fit later.
        if (FromPeersAddress() && _peerLink is null)
            Fail($"refused the cable of {_peer}: {reason}");
    }

    private string? ReasonToRefuse(CableHello hello)
    {
        if (!FromPeersAddress())
            return $"it expects {_settings.Peer} at the other end, not {Sender.Path.Address}";
        if (_settings.Role == Role.Sender)
            return "both nodes play the sender";
        if (_peerLink is not null && !_peerLink.Equals(Sender))
            return "the other end is joined already";
        if (hello.RunId != _settings.RunId)
            return $"run {Short(hello.RunId)} is not run {Short(_settings.RunId)}";
        if (hello.Version != _settings.Version)
            return $"version {Short(hello.Version)} is not version {Short(_settings.Version)}";
        if (hello.ExperimentHash != _settings.ExperimentHash)
            return $"experiment {Short(hello.ExperimentHash)} is not experiment {Short(_settings.ExperimentHash)}";
        return null;
    }

    private void Join(IActorRef peerLink)
    {
        _peerLink = peerLink;
        _sender.Open(peerLink, Self);
        Timers.CancelAll();
        Timers.StartPeriodicTimer(nameof(Look), Look.Instance, PeerSilence.LookInterval);
        Become(Running);
        Context.Parent.Tell(Joined.Instance);
    }

    private void OnAttach(Attach attach)
    {
        _run = attach.Run;
        foreach (var batch in _early)
            _run.Receive(batch);
        _early.Clear();
    }

    private void OnBatch(CableBatch batch)
    {
        OnAcknowledged(batch.Received);

        // What comes twice was sent again; what is behind a gap will be.
        if (batch.Number != _sender.Received + 1)
            return;
        _sender.Received = batch.Number;
        _isMissing = false;
        _silence.Heard();
        if (_isLeaving)
            return;
        if (_run is not null)
            _run.Receive(batch);
        else if (_early.Count < EarlyBatchesLimit)
            _early.Add(batch);
        else
            Fail($"{_peer} sent {EarlyBatchesLimit} batches before this PC was started");
    }

    private void OnStatus(CableStatus status)
    {
        HasCome(status.Sent);
        OnAcknowledged(status.Received);
    }

    private void OnMissing(CableMissing missing)
    {
        OnAcknowledged(missing.Received);
        _sender.SendAgain();
    }

    private void OnClosed(CableClosed closed)
    {
        if (closed.Reason.Length > 0)
        {
            _peerClosed = true;
            Fail($"{_settings.PeerPc} ended the run: {OneLine(closed.Reason)}");
            return;
        }

        if (HasCome(closed.Sent))
        {
            _peerClosed = true;

            // The peer leaves when it knows that this has come.
            _sender.SendStatus();
        }

        OnAcknowledged(closed.Received);
    }

    /// <summary>Asks for what is missing of so many batches.</summary>
    /// <returns>Whether nothing is.</returns>
    private bool HasCome(long sent)
    {
        _isMissing = sent > _sender.Received;
        if (_isMissing)
            _sender.SendMissing();
        else
            _silence.Heard();
        return !_isMissing;
    }

    private void OnAcknowledged(long received)
    {
        if (!_sender.Acknowledge(received))
            Fail($"{_peer} has batch {received}, and only {_sender.Sent} were sent to it");
        else if (_isLeaving && _peerClosed && _sender.IsAcknowledged)
            Context.Stop(Self);
    }

    private void OnLook()
    {
        _silence.Look();

        // A peer that is through with the experiment, and all of whose batches have come, may be silent.
        if (!_silence.IsTooLong || (_peerClosed && !_isLeaving))
        {
            // Finds the way to the peer again as well, if the connection is gone.
            _sender.SendSign();
            Context.Parent.Tell(new PeerIsSilent(_silence.IsNoticeable ? _silence.Length : TimeSpan.Zero));
            return;
        }

        // This PC has come to its end: it needs nobody any more.
        if (_isLeaving)
            Context.Stop(Self);
        else if (_isMissing)
            Fail($"batch {_sender.Received + 1} from {_peer} was lost, and did not come again within {Seconds(_limit)}");
        else
            Fail($"{_peer} has not answered for {Seconds(_limit)}");
    }

    private void OnRemotingEvent(RemotingLifecycleEvent e)
    {
        if (!_peerClosed && PeerLoss.IsForGood(e, _settings.Peer))
            Fail($"the connection with {_peer} was lost for good");
    }

    private void OnMalformed(Malformed message)
    {
        if (FromPeersAddress())
            Fail($"{_peer} sent {message.Reason}");
        else
            Context.GetLogger().Error("{0} sent {1}; ignored", Sender.Path.Address, message.Reason);
    }

    private void OnClose(Close close)
    {
        _sender.Close(close.Failure ?? "");
        if (close.Failure is not null || _peerLink is null || (_peerClosed && _sender.IsAcknowledged))
        {
            Context.Stop(Self);
            return;
        }

        _isLeaving = true;
        Become(Leaving);
    }

    private void Fail(string reason)
    {
        if (_isLeaving)
        {
            Context.Stop(Self);
            return;
        }

        Timers.CancelAll();
        _sender.Close(reason);
        Become(Done);
        Context.Parent.Tell(new Failed(reason));
    }

    private bool FromPeersAddress() => Sender.Path.Address == _settings.Peer;

    private bool FromPeersLink() => Sender.Equals(_peerLink);

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    private static string Short(string text) => OneLine(text.Length > 24 ? text[..12] : text);

    private static string OneLine(string text) => string.Concat(text.Take(500).Select(c => char.IsControl(c) ? ' ' : c));

    /// <summary>What a link joins.</summary>
    /// <param name="RunId">The run that both ends were prepared for.</param>
    /// <param name="Version">This program's version.</param>
    /// <param name="ExperimentHash">See <see cref="Remoting.ExperimentHash"/>.</param>
    /// <param name="Role">The sender's end says hello, the receiver's answers.</param>
    /// <param name="PeerPc">The other PC's name, for messages.</param>
    /// <param name="Peer">The other node's address.</param>
    /// <param name="Wait">How long the peer may take to appear, and may be silent.</param>
    public sealed record Settings(
        string RunId, string Version, string ExperimentHash, Role Role, string PeerPc, Address Peer, TimeSpan Wait);

    /// <summary>To the link: give batches to this PC from now on.</summary>
    public sealed record Attach(IPcRun Run);

    /// <summary>To the link: this PC has stopped; tell the peer, and stop.</summary>
    /// <param name="Failure">Null at the experiment's end, else the reason in one line.</param>
    public sealed record Close(string? Failure);

    /// <summary>To the parent: the peer is there and fits.</summary>
    public sealed record Joined
    {
        /// <summary>The only one.</summary>
        public static readonly Joined Instance = new();
    }

    /// <summary>To the parent: the cable cannot be joined, or can no longer carry the run.</summary>
    /// <param name="Reason">In one line.</param>
    public sealed record Failed(string Reason);

    /// <summary>To the parent, once a second: for how long nothing has come from the peer; zero unless that is longer than usual.</summary>
    public sealed record PeerIsSilent(TimeSpan For);

    internal sealed record SendFailed(string Reason);

    private sealed record SayHello
    {
        public static readonly SayHello Instance = new();
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record TimeIsUp
    {
        public static readonly TimeIsUp Instance = new();
    }
}
