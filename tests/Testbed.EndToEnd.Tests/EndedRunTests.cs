using System.Diagnostics;
using Testbed.Node.Results;
using Testbed.Tests.Results;

namespace Testbed.EndToEnd.Tests;

/// <summary>Runs that do not come to their end: what is said, what is kept, and that nothing stays behind.</summary>
public sealed class EndedRunTests : IDisposable
{
    // Long before silence would be given up, also on a machine that is short of processors.
    private static readonly TimeSpan Noticed = TimeSpan.FromSeconds(10);

    // More than any of these tests waits for.
    private static readonly string[] Long = ["run", "native-733-to-350", "--set", "nettest.bytes=1000MiB"];

    private readonly RunOutput _output = new();

    public void Dispose() => _output.Dispose();

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_killed_node_ends_the_run(int which)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        await using var runner = TestProgram.StartTestbed([.. Long, "--out", _output.Folder]);
        await runner.UnderWayAsync();
        var nodes = Proc.ChildrenOf(runner.Id);
        Assert.Equal(2, nodes.Count);

        var killed = Stopwatch.GetTimestamp();
        await Proc.SignalAsync("KILL", nodes[which]);
        var exitCode = await runner.EndedAsync();

        Assert.InRange(Stopwatch.GetElapsedTime(killed), TimeSpan.Zero, Noticed);
        Assert.Equal(1, exitCode);
        var line = Assert.Single(WithoutProgress(runner));
        Assert.Equal($"testbed: the run failed: the node of {(which == 0 ? "pc-733" : "pc-350")} was killed (SIGKILL)", line);
        Assert.All(nodes, node => Assert.False(Proc.Runs(node)));
        var result = await PartialAsync();
        Assert.True(result.Deterministic.VirtualSeconds > 0, "the other node said how far it had come");
        Assert.Single(result.Deterministic.Nodes);
    }

    [SkippableTheory]
    [InlineData(0, "native-733-to-350", "nettest.bytes=4KiB")]
    [InlineData(2, "native-733-to-350", "nettest.bites=4KiB")]
    [InlineData(2, "native-733-to-351", "nettest.bytes=4KiB")]
    public async Task No_process_is_left_when_the_runner_has_ended(int expected, string experiment, string set)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        var mark = $"TESTBED_TEST={Guid.NewGuid()}";
        await using var runner = TestProgram.StartBy(["env", mark], "testbed", "run", experiment, "--set", set, "--out", _output.Folder);

        Assert.Equal(expected, await runner.EndedAsync());

        Assert.Empty(Proc.WithEnvironment(mark));
    }

    [SkippableFact]
    public async Task Ctrl_c_ends_a_run_in_good_order()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        await using var runner = TestProgram.StartTestbed([.. Long, "--out", _output.Folder]);
        await runner.UnderWayAsync();
        var nodes = Proc.ChildrenOf(runner.Id);
        Assert.Equal(2, nodes.Count);

        // A terminal sends it to all of its processes.
        await Proc.SignalAsync("INT", [runner.Id, .. nodes]);
        Assert.Equal(1, await runner.EndedAsync());

        Assert.Equal(["", "Ending the run; Ctrl-C again kills it.", "testbed: the run failed: cancelled"], WithoutProgress(runner));
        Assert.All(nodes, node => Assert.False(Proc.Runs(node)));
        var result = await PartialAsync();
        Assert.Equal(2, result.Deterministic.Nodes.Count);
        Assert.True(result.Deterministic.BytesDelivered > 0);
    }

    [SkippableFact]
    public async Task Ctrl_c_ends_a_run_in_one_process_too()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "signals");
        await using var runner = TestProgram.StartTestbed([.. Long, "--in-process", "--out", _output.Folder]);
        await runner.UnderWayAsync();

        await Proc.SignalAsync("INT", runner.Id);
        Assert.Equal(1, await runner.EndedAsync());

        Assert.Equal("testbed: the run failed: cancelled", WithoutProgress(runner)[^1]);
        Assert.True((await PartialAsync()).Deterministic.BytesDelivered > 0);
    }

    [SkippableFact]
    public async Task A_killed_runner_leaves_no_node_and_a_result_that_says_so()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        await using var runner = TestProgram.StartTestbed([.. Long, "--out", _output.Folder]);
        await runner.UnderWayAsync();
        var nodes = Proc.ChildrenOf(runner.Id);
        Assert.Equal(2, nodes.Count);

        runner.Kill();

        try
        {
            await Proc.GoneAsync(nodes, TimeSpan.FromSeconds(10));
        }
        finally
        {
            // They are nobody's children now.
            await Proc.SignalAsync("KILL", nodes.Where(Proc.Runs));
        }

        Assert.Equal("the runner ended before the run did", (await PartialAsync()).Failure);
    }

    [Theory]
    [InlineData("--in-process")]
    [InlineData("--quiet")]
    public async Task A_run_that_reaches_the_limit_of_virtual_time_has_failed(string mode)
    {
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(
            "run", "native-733-to-350", "--set", "virtual-limit=150ms", mode, "--out", _output.Folder);

        Assert.Equal(1, exitCode);
        Assert.Contains("the experiment had not ended after 0.15", Assert.Single(errors, IsNoProgress), StringComparison.Ordinal);
        var result = await PartialAsync();
        Assert.InRange(result.Deterministic.VirtualSeconds, 0.14m, 0.15m);
        Assert.Equal(2, result.Deterministic.Nodes.Count);
    }

    [Fact]
    public async Task A_node_that_never_appears_ends_the_run_at_the_stated_time()
    {
        var ports = (Testbed.Tests.Remoting.TcpRelay.FreePort(), Testbed.Tests.Remoting.TcpRelay.FreePort());
        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(
            "run", "ping", "--node", $"pc-733=127.0.0.1:{ports.Item1}", "--node", $"pc-350=127.0.0.1:{ports.Item2}", "--wait", "1.5 s", "--out", _output.Folder);

        Assert.Equal(1, exitCode);
        Assert.Contains("did not answer within 1.5 s", Assert.Single(errors, IsNoProgress), StringComparison.Ordinal);
        await PartialAsync();
    }

    private static bool IsNoProgress(string line) => !line.Contains(" s virtual, ", StringComparison.Ordinal);

    private static List<string> WithoutProgress(TestProgram program) => [.. program.ErrorLines.Where(IsNoProgress)];

    private async Task<RunResult> PartialAsync()
    {
        await ResultSchema.AssertValidAsync(_output.Text);
        var result = _output.Result;
        Assert.True(result.Partial);
        Assert.NotNull(result.Failure);
        return result;
    }
}
