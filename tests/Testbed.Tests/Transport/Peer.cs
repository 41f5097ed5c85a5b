using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Testbed.Node.Remoting;
using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

/// <summary>
/// An actor system on a transport of ours with nothing else of the testbed's: any message crosses, system messages too. Its actor <c>ear</c> hears
/// what others tell it, and answers a text with the same text.
/// </summary>
internal sealed class Peer : IAsyncDisposable
{
    /// <summary>For whatever must happen at some time; waited for in full only by a test that fails.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<object> _heard = Channel.CreateUnbounded<object>();
    private readonly Channel<RemotingLifecycleEvent> _events = Channel.CreateUnbounded<RemotingLifecycleEvent>();
    private readonly ConcurrentQueue<string> _errors;

    private Peer(ActorSystem system, LoopThread? loop, ErrorsSetup errors)
    {
        (System, Loop, _errors) = (system, loop, errors.Lines);
        Ear = system.ActorOf(Props.Create(() => new Listener(_heard.Writer)), "ear");
        var watcher = system.ActorOf(Props.Create(() => new EventTap(_events.Writer)), "events");
        system.EventStream.Subscribe(watcher, typeof(RemotingLifecycleEvent));
    }

    public ActorSystem System { get; }

    public LoopThread? Loop { get; }

    public IActorRef Ear { get; }

    public Address Address => ((ExtendedActorSystem)System).Provider.DefaultAddress;

    public int Port => Address.Port!.Value;

    /// <summary>What its log has at level ERROR.</summary>
    public IReadOnlyList<string> Errors => [.. _errors];

