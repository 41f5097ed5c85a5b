using Testbed.Node.Results;
using Testbed.Runner.CommandLine;
using Testbed.Runner.Output;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public sealed class CompareTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("testbed-compare-").FullName;
    private readonly StringWriter _out = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Runs_with_the_same_deterministic_part_are_equal_whatever_the_wall_clock_said()
    {
        var one = SampleVm.Result();
        var other = one with { Wall = one.Wall with { Seconds = 99, Mode = "nodes" } };
        Assert.Equal(0, await CompareAsync(one, other));
        Assert.Contains("equal to the byte", _out.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("differ", _out.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_figure_that_differs_is_named_with_both_values_and_exits_1()
    {
        var one = SampleVm.Result();
        var other = one with { Deterministic = one.Deterministic with { ThroughputMbps = one.Deterministic.ThroughputMbps * 1.5m } };
        Assert.Equal(1, await CompareAsync(one, other));
        Assert.Contains("not the same", _out.ToString(), StringComparison.Ordinal);
        Assert.Contains("+50.0 %", _out.ToString(), StringComparison.Ordinal);
        Assert.All(_out.ToString().Split('\n'), line => Assert.InRange(line.Length, 0, Math.Max(80, _folder.Length + 40)));
    }

    [Fact]
    public void Settings_that_differ_are_shown_and_those_that_do_not_are_not()
    {
        var one = SampleReports.Result();
        var resolved = new SortedDictionary<string, System.Text.Json.Nodes.JsonNode?>(one.Resolved, StringComparer.Ordinal) { ["cable.delay"] = "9 us" };
        var differences = RunDifferences.Between(one, one with { Resolved = resolved });
        Assert.Equal([new SettingDifference("cable.delay", one.Resolved["cable.delay"]?.ToString(), "9 us")], differences.Settings);
        Assert.True(differences.AreEqual);
    }

    [Fact]
    public void Pcs_are_compared_by_role_and_rows_by_category()
    {
        var one = SampleReports.Result();
        var nodes = new SortedDictionary<string, NodeResult>(
            one.Deterministic.Nodes.ToDictionary(
                node => node.Key + "-renamed",
                node => node.Value.Role == "sender"
                    ? node.Value with { Cpu = [.. node.Value.Cpu.Select(row => row with { Percent = row.Percent / 2 })] }
                    : node.Value),
            StringComparer.Ordinal);
        var cable = new SortedDictionary<string, CounterDictionary>(
            one.Deterministic.Cable.ToDictionary(
                direction => string.Join(" to ", direction.Key.Split(" to ").Select(pc => pc + "-renamed")), direction => direction.Value),
            StringComparer.Ordinal);
        var differences = RunDifferences.Between(one, one with { Deterministic = one.Deterministic with { Nodes = nodes, Cable = cable } });
        Assert.NotEmpty(differences.Figures);
        Assert.All(differences.Figures, figure => Assert.StartsWith("sender.cpu.", figure.Name, StringComparison.Ordinal));
        Assert.All(differences.Figures, figure => Assert.True(figure.IsProcessorShare && figure.Share == -0.5m));
    }

    private async Task<int> CompareAsync(RunResult one, RunResult other)
    {
        var paths = new[] { Path.Combine(_folder, "a.json"), Path.Combine(_folder, "b.json") };
        await File.WriteAllTextAsync(paths[0], one.ToJson());
        await File.WriteAllTextAsync(paths[1], other.ToJson());
        var surroundings = new Surroundings(_out, TextWriter.Null, LiveError: false, Colour: false, Width: 80);
        return await new TestbedCli(surroundings, _ => new FakeRun(), []).RunAsync(["compare", .. paths], CancellationToken.None);
    }
}
