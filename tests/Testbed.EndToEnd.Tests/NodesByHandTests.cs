namespace Testbed.EndToEnd.Tests;

/// <summary>Nodes that a person has started, on networks that are slow or someone else's.</summary>
public class NodesByHandTests
{
    private static readonly string[] OneMebibyte = ["native-733-to-350", "--set", "nettest.bytes=1MiB"];

    [Fact]
    public async Task A_slow_and_jittery_network_changes_nothing()
    {
        // Real delays on purpose, and so not from a seed: whatever they are, the result is the same.
        static TimeSpan UpTo5Ms() => TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * 5);
        await using var nodes = await RelayedNodes.StartAsync(delay: UpTo5Ms);

        var apart = await RunOutput.DeterministicOfAsync([.. OneMebibyte, .. nodes.Options]);

        Assert.Equal(await RunOutput.DeterministicOfAsync([.. OneMebibyte, "--in-process"]), apart);
        Assert.True(nodes.Connections >= 3, "the runner's connections and the cable went through the relays");
        Assert.True(nodes.Run);
    }

    [SkippableFact]
    public async Task Nodes_with_networks_of_their_own_change_nothing()
    {
        using var network = TwoNamespaces.Create(out var reason);
        Skip.If(network is null, $"no network namespaces here: {reason}");
        await using var sender = TestProgram.StartBy(network.InFirst, "Testbed.Node", "--bind", $"{TwoNamespaces.FirstAddress}:4733");
        await using var receiver = TestProgram.StartBy(network.InSecond, "Testbed.Node", "--bind", $"{TwoNamespaces.SecondAddress}:4733");
        await TestProgram.ListeningAsync(sender, receiver);

        using var output = new RunOutput();
        await using var runner = TestProgram.StartBy(
            network.InFirst,
            "testbed",
            [
                "run", .. OneMebibyte, "--quiet", "--out", output.Folder,
                "--node", $"pc-733={TwoNamespaces.FirstAddress}:4733", "--node", $"pc-350={TwoNamespaces.SecondAddress}:4733",
            ]);
        var exitCode = await runner.EndedAsync();

        Assert.True(exitCode == 0, string.Join('\n', runner.ErrorLines));
        Assert.Equal("nodes", output.Result.Wall.Mode);
        Assert.Equal(await RunOutput.DeterministicOfAsync([.. OneMebibyte, "--in-process"]), RunOutput.Deterministic(output.Text));
    }
}