    /// <summary>Starts one.</summary>
    /// <param name="kind">"cable-tcp", "cable-unix", with " portable" behind it for the portable way to wait, or " alone" for sockets without shared memory; or "dotnetty".</param>
    /// <param name="port">0: any.</param>
    /// <param name="settings">Further settings, below <c>akka.remote</c>.</param>
    public static Peer Start(string kind, int port = 0, string settings = "", string ofTransport = "")
    {
        var errors = new ErrorsSetup();
        var own = kind != "dotnetty";
        var name = own ? kind.Split(' ')[0] : "dot-netty.tcp";
        var type = name == "cable-unix" ? typeof(CableUnixTransport) : typeof(CableTcpTransport);
        var config = ConfigurationFactory.ParseString(string.Create(CultureInfo.InvariantCulture, $$"""
            akka {
              loglevel = ERROR
              stdout-loglevel = OFF
              loggers = ["{{typeof(ErrorLog).AssemblyQualifiedName}}"]
              actor.provider = remote
              log-dead-letters = off
              coordinated-shutdown { exit-clr = off, run-by-clr-shutdown-hook = off, run-by-actor-system-terminate = off }
              remote {
                retry-gate-closed-for = 50ms
                log-remote-lifecycle-events = off
                enabled-transports = ["akka.remote.{{name}}"]
                {{(own ? $"default-remote-dispatcher.type = \"{typeof(LoopDispatcherConfigurator).AssemblyQualifiedName}\"" : "")}}
                {{name}} {
                  {{(own ? $"transport-class = \"{type.AssemblyQualifiedName}\"" : "")}}
                  applied-adapters = []
                  hostname = 127.0.0.1, port = {{port}}, public-hostname = 127.0.0.1, public-port = 0
                  maximum-frame-size = 1000000b
                  send-queue-limit = 256000000b
                  connection-timeout = 5s
                  shared-memory = {{(kind.EndsWith("alone", StringComparison.Ordinal) ? "off" : "on")}}
                  {{ofTransport}}
                }
                {{settings}}
              }
            }
            """));
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), errors);
        if (!own)
            return new Peer(ActorSystem.Create("peer", setup), null, errors);
        var loop = LoopThread.Start(portable: kind.EndsWith("portable", StringComparison.Ordinal));
        var system = ActorSystem.Create("peer", setup.And(new LoopSetup(loop)));
        system.WhenTerminated.ContinueWith(_ => loop.Stop(), TaskScheduler.Default);
        return new Peer(system, loop, errors);
    }

    /// <summary>A reference to another one's actor.</summary>
    public IActorRef At(Peer other, string path = "/user/ear") => ((ExtendedActorSystem)System).Provider.ResolveActorRef($"{other.Address}{path}");

    /// <summary>Tells the other's ear, as this one's.</summary>
    public void Tell(Peer other, object message) => At(other).Tell(message, Ear);

    /// <summary>Tells the other's ear again and again until it answers: a link may be down for a moment.</summary>
    public async Task ReachesAsync(Peer other)
    {
        using var limit = new CancellationTokenSource(Patience);
        var text = $"are you there, {Guid.NewGuid():n}";
        while (true)
        {
            Tell(other, text);
            using var once = CancellationTokenSource.CreateLinkedTokenSource(limit.Token);
            once.CancelAfter(TimeSpan.FromMilliseconds(100));
            try
            {
                while (!Equals(await _heard.Reader.ReadAsync(once.Token), "echo " + text))
                {
                }

                return;
            }
            catch (OperationCanceledException) when (!limit.IsCancellationRequested)
            {
                // Once more.
            }
        }
    }

    /// <summary>Tells the other's ear something again and again until an event tells that this is in vain.</summary>
    public async Task TellsUntilItSeesAsync<T>(Peer other)
        where T : RemotingLifecycleEvent
    {
        var seen = SeesAsync<T>();
        while (!seen.IsCompleted)
        {
            Tell(other, "are you there, in vain");
            await Task.WhenAny(seen, Task.Delay(TimeSpan.FromMilliseconds(20)));
        }

        await seen;
    }

    /// <summary>Has this one's ear watch the other's.</summary>
    /// <returns>The actor that is watched now.</returns>
    public async Task<IActorRef> WatchesAsync(Peer other)
    {
        Tell(other, Listener.BeWatched);
        var watched = Assert.IsAssignableFrom<IActorRef>(await HearsAsync());

        // The request to be told travels the same way.
        await ReachesAsync(other);
        return watched;
    }

    /// <summary>The next thing heard, answers to <see cref="ReachesAsync"/> aside.</summary>
    public async Task<object> HearsAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            var heard = await _heard.Reader.ReadAsync(limit.Token);
            if (heard is not string text || !text.Contains("are you there", StringComparison.Ordinal))
                return heard;
        }
    }

    /// <summary>The next event of a kind.</summary>
    public async Task<T> SeesAsync<T>(Func<T, bool>? which = null)
        where T : RemotingLifecycleEvent
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await _events.Reader.ReadAsync(limit.Token) is T seen && (which is null || which(seen)))
                return seen;
        }
    }

    /// <summary>Whether a connection has been lost since this was last asked.</summary>
    public bool HasLostAnything()
    {
        var lost = false;
        while (_events.Reader.TryRead(out var e))
            lost |= e is DisassociatedEvent or AssociationErrorEvent or QuarantinedEvent;
        return lost;
    }

    /// <summary>Waits until its log has a line that contains a text, and returns all lines.</summary>
    public async Task<IReadOnlyList<string>> LogsAsync(string text)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!_errors.Any(line => line.Contains(text, StringComparison.Ordinal)))
            await Task.Delay(10, limit.Token);
        return Errors;
    }

    /// <summary>As if its process were killed: its sockets close and nothing more is said.</summary>
    public void Kill() => Loop!.Stop();

    /// <summary>Connects to it as anybody could.</summary>
    public Socket Connect()
    {
        if (Address.Protocol == "akka.unix")
            return UnixSocketFiles.Connect(Port, Patience);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        socket.Connect(IPAddress.Loopback, Port);
        return socket;
    }

    public async ValueTask DisposeAsync() => await System.Terminate().WaitAsync(Patience + Patience);

    private sealed class Listener : ReceiveActor
    {
        public const string BeWatched = "be watched";

        public Listener(ChannelWriter<object> heard) => ReceiveAny(message =>
        {
            if (message is string text && !text.StartsWith("echo ", StringComparison.Ordinal))
                Sender.Tell("echo " + text);

            // Who answers is known by more than a path.
            heard.TryWrite(message is "echo " + BeWatched ? Context.Watch(Sender) : message);
        });
    }

    private sealed class EventTap : ReceiveActor
    {
        public EventTap(ChannelWriter<RemotingLifecycleEvent> seen) => Receive<RemotingLifecycleEvent>(e => seen.TryWrite(e));
    }

    private sealed class ErrorsSetup : Setup
    {
        public ConcurrentQueue<string> Lines { get; } = [];
    }

    private sealed class ErrorLog : ReceiveActor
    {
        public ErrorLog()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<Error>(StandardErrorLogger.IsOfComingsAndGoings, _ => { });
            Receive<Error>(e => Context.System.Settings.Setup.Get<ErrorsSetup>().Value.Lines.Enqueue($"{e.Message} {e.Cause?.GetBaseException().Message}".Trim()));
        }
    }
}
