using Testbed.Node.Results;
using Testbed.Runner.Output;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner;

public class ExplanationTests
{
    private static readonly string OfVm = Explanation.Of(SampleVm.Result(), 80, colour: false);

    [Fact]
    public void No_line_is_wider_than_80_columns_with_or_without_a_virtual_machine()
    {
        var native = Explanation.Of(SampleReports.Result("pc-350: " + string.Join(' ', Enumerable.Repeat("words", 40))), 80, colour: false);
        Assert.All((OfVm + native).Split('\n'), line => Assert.True(line.Length <= 80, line));
    }

    [Fact]
    public void Table_1_is_there_with_averages_and_counts_for_each_packet_sent()
    {
        Assert.Matches(@"Emulating the Lance status register +6\.18 +3\.10 +261,120 +3\.40", OfVm);
        Assert.Matches(@"IN/OUTs requiring a switch to VMApp +25\.24 +7\.45 +337,920 +4\.40", OfVm);
        Assert.Matches(@"\n  Idle +0\.00\n", OfVm);
    }

    [Fact]
    public void No_row_s_name_is_cut_short_at_80_columns() => Assert.DoesNotContain('…', OfVm);

    [Fact]
    public void What_other_is_made_of_is_there()
    {
        Assert.Matches(@"Other, in it: .*\n  host: world-switch-interrupt +1\.48 +1\.22 +160,000 +2\.08", OfVm);
        Assert.Matches(@"Other, in it: .*\n  vmm: world-switch-interrupt", OfVm);
    }

    [Fact]
    public void A_packet_s_way_is_drawn_with_its_medians_and_listed_with_its_extremes()
    {
        Assert.Matches(@"\n +port access +switch to host +.*\n  ├─+┼.*┤\n +0\.98 µs +4\.45 µs", OfVm);
        Assert.Matches(@"to wire +20\.10 µs +23\.81 µs +27\.50 µs +31\.01 µs +76,800", OfVm);
        Assert.Contains("one packet in, from the wire to the program", OfVm, StringComparison.Ordinal);
    }

    [Fact]
    public void All_counters_are_there()
    {
        Assert.Matches(@"lance RAP out: vmm +1,029,120 +13\.40", OfVm);
        Assert.Matches(@"port access +337,920 +4\.40", OfVm);
        Assert.Matches(@"virtual +115,200 +1\.50", OfVm);
        Assert.Matches(@"selects +60,000", OfVm);
    }

    [Fact]
    public void What_became_of_frames_is_there_with_the_causes_of_what_was_dropped()
    {
        var sender = SampleReports.Sender();
        sender = sender with { Node = sender.Node with { Flows = [new("guest's transmit ring", 1_000_010, 1, 1_000_000, new() { ["ringFull"] = 9, ["reset"] = 0 }, 2, 16, 16)] } };
        var text = Explanation.Of(
            ResultBuilder.Build(SampleReports.Experiment(), null, SampleReports.Outcome(sender), SampleReports.Outcome(SampleReports.Receiver()), new("in-process", DateTime.UnixEpoch, 1)),
            80,
            colour: false);
        Assert.Contains("pc-733: frames on links and queues", text, StringComparison.Ordinal);
        Assert.Matches("guest's transmit ring +1,000,010 +1 +1,000,000 +9 +2 +16 +16", text);
        Assert.Contains("dropped     guest's transmit ring: ring full 9\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_with_switches_has_the_optimized_profile_first_and_each_packet_counts_once()
    {
        var result = SampleVm.Result();
        var sender = SampleVm.Sender();
        result.Deterministic.Nodes["pc-733"] = sender.Node with
        {
            Vm = SampleVm.Vm with { Profile = [.. OptimizedProfile.Of(SampleVm.Cpu), .. ExecutionProfile.Of(SampleVm.Cpu)] },
        };
        var text = Explanation.Of(result, 80, colour: false);
        Assert.Matches(@"optimized profile, of all time[\s\S]*optimized profile, of the time in the VMM[\s\S]*where the time went, of all time", text);
        Assert.Matches(@"Transmitting via VMNet +8\.\d\d +13\.80 +76,800 +1\.00", text);
        Assert.DoesNotContain("optimized profile", OfVm, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_packet_s_way_to_the_wire_is_there() =>
        Assert.Matches(@"every packet out, from its OUT to the wire[\s\S]*to wire +19\.35 µs +23\.81 µs", OfVm);

    [Fact]
    public void A_native_run_has_both_ledgers_and_says_that_there_is_no_virtual_machine()
    {
        var text = Explanation.Of(SampleReports.Result(), 80, colour: false);
        Assert.Contains("no virtual machine", text, StringComparison.Ordinal);
        Assert.Contains("pc-733: processor", text, StringComparison.Ordinal);
        Assert.Contains("pc-350: processor", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_virtual_machine_that_sent_nothing_can_be_explained()
    {
        var nothing = new LatencyFigure("total", 0, 0, 0, 0, 0);
        var sender = SampleVm.Sender();
        var vm = new VmResult(
            ExecutionProfile.Of([CpuRow.Of(null, "idle", 10, 1, 10)]), new([nothing], []), new([nothing], []), new([nothing], [nothing]), [], [], [], []);
        var result = SampleVm.Result();
        result.Deterministic.Nodes["pc-733"] = sender.Node with { Vm = vm };
        Assert.Contains("There was none.", Explanation.Of(result, 80, colour: false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(76)]
    [InlineData(200)]
    public void A_path_keeps_within_its_width_and_leaves_no_segment_out(int width)
    {
        var segments = Enumerable.Range(1, 9).Select(n => new LatencyFigure("segment" + (char)(96 + n), 1, n, n * 1_000, n, n)).ToArray();
        var lines = PathDrawing.Lines(segments, width).ToArray();
        Assert.All(lines, line => Assert.True(line.TrimEnd().Length <= width, line));
        Assert.All(segments, segment => Assert.Contains(lines, line => line.Contains(segment.Name, StringComparison.Ordinal)));
        Assert.Equal(segments.Length, lines.Sum(line => line.Count(c => c is '┼' or '┤')));
    }
}
