using System.Diagnostics;
using System.Threading.Channels;
using Akka.Actor;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;
using Testbed.Protocol;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Tests.Remoting;

public class CableLinkTests
{
    // The shortest silence that ends a run.
    private static readonly TimeSpan Least = PeerSilence.LimitFor(TimeSpan.Zero);

    [Theory]
    [InlineData("run")]
    [InlineData("version")]
    [InlineData("experiment")]
    public async Task A_peer_that_does_not_fit_is_refused_with_the_reason_on_both_sides(string what)
    {
        var receiversVersion = what == "version" ? "other" : ProgramVersion.Current;
        await using var sender = new TestNode();
        await using var receiver = new TestNode(version: receiversVersion);
        await using var runner = new Remote();
        var runId = Remote.NewRunId();

        runner.Tell(receiver, Remote.Prepare(
            what == "run" ? Remote.NewRunId() : runId,
            PcRole.Receiver,
            sender.Address,
            new ExchangeSettings { Rounds = what == "experiment" ? 2 : 1 },
            receiversVersion));
        runner.Tell(receiver, new Ping());
        await runner.HearsAsync<Pong>();
        runner.Tell(sender, Remote.Prepare(runId, PcRole.Sender, receiver.Address, new ExchangeSettings { Rounds = 1 }));
        var reasons = new[] { (await runner.HearsAsync<RunRefused>()).Reason, (await runner.HearsAsync<RunRefused>()).Reason };

        Assert.Contains(reasons, r => r.StartsWith($"pc-350 at {receiver.Address} refused the cable: {what} ", StringComparison.Ordinal));
        Assert.Contains(reasons, r => r.StartsWith($"refused the cable of pc-733 at {sender.Address}: {what} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_senders_refuse_each_other()
    {
        await using var one = new TestNode();
        await using var two = new TestNode();
        await using var runner = new Remote();
        var runId = Remote.NewRunId();

        runner.Tell(one, Remote.Prepare(runId, PcRole.Sender, two.Address));
        runner.Tell(two, Remote.Prepare(runId, PcRole.Sender, one.Address));

        Assert.Contains("both nodes play the sender", (await runner.HearsAsync<RunRefused>()).Reason, StringComparison.Ordinal);
        Assert.Contains("both nodes play the sender", (await runner.HearsAsync<RunRefused>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_is_refused_and_the_run_goes_on()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await using var stranger = new Remote();
        var settings = new ExchangeSettings { Rounds = 1 };
        var runId = Remote.NewRunId();
        runner.Tell(node, Remote.Prepare(runId, PcRole.Receiver, runner.Address, settings));
        runner.Tell(node, new Ping());
        await runner.HearsAsync<Pong>();

        stranger.Tell(node, Remote.Hello(runId, settings));
        Assert.Equal(
            $"it expects {runner.Address} at the other end, not {stranger.Address}", (await stranger.HearsAsync<CableRefused>()).Reason);

        runner.Tell(node, Remote.Hello(runId, settings));
        await runner.HearsAsync<RunPrepared>();
    }

    [Theory]
    [InlineData(Role.Sender)]
    [InlineData(Role.Receiver)]
    public async Task A_peer_that_never_appears_ends_the_wait_at_the_stated_time(Role role)
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        var nowhere = Address.Parse($"akka.tcp://testbed@127.0.0.1:{TcpRelay.FreePort()}");
        var start = Stopwatch.GetTimestamp();

        runner.Tell(node, Remote.Prepare(
            Remote.NewRunId(), role == Role.Sender ? PcRole.Sender : PcRole.Receiver, nowhere, wait: TimeSpan.FromSeconds(1.5)));
        var reason = (await runner.HearsAsync<RunRefused>()).Reason;

        Assert.Equal($"{(role == Role.Sender ? "pc-350" : "pc-733")} at {nowhere} did not appear within 1.5 s", reason);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 1.4, 15);
    }

    [Fact]
    public async Task A_peer_may_appear_later()
    {
        await using var sender = new TestNode();
        await using var runner = new Remote();
        var port = TcpRelay.FreePort();
        var at = new HostPort("127.0.0.1", port);
        var runId = Remote.NewRunId();
        runner.Tell(sender, Remote.Prepare(runId, PcRole.Sender, RemoteSystem.AddressOf(runner.System, at)));
        runner.Tell(sender, new Ping());
        await runner.HearsAsync<Pong>();

        await using var receiver = new TestNode(remoting: new RemotingSettings(at));
        runner.Tell(receiver, Remote.Prepare(runId, PcRole.Receiver, sender.Address));

        await runner.HearsAsync<RunPrepared>();
        await runner.HearsAsync<RunPrepared>();
    }

    [Fact]
    public async Task Batches_arrive_in_order_and_are_answered()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        await peer.StartReceiverAsync(node, new ExchangeSettings { Rounds = 3 });
        var link = peer.LastSender;

        for (var i = 1; i <= 3; i++)
        {
            peer.Tell(link, Remote.Batch(i, i));
            Assert.Equal(i, (await peer.HearsAsync<CableBatch>()).Number);
        }

        var closed = await peer.HearsAsync<CableClosed>();
        Assert.Equal((3, ""), (closed.Sent, closed.Reason));
        Assert.Equal("""{"rounds":3}""", (await peer.HearsAsync<RunFinished>()).DeterministicJson);
    }

    [Fact]
    public async Task A_batch_that_comes_twice_or_behind_a_gap_is_passed_over()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        await peer.StartReceiverAsync(node, new ExchangeSettings { Rounds = 3 });
        var link = peer.LastSender;

        foreach (var number in new[] { 2, 0, 1, 1, 3, 2, 3 })
            peer.Tell(link, Remote.Batch(number, number));

        for (var i = 1; i <= 3; i++)
        {
            var answer = await peer.HearsAsync<CableBatch>();
            Assert.Equal((i, i), (answer.Number, answer.Received));
        }

        Assert.Equal("""{"rounds":3}""", (await peer.HearsAsync<RunFinished>()).DeterministicJson);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_lost_batch_is_asked_for_and_ends_the_run_when_it_does_not_come_in_time(bool comes)
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        peer.StaysAround(node, await peer.StartReceiverAsync(node, new ExchangeSettings { Rounds = 2 }, wait: Least));
        var link = peer.LastSender;
        peer.Tell(link, Remote.Batch(1, 1));
        await peer.HearsAsync<CableBatch>();

        // Nothing follows it.
        peer.Tell(link, new CableStatus { Sent = 2, Received = 1 });

        Assert.Equal(1, (await peer.HearsAsync<CableMissing>()).Received);
        if (comes)
        {
            peer.Tell(link, Remote.Batch(2, 2));
            Assert.False((await peer.HearsAsync<RunFinished>()).HasFailure);
        }
        else
        {
            await EndsWithAsync(peer, $"batch 2 from pc-733 at {peer.Address} was lost, and did not come again within 3 s");
        }
    }

    [Fact]
    public async Task What_is_missing_at_the_peer_is_sent_again_also_after_the_end()
    {
        await using var node = new TestNode();
        await using var peer = new Remote { AnswersClosing = false };
        await peer.StartReceiverAsync(node, new ExchangeSettings { Rounds = 2 });
        var link = peer.LastSender;
        peer.Tell(link, Remote.Batch(1, 1));
        Assert.Equal(1, (await peer.HearsAsync<CableBatch>()).Number);

        peer.Tell(link, new CableMissing { Received = 0 });
        Assert.Equal(1, (await peer.HearsAsync<CableBatch>()).Number);
        var second = Remote.Batch(2, 2);
        second.Received = 1;
        peer.Tell(link, second);
        Assert.Equal(2, (await peer.HearsAsync<CableBatch>()).Number);
        Assert.Equal("", (await peer.HearsAsync<CableClosed>()).Reason);
        peer.Tell(link, new CableMissing { Received = 1 });
        Assert.Equal(2, (await peer.HearsAsync<CableBatch>()).Number);
        peer.Tell(link, new CableClosed { Sent = 2, Received = 2 });
        Assert.False((await peer.HearsAsync<RunFinished>()).HasFailure);
    }

    [Fact]
    public async Task An_acknowledgment_of_what_was_never_sent_ends_the_run()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        await peer.StartReceiverAsync(node);

        peer.Tell(peer.LastSender, new CableStatus { Received = 1 });

        await EndsWithAsync(peer, $"pc-733 at {peer.Address} has batch 1, and only 0 were sent to it");
    }

