using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Testbed.ExchangeNode;
using Testbed.Node.Experiments;
using Testbed.Node.Remoting;
using Testbed.Runner.TwoProcesses;

namespace Testbed.Tests.Remoting;

public sealed class TwoProcessRunTests : IDisposable
{
    private static readonly string ExchangeNodeProgram = Path.Combine(AppContext.BaseDirectory, "Testbed.ExchangeNode.dll");

    private readonly StringWriter _messages = new();

    private TwoProcessSettings Local => new()
    {
        NodeProgram = ExchangeNodeProgram,
        Messages = TextWriter.Synchronized(_messages),
        NodeArguments = _ => ["--wait", "20 s"],
    };

    public void Dispose() => _messages.Dispose();

    [Theory]
    [InlineData(TransportKind.CableTcp, 1)]
    [InlineData(TransportKind.CableUnix, 30)]
    [InlineData(TransportKind.DotNetty, 30)]
    public async Task An_experiment_runs_to_its_end_in_two_processes(TransportKind transport, int window)
    {
        var progress = new Reports();
        var outcome = await new TwoProcessRun(Local with { Transport = transport }).RunAsync(
            new ExchangeSettings { Rounds = 500, Window = window }.ToExperiment(), progress, CancellationToken.None);

        Assert.Null(outcome.Failure);
        Assert.Equal("""{"rounds":500}""", outcome.Sender.DeterministicJson);
        Assert.Equal("""{"rounds":500}""", outcome.Receiver.DeterministicJson);
        Assert.Equal("two-processes", outcome.Mode);
        Assert.InRange(outcome.WallSeconds, 0.1, 60);
        Assert.Equal("", _messages.ToString());
    }

