using Testbed.Node.Experiments;
using Testbed.Node.Hardware;
using Testbed.Node.Results;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Examples;

/// <summary>docs/extending.md, "An optimization": what stands there is what is compiled and run here.</summary>
public sealed class OptimizationExampleTests
{
    [Fact]
    public void The_page_has_the_example_as_it_is_compiled()
    {
        var source = Shipped("Examples", "QuietNic.cs");
        Assert.Contains(source[source.IndexOf("/// <summary>", StringComparison.Ordinal)..], Shipped("docs", "extending.md"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_quiet_card_interrupts_less_and_lets_more_through()
    {
        var before = Run(quiet: 0);
        var after = Run(quiet: 8);
        Assert.InRange(Interrupts(after), 1, Interrupts(before) / 2);
        Assert.True(after.Receiver.LastByteReceivedNs < before.Receiver.LastByteReceivedNs);
        Assert.Equal(1 << 20, after.Receiver.BytesDelivered);
    }

    private static string Shipped(params ReadOnlySpan<string> path) => File.ReadAllText(Path.Combine([AppContext.BaseDirectory, .. path]));

    private static long Interrupts((PcReport Sender, PcReport Receiver) run) => run.Sender.Node.Vm!.Interrupts["virtual10"];

    private static (PcReport Sender, PcReport Receiver) Run(int quiet)
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, Experiment.Settings("vm733-to-350", "nettest.bytes=1MiB"), fit: parts =>
        {
            if (parts.Vm is { Nic: Lance lance } vm && quiet > 0)
                vm.Nic = new QuietNic(lance, quiet);
        });
        Assert.Null(run.Run());
        var (sender, receiver) = run.Outcomes(failure: null);
        return (PcReport.Parse(sender.DeterministicJson), PcReport.Parse(receiver.DeterministicJson));
    }
}
