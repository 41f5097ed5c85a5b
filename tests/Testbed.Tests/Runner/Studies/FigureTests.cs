using Testbed.Runner.Studies;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Studies;

public sealed class FigureTests
{
    [Theory]
    [InlineData("sender.idlePercent", "0.0005")]
    [InlineData("sender.vm.worldSwitches.portAccess", "337920")]
    [InlineData("sender.vm.worldSwitches.*", "417920")]
    [InlineData("sender.vm.transmission.totals.toWire.medianNs", "23807")]
    [InlineData("receiver.vm.worldSwitches.*", "")]
    [InlineData("sender.nic.neverCounted", "")]
    [InlineData("payloadVerified", "1")]
    [InlineData("measured.startNs", "100000000")]
    public void A_figure_is_found_by_its_path_in_the_result(string path, string expected) =>
        Assert.Equal(expected, Figure.Parse(path).Of(SampleVm.Result()));

    [Theory]
    [InlineData("throughputMbps", "throughput (Mb/s)")]
    [InlineData("sender.idlePercent", "sender idle (%)")]
    [InlineData("sender.vm.transmission.totals.toWire.medianNs", "sender transmission totals to wire median (ns)")]
    public void Its_title_has_the_unit(string path, string expected) => Assert.Equal(expected, Figure.TitleOf(path));
}
