using System.Text.Json;

namespace Testbed.EndToEnd.Tests;

/// <summary>A result is a function of experiment, seed and version, however it is run.</summary>
public class SameResultTests
{
    private static readonly string[] Lossy = ["--set", "cable.loss=0.01", "--set", "nettest.bytes=256KiB", "--set", "ping.count=100"];

    [Theory]
    [InlineData("native-733-to-350", 1)]
    [InlineData("native-733-to-350", 7)]
    [InlineData("native-350-to-733", 1)]
    [InlineData("native-350-to-733", 7)]
    [InlineData("vm733-to-350", 1)]
    [InlineData("vm733-to-vm350", 7)]
    [InlineData("ping", 1)]
    [InlineData("vm-ping", 7)]
    public async Task Two_processes_come_to_what_one_does(string experiment, int seed)
    {
        string[] run = [experiment, "--seed", $"{seed}", .. Lossy];
        var here = await RunOutput.DeterministicOfAsync([.. run, "--in-process"]);

        Assert.Equal(here, await RunOutput.DeterministicOfAsync(run));
    }

    [Theory]
    [InlineData("cable-tcp")]
    [InlineData("cable-unix")]
    [InlineData("dotnetty")]
    public async Task Every_transport_comes_to_the_same(string transport)
    {
        string[] run = ["vm733-to-350", "--seed", "5", .. Lossy];
        var here = await RunOutput.DeterministicOfAsync([.. run, "--in-process"]);

        Assert.Equal(here, await RunOutput.DeterministicOfAsync([.. run, "--transport", transport]));
    }

    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("ping")]
    public async Task A_run_can_be_repeated(string experiment)
    {
        string[] run = [experiment, "--seed", "3", .. Lossy];
        string[] here = [.. run, "--in-process"];

        Assert.Equal(await RunOutput.DeterministicOfAsync(here), await RunOutput.DeterministicOfAsync(here));
        Assert.Equal(await RunOutput.DeterministicOfAsync(run), await RunOutput.DeterministicOfAsync(run));
    }

    [Fact]
    public async Task Another_seed_loses_other_frames()
    {
        var one = await RunOutput.DeterministicOfAsync(["native-733-to-350", "--seed", "1", .. Lossy, "--in-process"]);
        var two = await RunOutput.DeterministicOfAsync(["native-733-to-350", "--seed", "2", .. Lossy, "--in-process"]);

        Assert.NotEqual(one, two);
        foreach (var result in new[] { one, two })
        {
            using var document = JsonDocument.Parse(result);
            Assert.True(document.RootElement.GetProperty("cable").GetProperty("pc-733 to pc-350").GetProperty("lost").GetInt64() > 0);
            Assert.True(document.RootElement.GetProperty("payloadVerified").GetBoolean());
        }
    }
}
