using System.Threading.Channels;
using Akka.Actor;
using Google.Protobuf;
using Testbed.ExchangeNode;
using Testbed.Node.Observing;
using Testbed.Node.Remoting;
using Testbed.Protocol;

namespace Testbed.Tests.Remoting;

/// <summary>A process that says what a test has it say: a runner, or the node at the other end of a cable.</summary>
internal sealed class Remote : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly Channel<(object Message, IActorRef Sender)> _heard = Channel.CreateUnbounded<(object, IActorRef)>();
    private readonly IActorRef _self;
    private long _sent;

    public Remote(ActorSystem? system = null)
    {
        System = system ?? RemoteSystem.Start(new RemotingSettings(HostPort.Loopback));
        _self = System.ActorOf(Props.Create(() => new Ear(this)), NodeServer.Name);
    }

    public ActorSystem System { get; }

    public Address Address => RemoteSystem.AddressOf(System);

    /// <summary>Whether it answers a node's closing of the cable, as a link does that has come to the same end: the node's waits for it.</summary>
    public bool AnswersClosing { get; init; } = true;

    /// <summary>Who sent what was heard last.</summary>
    public IActorRef LastSender { get; private set; } = ActorRefs.Nobody;

    public void Tell(TestNode node, object message) =>
        Tell(RemoteSystem.ActorAt(System, node.Address, NodeServer.Path), message);

    public void Tell(IActorRef actor, object message)
    {
        if (message is CableBatch batch)
            _sent = Math.Max(_sent, batch.Number);
        actor.Tell(message, _self);
    }

    /// <summary>Is heard of by the node as the run's runner from now on.</summary>
    public void StaysAround(TestNode node, string runId) => System.Scheduler.ScheduleTellRepeatedly(
        TimeSpan.Zero, PeerSilence.LookInterval, RemoteSystem.ActorAt(System, node.Address, NodeServer.Path), new Ping { RunId = runId }, _self);

    /// <summary>Is heard of by a node's link as its peer from now on.</summary>
    public void StaysAround(IActorRef link) =>
        System.Scheduler.ScheduleTellRepeatedly(TimeSpan.Zero, PeerSilence.LookInterval, link, new CableStatus(), _self);

    /// <summary>The next message of a kind; others in between are passed over, unless they refuse something.</summary>
    public async Task<T> HearsAsync<T>()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var (message, sender) = await _heard.Reader.ReadAsync(limit.Token);
            if (message is T wanted)
            {
                LastSender = sender;
                return wanted;
            }

            Assert.False(message is RunRefused or CableRefused, $"heard {message} instead of {typeof(T).Name}");
        }
    }

    /// <summary>Why it is refused.</summary>
    public Task<string> HearsRefusalAsync() => FirstAsync(message => (message as RunRefused)?.Reason);

    /// <summary>Why its run has come to an end: it is finished, or refused if it had not started yet when its peer's failed.</summary>
    public Task<string> HearsFailureAsync() => FirstAsync(message => message switch
    {
        RunFinished finished => finished.Failure,
        RunRefused refused => refused.Reason,
        _ => null,
    });

    private async Task<string> FirstAsync(Func<object, string?> wanted)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (wanted((await _heard.Reader.ReadAsync(limit.Token)).Message) is { } found)
                return found;
        }
    }

    public static string NewRunId() => Guid.NewGuid().ToString("n");

    public static PrepareRun Prepare(
        string runId, PcRole role, Address peer, ExchangeSettings? settings = null, string? version = null, TimeSpan? wait = null, string name = "exchange")
    {
        var experiment = (settings ?? new ExchangeSettings()).ToExperiment(name);
        return new PrepareRun
        {
            RunId = runId,
            Version = version ?? ProgramVersion.Current,
            ExperimentName = experiment.Name,
            Experiment = experiment.Hocon,
            ExperimentHash = ExperimentHash.Of(experiment),
            Role = role,
            Pc = role == PcRole.Sender ? "pc-733" : "pc-350",
            PeerPc = role == PcRole.Sender ? "pc-350" : "pc-733",
            PeerAddress = peer.ToString(),
            WaitMs = (long)(wait ?? Patience).TotalMilliseconds,
        };
    }

    public static CableHello Hello(string runId, ExchangeSettings? settings = null) => new()
    {
        RunId = runId,
        Version = ProgramVersion.Current,
        ExperimentHash = ExperimentHash.Of((settings ?? new ExchangeSettings()).ToExperiment()),
    };

    /// <summary>
    /// Has a receiving PC started on the node with this process as both its runner and its peer; <see cref="LastSender"/> is its link.
    /// </summary>
    public async Task<string> StartReceiverAsync(
        TestNode node, ExchangeSettings? settings = null, RecordingSettings? recording = null, TimeSpan? wait = null)
    {
        var runId = NewRunId();
        var prepare = Prepare(runId, PcRole.Receiver, Address, settings, wait: wait);
        prepare.Recording = recording is null ? null : RecordingMessages.Write(recording);
        Tell(node, prepare);
        Tell(node, Hello(runId, settings));
        await HearsAsync<CableWelcome>();
        var link = LastSender;
        await HearsAsync<RunPrepared>();
        Tell(node, new StartRun { RunId = runId });
        LastSender = link;
        return runId;
    }

    public static CableBatch Batch(long number, long round, int bytes = 1500)
    {
        var frame = new byte[bytes];
        frame.AsSpan().Fill((byte)round);
        return new CableBatch { Number = number, Announcements = { new Announcement { Number = round, Frame = ByteString.CopyFrom(frame) } } };
    }

    public async ValueTask DisposeAsync() => await System.Terminate();

    private sealed class Ear : ReceiveActor
    {
        public Ear(Remote owner) => ReceiveAny(m =>
        {
            owner._heard.Writer.TryWrite((m, Sender));
            if (owner.AnswersClosing && m is CableClosed { Reason: "" } closed)
                Sender.Tell(new CableClosed { Sent = owner._sent, Received = closed.Sent });
        });
    }
}
