using Akka.Actor;
using Testbed.ExchangeNode;
using Testbed.Node.Remoting;
using Testbed.Protocol;

namespace Testbed.Tests.Remoting;

public class NodeServerTests
{
    [Fact]
    public async Task A_node_answers_a_ping_with_its_version()
    {
        await using var node = new TestNode(version: "9.9");
        await using var runner = new Remote();

        runner.Tell(node, new Ping());

        Assert.Equal("9.9", (await runner.HearsAsync<Pong>()).Version);
    }

    [Fact]
    public async Task Two_nodes_serve_two_experiments_in_a_row_and_leave_no_actor_behind()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();
        await using var runner = new Remote();

        for (var i = 0; i < 2; i++)
        {
            await StartBothAsync(runner, sender, receiver, Remote.NewRunId(), new ExchangeSettings { Rounds = 50 + i });
            foreach (var finished in new[] { await runner.HearsAsync<RunFinished>(), await runner.HearsAsync<RunFinished>() })
            {
                Assert.Equal("", finished.Failure);
                Assert.Equal($$"""{"rounds":{{50 + i}}}""", finished.DeterministicJson);
            }

            Assert.Empty(((ActorRefWithCell)sender.Server).Children);
            Assert.Empty(((ActorRefWithCell)receiver.Server).Children);
        }
    }

    [Fact]
    public async Task Roles_may_be_exchanged_between_experiments()
    {
        await using var first = new TestNode();
        await using var second = new TestNode();
        await using var runner = new Remote();

        foreach (var (sender, receiver) in new[] { (first, second), (second, first), (first, second) })
        {
            await StartBothAsync(runner, sender, receiver, Remote.NewRunId(), new ExchangeSettings { Rounds = 10 });
            Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
            Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
        }
    }

    [Fact]
    public async Task A_busy_node_refuses_another_runner_and_says_for_whom_it_is_busy()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await using var other = new Remote();
        var runId = await runner.StartReceiverAsync(node);

        other.Tell(node, Remote.Prepare(Remote.NewRunId(), PcRole.Sender, other.Address));
        var refused = await other.HearsAsync<RunRefused>();

        Assert.Equal($"it is busy with exchange for {runner.Address}", refused.Reason);
        runner.Tell(node, new AbortRun { RunId = runId, Reason = "enough" });
        Assert.Equal("enough", (await runner.HearsAsync<RunFinished>()).Failure);
    }

    [Fact]
    public async Task A_stranger_cannot_abort_a_run_whose_id_it_does_not_know()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await using var other = new Remote();
        var runId = await runner.StartReceiverAsync(node, new ExchangeSettings { Rounds = 1 });
        var link = runner.LastSender;

        other.Tell(node, new AbortRun { RunId = Remote.NewRunId(), Reason = "no" });
        Assert.Equal("it has no such run", (await other.HearsAsync<RunRefused>()).Reason);

        runner.Tell(link, Remote.Batch(1, 1));
        Assert.False((await runner.HearsAsync<RunFinished>()).HasFailure);
        Assert.NotEmpty(runId);
    }

    [Fact]
    public async Task A_node_whose_runner_stays_away_ends_the_run_and_serves_the_next()
    {
        await using var node = new TestNode();
        await using var peer = new Remote();
        var stale = new Remote();
        var runId = Remote.NewRunId();
        stale.Tell(node, Remote.Prepare(runId, PcRole.Receiver, peer.Address, wait: TimeSpan.FromSeconds(3)));
        stale.Tell(node, new Ping());
        await stale.HearsAsync<Pong>();
        peer.Tell(node, Remote.Hello(runId));
        await stale.HearsAsync<RunPrepared>();
        await peer.HearsAsync<CableWelcome>();
        peer.StaysAround(peer.LastSender);
        stale.Tell(node, new StartRun { RunId = runId });
        await stale.HearsAsync<RunProgressed>();

        await stale.DisposeAsync();

        Assert.Equal("the runner has not been heard of for 3 s", (await peer.HearsAsync<CableClosed>()).Reason);
        await using var next = new Remote();
        var nextRun = await next.StartReceiverAsync(node, new ExchangeSettings { Rounds = 1 });
        next.Tell(next.LastSender, Remote.Batch(1, 1));
        Assert.Equal(nextRun, (await next.HearsAsync<RunFinished>()).RunId);
    }

    [Fact]
    public async Task A_node_whose_runner_has_gone_before_the_start_is_free_again()
    {
        await using var node = new TestNode();
        var stale = new Remote();
        stale.Tell(node, Remote.Prepare(Remote.NewRunId(), PcRole.Receiver, stale.Address, wait: TimeSpan.FromHours(1)));
        stale.Tell(node, new Ping());
        await stale.HearsAsync<Pong>();

        await stale.DisposeAsync();

        await using var next = new Remote();
        var deadline = DateTime.UtcNow + Remote.Patience;
        while (true)
        {
            // The node learns of the end through the connection; until then it is busy, and says so.
            Assert.True(DateTime.UtcNow < deadline);
            var runId = Remote.NewRunId();
            next.Tell(node, Remote.Prepare(runId, PcRole.Receiver, next.Address));
            next.Tell(node, Remote.Hello(runId));
            var answer = await next.HearsAsync<Google.Protobuf.IMessage>();
            if (answer is not RunRefused refused)
                break;
            Assert.StartsWith("it is busy", refused.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_experiment_that_no_pc_can_be_made_of_is_refused_with_the_reason()
    {
        await using var node = new TestNode((_, _, _, _, _) => throw new FormatException("nettest.chunk: 0 B is\ntoo small"));
        await using var runner = new Remote();

        runner.Tell(node, Remote.Prepare(Remote.NewRunId(), PcRole.Sender, runner.Address));

        Assert.Equal("nettest.chunk: 0 B is too small", (await runner.HearsAsync<RunRefused>()).Reason);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("hash")]
    [InlineData("id")]
    [InlineData("role")]
    [InlineData("peer")]
    [InlineData("wait")]
    public async Task A_request_that_does_not_fit_is_refused_with_the_reason(string what)
    {
        await using var node = new TestNode(version: "1.0");
        await using var runner = new Remote();
        var prepare = Remote.Prepare(Remote.NewRunId(), PcRole.Sender, runner.Address, version: "1.0");
        var expected = what switch
        {
            "version" => (prepare.Version = "2.0", "it is version 1.0, the runner 2.0").Item2,
            "hash" => (prepare.Experiment += " ", "the experiment does not have the hash that was sent with it").Item2,
            "id" => (prepare.RunId = "../x", "the run's id is not 32 hexadecimal digits").Item2,
            "role" => (prepare.Role = PcRole.Unspecified, "it was given no role").ToTuple().Item2,
            "peer" => (prepare.PeerAddress = "nowhere", "'nowhere' is no address of a peer").Item2,
            _ => (prepare.WaitMs = 0, "a wait of 0 ms is not between 1 ms and a day").ToTuple().Item2,
        };

        runner.Tell(node, prepare);

        Assert.Equal(expected, (await runner.HearsAsync<RunRefused>()).Reason);
    }

    [Fact]
    public async Task A_failing_pc_ends_the_run_on_both_nodes_with_its_reason()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();
        await using var runner = new Remote();

        await StartBothAsync(runner, sender, receiver, Remote.NewRunId(), new ExchangeSettings { Rounds = 0, FailAt = 5 });
        var failures = new[] { (await runner.HearsAsync<RunFinished>()).Failure, (await runner.HearsAsync<RunFinished>()).Failure };

        Assert.Contains("told to fail in round 5", failures);
        Assert.Contains("pc-733 ended the run: told to fail in round 5", failures);
    }

    [Fact]
    public async Task A_pc_that_does_not_stop_keeps_its_node_busy_and_the_runner_is_told()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        var runId = await runner.StartReceiverAsync(node, new ExchangeSettings { Rounds = 0, Deaf = true });

        runner.Tell(node, new AbortRun { RunId = runId, Reason = "enough" });

        Assert.Contains("did not stop within 5 s", (await runner.HearsAsync<RunFinished>()).Failure, StringComparison.Ordinal);
        runner.Tell(node, Remote.Prepare(Remote.NewRunId(), PcRole.Sender, runner.Address));
        Assert.StartsWith("it is busy", (await runner.HearsAsync<RunRefused>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_shut_down_ends_its_run_and_tells_the_runner()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        await runner.StartReceiverAsync(node);
        await runner.HearsAsync<RunProgressed>();

        await node.Server.Ask<NodeServer.Stopped>(NodeServer.Shutdown.Instance, Remote.Patience);

        Assert.Equal("the node is shutting down", (await runner.HearsAsync<RunFinished>()).Failure);
    }

    internal static async Task StartBothAsync(Remote runner, TestNode sender, TestNode receiver, string runId, ExchangeSettings settings)
    {
        runner.Tell(sender, Remote.Prepare(runId, PcRole.Sender, receiver.Address, settings));
        runner.Tell(receiver, Remote.Prepare(runId, PcRole.Receiver, sender.Address, settings));
        await runner.HearsAsync<RunPrepared>();
        await runner.HearsAsync<RunPrepared>();
        runner.Tell(sender, new StartRun { RunId = runId });
        runner.Tell(receiver, new StartRun { RunId = runId });
    }

    [Fact]
    public async Task A_result_that_was_lost_on_its_way_is_sent_again_and_an_unknown_run_refused()
    {
        await using var node = new TestNode();
        await using var runner = new Remote();
        var runId = await runner.StartReceiverAsync(node, new ExchangeSettings { Rounds = 1 });
        var link = runner.LastSender;
        runner.Tell(node, new Ping { RunId = runId });
        await runner.HearsAsync<Pong>();
        runner.Tell(link, Remote.Batch(1, 1));
        var finished = await runner.HearsAsync<RunFinished>();

        runner.Tell(node, new Ping { RunId = runId });
        Assert.Equal(finished, await runner.HearsAsync<RunFinished>());
        runner.Tell(node, new Ping { RunId = Remote.NewRunId() });
        Assert.Equal("it no longer has the run", await runner.HearsRefusalAsync());
    }
}
