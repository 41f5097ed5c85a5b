using System.Diagnostics;
using Testbed.Tests.Results;

namespace Testbed.EndToEnd.Tests;

/// <summary>
/// Faults of the machines and the network that the testbed itself runs on: a run either ends with the result of an undisturbed one, to the byte, or
/// with one line, exit code 1 and what there is. Killed processes are in <see cref="EndedRunTests"/>, slow networks in <see cref="NodesByHandTests"/>.
/// </summary>
public sealed class RealFaultTests : IDisposable
{
    private const string Experiment = "native-733-to-350";

    private static readonly string[] Long = [Experiment, "--set", "nettest.bytes=1000MiB"];
    private static readonly string[] Short = [Experiment, "--set", "nettest.bytes=1MiB"];

    // Long enough to be disturbed in the middle, the one on a network that takes its time.
    private static readonly string[] Middling = [Experiment, "--set", "nettest.bytes=60MiB"];
    private static readonly string[] Slow = [Experiment, "--set", "nettest.bytes=2MiB"];
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(2);

    private readonly RunOutput _output = new();

    public void Dispose() => _output.Dispose();

    [SkippableTheory]
    [InlineData(0, "pc-733")]
    [InlineData(1, "pc-350")]
    public async Task A_node_that_is_frozen_and_thawed_changes_nothing(int which, string pc)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        await using var runner = TestProgram.StartTestbed(["run", .. Middling, "--out", _output.Folder]);
        await runner.UnderWayAsync();
        var nodes = Proc.ChildrenOf(runner.Id);
        Assert.Equal(2, nodes.Count);

        await Proc.SignalAsync("STOP", nodes[which]);
        await runner.ErrorLineAsync(line =>
            IsAboutSilence(line) && line.Contains($" MiB; {pc} has not answered for ", StringComparison.Ordinal)
            && line.EndsWith(" s; waiting until 30 s", StringComparison.Ordinal));
        await Proc.SignalAsync("CONT", nodes[which]);