    [Fact]
    public async Task A_node_reports_how_many_batches_it_has_sent()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        await peer.StartReceiverAsync(node);
        var link = peer.LastSender;
        peer.Tell(link, Remote.Batch(1, 1));

        await peer.HearsAsync<CableBatch>();

        Assert.Equal(1, (await peer.HearsAsync<CableStatus>()).Sent);
    }

    [Fact]
    public async Task A_peer_that_stays_away_ends_the_run_at_the_stated_time()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        var peer = new Remote();
        await StartAsync(node, runner, peer);

        await peer.DisposeAsync();

        var silent = new RunProgressed();
        while (silent.PeerSilentMs == 0)
            silent = await runner.HearsAsync<RunProgressed>();
        Assert.Equal($"pc-733 at {peer.Address} has not answered for 3 s", (await runner.HearsAsync<RunFinished>()).Failure);
    }

    [Theory]
    [InlineData(TransportKind.CableTcp)]
    [InlineData(TransportKind.DotNetty)]
    public async Task A_cut_connection_is_made_again_and_nothing_is_lost(TransportKind transport)
    {
        var port = TcpRelay.FreePort();
        using var relay = new TcpRelay(port);
        await using var sender = new TestNode(remoting: new RemotingSettings(HostPort.Loopback) { Transport = transport });
        await using var receiver = new TestNode(
            remoting: new RemotingSettings(new HostPort("127.0.0.1", port)) { Public = relay.At, Transport = transport });
        var progress = new Advances();
        using var cancel = new CancellationTokenSource();
        var nodes = new Dictionary<string, HostPort> { ["pc-733"] = sender.At, ["pc-350"] = relay.At };
        var run = new TwoProcessRun(new TwoProcessSettings { Nodes = nodes, Transport = transport }).RunAsync(
            new ExchangeSettings { Rounds = 0, Window = 30, FrameBytes = 100 }.ToExperiment(), progress, cancel.Token);

        // The cable and the runner's connection with the receiver, each time: whatever is on its way is lost. Both PCs look at each batch.
        for (var cut = 1; cut <= 3; cut++)
        {
            await progress.AdvancedAsync();
            relay.Cut();
            relay.Restore();
        }

        await progress.AdvancedAsync();
        await cancel.CancelAsync();
        var outcome = await run.WaitAsync(Remote.Patience);
        Assert.Equal("cancelled", outcome.Failure);
        Assert.StartsWith("{\"rounds\":", outcome.Sender.DeterministicJson, StringComparison.Ordinal);
        Assert.StartsWith("{\"rounds\":", outcome.Receiver.DeterministicJson, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_behind_relays_are_reached_by_their_public_addresses()
    {
        int[] ports = [TcpRelay.FreePort(), TcpRelay.FreePort()];
        using var first = new TcpRelay(ports[0]);
        using var second = new TcpRelay(ports[1]);
        await using var sender = new TestNode(remoting: new RemotingSettings(new HostPort("127.0.0.1", ports[0])) { Public = first.At });
        await using var receiver = new TestNode(remoting: new RemotingSettings(new HostPort("127.0.0.1", ports[1])) { Public = second.At });
        await using var runner = new Remote();

        await NodeServerTests.StartBothAsync(runner, sender, receiver, Remote.NewRunId(), new ExchangeSettings { Rounds = 20 });

        Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
        Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
        Assert.True(first.Connections >= 1 && second.Connections >= 2, "the runs went round the relays");
    }

    [Fact]
    public async Task A_nodes_own_peer_setting_goes_before_the_runners()
    {
        await using var receiver = new TestNode();
        await using var sender = new TestNode(peer: receiver.At);
        await using var runner = new Remote();
        var runId = Remote.NewRunId();
        var wrong = Address.Parse($"akka.tcp://testbed@127.0.0.1:{TcpRelay.FreePort()}");

        runner.Tell(sender, Remote.Prepare(runId, PcRole.Sender, wrong));
        runner.Tell(receiver, Remote.Prepare(runId, PcRole.Receiver, sender.Address));

        await runner.HearsAsync<RunPrepared>();
        await runner.HearsAsync<RunPrepared>();
    }

    [Theory]
    [InlineData(WireSerializer.WireIdentifier, "b", "a CableBatch of 3 bytes that is not readable")]
    [InlineData(WireSerializer.WireIdentifier, "what", "a message of an unknown kind 'what' (3 bytes)")]
    [InlineData(1, "Testbed.Tests.Protocol.WireSerializationTests+Canary, Testbed.Tests", "a message for Akka's 'json' serializer (3 bytes), which is switched off")]
    public async Task A_message_that_cannot_be_read_ends_the_run_on_both_sides(int serializerId, string manifest, string what)
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await using var peer = new Remote();
        await using var hostile = new Remote(RawMessage.StartSystem(serializerId));
        var runId = Remote.NewRunId();
        runner.Tell(node, Remote.Prepare(runId, PcRole.Sender, hostile.Address));

        // The hostile peer can only write raw bytes; the node under test says hello to it.
        await hostile.HearsAsync<CableHello>();
        var link = hostile.LastSender;
        hostile.Tell(link, new RawMessage(manifest, [255, 255, 255]));

        Assert.Equal($"pc-350 at {hostile.Address} sent {what}", (await runner.HearsAsync<RunRefused>()).Reason);
    }

    [Fact]
    public async Task An_unreadable_message_in_mid_run_is_reported_to_the_peer_as_well()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await using var hostile = new Remote(RawMessage.StartSystem(WireSerializer.WireIdentifier));
        var settings = new ExchangeSettings();
        var runId = Remote.NewRunId();
        runner.Tell(node, Remote.Prepare(runId, PcRole.Receiver, hostile.Address, settings));
        runner.Tell(node, new Ping());
        await runner.HearsAsync<Pong>();
        hostile.Tell(node, new RawMessage("hello", Wire.Write(Remote.Hello(runId, settings))));
        await hostile.HearsAsync<CableWelcome>();
        var link = hostile.LastSender;
        await runner.HearsAsync<RunPrepared>();
        runner.Tell(node, new StartRun { RunId = runId });

        hostile.Tell(link, new RawMessage("b", new byte[Wire.BatchLimitBytes + 1]));

        var expected = $"pc-733 at {hostile.Address} sent a CableBatch of {Wire.BatchLimitBytes + 1} bytes, of which {Wire.BatchLimitBytes} are allowed";
        Assert.Equal(expected, (await hostile.HearsAsync<CableClosed>()).Reason);
        Assert.Equal(expected, (await runner.HearsAsync<RunFinished>()).Failure);
    }

    [Fact]
    public async Task A_stranger_that_sends_garbage_disturbs_nobody()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        await using var hostile = new Remote(RawMessage.StartSystem(1));
        await peer.StartReceiverAsync(node, new ExchangeSettings { Rounds = 1 });
        var link = peer.LastSender;
        var json = """{"$type":"Testbed.Tests.Protocol.WireSerializationTests+Canary, Testbed.Tests"}"""u8.ToArray();

        foreach (var path in new[] { "/user/node", link.Path.ToStringWithoutAddress(), "/user", "/system", "/", "/remote", "/system/endpointManager" })
        {
            hostile.Tell(
                RemoteSystem.ActorAt(hostile.System, node.Address, path),
                new RawMessage("Testbed.Tests.Protocol.WireSerializationTests+Canary, Testbed.Tests", json));
        }

        peer.Tell(link, Remote.Batch(1, 1));
        Assert.False((await peer.HearsAsync<RunFinished>()).HasFailure);
    }

    [Fact]
    public async Task A_batch_that_is_too_large_ends_the_run_where_it_is_sent_and_at_the_peer()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();
        await using var runner = new Remote();

        await NodeServerTests.StartBothAsync(
            runner, sender, receiver, Remote.NewRunId(), new ExchangeSettings { FrameBytes = Wire.BatchLimitBytes });
        var failures = new[] { await runner.HearsFailureAsync(), await runner.HearsFailureAsync() };

        Assert.Contains(failures, f => f.StartsWith("a batch of ", StringComparison.Ordinal));
        Assert.Contains(failures, f => f.StartsWith("pc-733 ended the run: a batch of ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_batch_before_the_cable_is_joined_is_a_defect() =>
        Assert.Throws<InvalidOperationException>(() => new CableSender().Send(new CableBatch()));

    private static async Task StartAsync(TestNode node, Remote runner, Remote peer)
    {
        var runId = Remote.NewRunId();
        runner.Tell(node, Remote.Prepare(runId, PcRole.Receiver, peer.Address, wait: Least));
        runner.Tell(node, new Ping());
        await runner.HearsAsync<Pong>();
        peer.Tell(node, Remote.Hello(runId));
        await runner.HearsAsync<RunPrepared>();
        runner.Tell(node, new StartRun { RunId = runId });
        runner.StaysAround(node, runId);
        await runner.HearsAsync<RunProgressed>();
    }

    /// <summary>Notices that a run goes on.</summary>
    private sealed class Advances : IProgress<RunProgress>
    {
        private readonly Channel<long> _channel = Channel.CreateUnbounded<long>();
        private long _last;

        public void Report(RunProgress value)
        {
            if (value.BytesDelivered > _last)
                _channel.Writer.TryWrite(_last = value.BytesDelivered);
        }

        public async Task AdvancedAsync()
        {
            using var limit = new CancellationTokenSource(Remote.Patience);
            while (_channel.Reader.TryRead(out _))
            {
            }

            await _channel.Reader.ReadAsync(limit.Token);
        }
    }

    private static async Task EndsWithAsync(Remote peer, string reason)
    {
        Assert.Equal(reason, (await peer.HearsAsync<CableClosed>()).Reason);
        Assert.Equal(reason, (await peer.HearsAsync<RunFinished>()).Failure);
    }
}