    [Fact]
    public async Task A_killed_node_is_noticed_the_other_is_ended_and_no_process_is_left()
    {
        var progress = new Reports();
        var run = new TwoProcessRun(Local).RunAsync(new ExchangeSettings { Rounds = 0 }.ToExperiment(), progress, CancellationToken.None);
        await progress.AdvancedAsync();
        var nodes = NodesOf(Environment.ProcessId);
        Assert.Equal(2, nodes.Count);

        var start = Stopwatch.GetTimestamp();
        nodes[1].Kill();
        var outcome = await run.WaitAsync(Remote.Patience);

        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 5);
        Assert.Matches(@"^the node of pc-(733|350) was killed \(SIGKILL\)$", outcome.Failure);
        var survivors = new[] { outcome.Sender, outcome.Receiver }.Where(o => o.DeterministicJson.Length > 0).ToList();
        Assert.True(survivors.Count == 1, $"{outcome.Sender}\n{outcome.Receiver}\n{_messages}");
        var survivor = survivors[0];
        Assert.StartsWith("{\"rounds\":", survivor.DeterministicJson, StringComparison.Ordinal);
        Assert.NotNull(survivor.Failure);
        Assert.All(nodes, n => Assert.True(n.HasExited));
    }

    [Fact]
    public async Task A_cancelled_run_keeps_what_both_pcs_came_to()
    {
        using var cancel = new CancellationTokenSource();
        var progress = new Reports();
        var run = new TwoProcessRun(Local).RunAsync(new ExchangeSettings { Rounds = 0 }.ToExperiment(), progress, cancel.Token);
        await progress.AdvancedAsync();

        await cancel.CancelAsync();
        var outcome = await run.WaitAsync(Remote.Patience);

        Assert.Equal("cancelled", outcome.Failure);
        Assert.StartsWith("{\"rounds\":", outcome.Sender.DeterministicJson, StringComparison.Ordinal);
        Assert.StartsWith("{\"rounds\":", outcome.Receiver.DeterministicJson, StringComparison.Ordinal);
        Assert.Empty(NodesOf(Environment.ProcessId));
    }

    [Fact]
    public async Task A_run_that_was_made_ready_leaves_nothing_when_it_is_disposed()
    {
        var mode = new TwoProcessRun(Local);
        mode.GetReady();
        var system = await mode.Ready!;

        var outcome = await mode.RunAsync(new ExchangeSettings { Rounds = 30 }.ToExperiment(), new Reports(), CancellationToken.None);
        Assert.Null(mode.Ready);
        await mode.DisposeAsync();

        Assert.Null(outcome.Failure);
        Assert.True(system.WhenTerminated.IsCompleted);
        Assert.Empty(NodesOf(Environment.ProcessId));
    }

    [Fact]
    public async Task What_was_made_ready_and_not_used_is_ended()
    {
        var mode = new TwoProcessRun(Local);
        mode.GetReady();
        var system = await mode.Ready!;

        await mode.DisposeAsync();

        Assert.True(system.WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task What_is_not_yet_ready_and_not_wanted_is_ended_when_it_is()
    {
        var mode = new TwoProcessRun(Local);
        mode.GetReady();
        var starting = mode.Ready!;

        await mode.DisposeAsync();

        var system = await starting.WaitAsync(Remote.Patience);
        await system.WhenTerminated.WaitAsync(Remote.Patience);
    }

    [Fact]
    public async Task Where_this_process_cannot_listen_the_run_says_so_and_no_node_is_left()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var at = new HostPort("127.0.0.1", ((IPEndPoint)taken.LocalEndpoint).Port);
        await using var mode = new TwoProcessRun(Local with { Transport = TransportKind.CableTcp, Bind = at });
        mode.GetReady();

        await Assert.ThrowsAsync<RemotingException>(() => mode.RunAsync(new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None));
        await mode.DisposeAsync();

        Assert.Empty(NodesOf(Environment.ProcessId));
    }

    [Fact]
    public async Task A_node_that_does_not_come_up_is_reported_with_its_own_words()
    {
        var settings = Local with { NodeArguments = role => role == Role.Receiver ? ["--frobnicate"] : [] };

        var outcome = await new TwoProcessRun(settings).RunAsync(new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None);

        Assert.StartsWith("the node for pc-350 ended before it listened: ", outcome.Failure, StringComparison.Ordinal);
        Assert.Contains("--frobnicate", outcome.Failure, StringComparison.Ordinal);
        Assert.Contains("pc-350: ", _messages.ToString(), StringComparison.Ordinal);
        Assert.Empty(NodesOf(Environment.ProcessId));
    }

    [Fact]
    public async Task A_missing_node_program_is_reported()
    {
        var settings = Local with { NodeProgram = "/no/such/program" };

        var outcome = await new TwoProcessRun(settings).RunAsync(new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None);

        Assert.Contains("/no/such/program", outcome.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_were_started_by_hand_are_used_and_left_running()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();
        var mode = new TwoProcessRun(new TwoProcessSettings { Nodes = Nodes(sender.At, receiver.At) });

        for (var i = 0; i < 2; i++)
        {
            var outcome = await mode.RunAsync(new ExchangeSettings { Rounds = 30 }.ToExperiment(), new Reports(), CancellationToken.None);
            Assert.Null(outcome.Failure);
            Assert.Equal("nodes", outcome.Mode);
        }
    }

    [Fact]
    public async Task The_reason_of_a_failing_pc_is_the_runs()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();

        var outcome = await new TwoProcessRun(new TwoProcessSettings { Nodes = Nodes(sender.At, receiver.At) }).RunAsync(
            new ExchangeSettings { FailAt = 7 }.ToExperiment(), new Reports(), CancellationToken.None);

        Assert.EndsWith("told to fail in round 7", outcome.Failure, StringComparison.Ordinal);
        Assert.Equal("""{"rounds":6}""", outcome.Sender.DeterministicJson);
    }

    [Fact]
    public async Task A_node_that_never_answers_ends_the_wait_at_the_stated_time()
    {
        await using var sender = new TestNode();
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var at = new HostPort("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port);
        var settings = new TwoProcessSettings { Nodes = Nodes(sender.At, at), Wait = TimeSpan.FromSeconds(1.5) };

        var outcome = await new TwoProcessRun(settings).RunAsync(new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None);

        Assert.StartsWith($"pc-350 at akka.tcp://testbed@{at} did not answer within 1.5 s", outcome.Failure, StringComparison.Ordinal);
        Assert.Equal(outcome.Failure, outcome.Sender.Failure);
    }

    [Fact]
    public async Task A_node_of_another_version_is_refused()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode(version: "0.0.1");

        var outcome = await new TwoProcessRun(new TwoProcessSettings { Nodes = Nodes(sender.At, receiver.At) }).RunAsync(
            new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None);

        Assert.Equal($"pc-350 at {receiver.Address} is version 0.0.1, this is {ProgramVersion.Current}", outcome.Failure);
    }

    [Fact]
    public async Task A_busy_node_is_reported_and_the_other_freed()
    {
        await using var sender = new TestNode();
        await using var receiver = new TestNode();
        await using var other = new Remote();
        await other.StartReceiverAsync(receiver);
        var mode = new TwoProcessRun(new TwoProcessSettings { Nodes = Nodes(sender.At, receiver.At) });

        var outcome = await mode.RunAsync(new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None);

        Assert.Equal($"pc-350 at {receiver.Address} refused the run: it is busy with exchange for {other.Address}", outcome.Failure);
        await using var third = new TestNode();
        var next = await new TwoProcessRun(new TwoProcessSettings { Nodes = Nodes(sender.At, third.At) }).RunAsync(
            new ExchangeSettings { Rounds = 5 }.ToExperiment(), new Reports(), CancellationToken.None);
        Assert.Null(next.Failure);
    }

    [Theory]
    [InlineData("pc-733")]
    [InlineData("pc-733=host")]
    [InlineData("pc-733=host:0")]
    [InlineData("=host:1")]
    public void A_node_that_is_not_name_and_address_is_refused(string text) =>
        Assert.StartsWith("--node: ", Assert.Throws<FormatException>(() => TwoProcessSettings.ParseNode(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Nodes_for_other_pcs_than_the_experiments_are_refused()
    {
        var settings = new TwoProcessSettings
        {
            Nodes = new Dictionary<string, HostPort> { ["pc-733"] = new("127.0.0.1", 1), ["pc-351"] = new("127.0.0.1", 2) },
        };

        var e = await Assert.ThrowsAsync<FormatException>(() => new TwoProcessRun(settings).RunAsync(
            new ExchangeSettings().ToExperiment(), new Reports(), CancellationToken.None));
        Assert.Equal("--node: there is none for pc-350, the experiment's receiver; given: pc-351, pc-733", e.Message);
    }

    [Fact]
    public void The_node_program_is_found_beside_the_runner_with_all_that_it_needs()
    {
        var program = NodeExecutable.Find();

        Assert.True(File.Exists(program));
        Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, "Testbed.Node.deps.json")));
    }

    private static Dictionary<string, HostPort> Nodes(HostPort sender, HostPort receiver) =>
        new() { ["pc-733"] = sender, ["pc-350"] = receiver };

    // The nodes that this very process has started, and that still run.
    private static List<Process> NodesOf(int parent)
    {
        List<Process> nodes = [];
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(d => int.TryParse(Path.GetFileName(d), out _)))
        {
            try
            {
                var stat = File.ReadAllText(Path.Combine(folder, "stat"));
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                var commandLine = File.ReadAllText(Path.Combine(folder, "cmdline"));
                if (fields[1] == $"{parent}" && fields[0] != "Z" && commandLine.Contains("Testbed.ExchangeNode", StringComparison.Ordinal))
                    nodes.Add(Process.GetProcessById(int.Parse(Path.GetFileName(folder), System.Globalization.CultureInfo.InvariantCulture)));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                // It has ended meanwhile.
            }
        }

        return nodes;
    }

    private sealed class Reports : IProgress<RunProgress>
    {
        private readonly TaskCompletionSource _advanced = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task AdvancedAsync() => _advanced.Task.WaitAsync(Remote.Patience);

        public void Report(RunProgress value)
        {
            if (value.BytesDelivered > 0 && value.Now.Nanoseconds > 0)
                _advanced.TrySetResult();
        }
    }
}