        await EndedAsIfUndisturbedAsync(runner, Middling);
        Assert.All(nodes, node => Assert.False(Proc.Runs(node)));
    }

    [SkippableTheory]
    [InlineData(0, "pc-733")]
    [InlineData(1, "pc-350")]
    public async Task A_node_that_stays_frozen_ends_the_run_at_the_limit(int which, string pc)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "looks for processes in /proc");
        await using var runner = TestProgram.StartTestbed(["run", .. Long, "--wait", "15s", "--out", _output.Folder]);
        await runner.UnderWayAsync();
        var nodes = Proc.ChildrenOf(runner.Id);
        Assert.Equal(2, nodes.Count);

        await Proc.SignalAsync("STOP", nodes[which]);

        await FailedAsync(runner, $"{pc} has not answered for 15 s");
        Assert.Contains(
            runner.ErrorLines,
            line => line.Contains($"; {pc} has not answered for ", StringComparison.Ordinal) && line.EndsWith(" s; waiting until 15 s", StringComparison.Ordinal));
        Assert.All(nodes, node => Assert.False(Proc.Runs(node)));
    }

    [Theory]
    [InlineData("cable-tcp")]
    [InlineData("dotnetty")]
    public async Task A_connection_that_is_cut_and_restored_changes_nothing(string transport)
    {
        await using var nodes = await RelayedNodes.StartAsync(transport, () => Delay);
        await using var runner = TestProgram.StartTestbed(["run", .. Slow, .. nodes.Options, "--transport", transport, "--out", _output.Folder]);
        await runner.UnderWayAsync();

        nodes.Cut();
        await runner.ErrorLineAsync(IsAboutSilence);
        nodes.Restore();

        await EndedAsIfUndisturbedAsync(runner, Slow);
    }

    [Fact]
    public async Task A_connection_that_stays_cut_ends_the_run_at_the_limit_and_the_nodes_serve_the_next()
    {
        await using var nodes = await RelayedNodes.StartAsync("cable-tcp");
        await using var runner = TestProgram.StartTestbed(["run", .. Long, .. nodes.Options, "--wait", "15s", "--out", _output.Folder]);
        await runner.UnderWayAsync();

        nodes.Cut();

        await FailedAsync(runner, "pc-733 and pc-350 have not answered for 15 s");
        nodes.Restore();

        // They give up by themselves, and need no more than a while for it.
        int exitCode;
        using var next = new RunOutput();
        var asked = Stopwatch.GetTimestamp();
        do
            (exitCode, _, _) = await TestProgram.RunTestbedAsync(["run", .. Short, .. nodes.Options, "--quiet", "--out", next.Folder]);
        while (exitCode == 1 && next.Result.Failure!.Contains("it is busy with", StringComparison.Ordinal)
            && Stopwatch.GetElapsedTime(asked) < TestProgram.Patience);
        Assert.Equal(0, exitCode);
    }

    [SkippableFact]
    public async Task A_plug_that_is_pulled_and_put_back_changes_nothing()
    {
        using var network = TwoNamespaces.Create(out var reason);
        Skip.If(network is null, $"no network namespaces here: {reason}");
        await using var sender = TestProgram.StartBy(network.InFirst, "Testbed.Node", "--bind", $"{TwoNamespaces.FirstAddress}:4733");
        await using var receiver = TestProgram.StartBy(network.InSecond, "Testbed.Node", "--bind", $"{TwoNamespaces.SecondAddress}:4733");
        await TestProgram.ListeningAsync(sender, receiver);
        await using var runner = TestProgram.StartBy(
            network.InFirst,
            "testbed",
            [
                "run", .. Middling, "--out", _output.Folder,
                "--node", $"pc-733={TwoNamespaces.FirstAddress}:4733", "--node", $"pc-350={TwoNamespaces.SecondAddress}:4733",
            ]);
        await runner.UnderWayAsync();

        network.Unplug();
        await runner.ErrorLineAsync(IsAboutSilence);
        network.Plug();

        await EndedAsIfUndisturbedAsync(runner, Middling);
    }

    [SkippableFact]
    public async Task A_disk_that_fills_during_the_run_leaves_no_result_that_looks_whole()
    {
        using var disk = SmallDisk.Mount(_output.Root, out var reason);
        Skip.If(disk is null, $"no small disk here: {reason}");
        await using var runner = TestProgram.StartTestbed(["run", .. Middling, "--in-process", "--out", disk.RunFolder]);
        await disk.RunHasBegunAsync();

        disk.Fill();
        Assert.Equal(1, await runner.EndedAsync());

        Assert.Matches("^testbed: .*: the run's folder cannot be written: No space left on device", Assert.Single(runner.ErrorLines, IsNoProgress));
        Assert.Equal(["experiment.conf", "result.json"], disk.Files);
        await AssertPartialAsync(await File.ReadAllTextAsync(disk.ResultFile));
    }

    [SkippableFact]
    public async Task A_recording_that_has_no_room_leaves_the_result_and_no_half_a_file()
    {
        using var disk = SmallDisk.Mount(_output.Root, out var reason);
        Skip.If(disk is null, $"no small disk here: {reason}");

        var (exitCode, _, errors) = await TestProgram.RunTestbedAsync(["run", .. Short, "--pcap", "--in-process", "--quiet", "--out", disk.RunFolder]);

        Assert.Equal(1, exitCode);
        Assert.Matches("^testbed: .*: the run's folder cannot be written: No space left on device", Assert.Single(errors));
        Assert.Equal(["experiment.conf", "result.json"], disk.Files);
        Assert.Equal(
            await RunOutput.DeterministicOfAsync([.. Short, "--in-process"]), RunOutput.Deterministic(await File.ReadAllTextAsync(disk.ResultFile)));
    }

    [SkippableFact]
    public async Task A_summary_that_cannot_be_written_is_one_line_and_the_result_is_kept()
    {
        Skip.IfNot(File.Exists("/dev/full"), "no /dev/full");
        await using var runner = TestProgram.StartBy(
            ["sh", "-c", "exec \"$0\" \"$@\" > /dev/full"], "testbed", ["run", .. Short, "--in-process", "--quiet", "--out", _output.Folder]);

        Assert.Equal(1, await runner.EndedAsync());

        Assert.Equal("testbed: No space left on device", Assert.Single(runner.ErrorLines));
        Assert.False(_output.Result.Partial);
    }

    // In mid-run: a process that is slow to start is waited for as well.
    private static bool IsAboutSilence(string line) =>
        line.Contains("; waiting until ", StringComparison.Ordinal) && !line.Contains(" 0.0 of ", StringComparison.Ordinal);

    private static bool IsNoProgress(string line) => !line.Contains(" s virtual, ", StringComparison.Ordinal);

    private static async Task AssertPartialAsync(string text)
    {
        await ResultSchema.AssertValidAsync(text);
        var result = Testbed.Node.Results.RunResult.Parse(text);
        Assert.True(result.Partial);
        Assert.NotNull(result.Failure);
    }

    private async Task EndedAsIfUndisturbedAsync(TestProgram runner, string[] run)
    {
        var exitCode = await runner.EndedAsync();
        Assert.True(exitCode == 0, string.Join('\n', runner.ErrorLines));
        Assert.DoesNotContain(runner.ErrorLines, IsNoProgress);
        Assert.Equal(await RunOutput.DeterministicOfAsync([.. run, "--in-process"]), RunOutput.Deterministic(_output.Text));
    }

    private async Task FailedAsync(TestProgram runner, string reason)
    {
        Assert.Equal(1, await runner.EndedAsync());
        Assert.True(
            $"testbed: the run failed: {reason}" == Assert.Single(runner.ErrorLines, IsNoProgress), string.Join('\n', runner.ErrorLines));
        Assert.Equal(reason, _output.Result.Failure);
        await AssertPartialAsync(_output.Text);
    }
}
