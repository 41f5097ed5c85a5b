using System.Xml.Linq;
using Testbed.Runner.Pictures;
using Testbed.Runner.Studies;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Pictures;

/// <summary>Pictures say what they are in words, carry their font, and have their data beside them.</summary>
public sealed class PictureTests
{
    private static readonly Estimate Few = Estimate.Of([60, 64, 65])!;

    private static readonly Picture[] Pictures =
    [
        new LinesPicture("lines", "Lines", "chunk (bytes)", "throughput (Mb/s)", [new("a", [(512, Few), (1024, Few), (2048, Few)]), new("b", [(512, Few), (2048, Few)])]),
        new LinesPicture(
            "logarithmic",
            "Logarithmic",
            "loss",
            "throughput (Mb/s)",
            [new("testbed", [(1000, Estimate.Of([7, 9])!), (10_000, Estimate.Of([1, 3])!)]), new("formula", [(1000, Estimate.Of([8])!), (10_000, Estimate.Of([2.5])!)], IsCalculated: true)],
            new Dictionary<double, string> { [1000] = "0.1 %", [10_000] = "1 %" },
            isLogarithmic: true),
        new BarsPicture("bars", "Bars", "idle (%)", [("native", Few), ("virtual", Estimate.Of([0])!)]),
        new TimePicture("time", "Time", [("sender", TimeGroups.Percent(SampleVm.Cpu))]),
        new TornadoPicture("tornado", "Tornado", "throughput (Mb/s)", "80", "120", [.. Enumerable.Range(0, 25).Select(n => new Swing($"cost {n}", new(n, 0, 1, 3), new(-n, 0, 1, 3)))]),
        new SpreadPicture("spread", "Spread", "throughput (Mb/s)", [("", [60, 64, 65])]),
        new PathPicture("path", "Path", SampleVm.Vm.Transmission.Segments),
    ];

    public static TheoryData<string> Names => new(Pictures.Select(picture => picture.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public void A_picture_is_svg_that_scales_and_carries_its_font(string name)
    {
        var picture = Pictures.Single(p => p.Name == name);
        foreach (var style in new[] { PictureStyle.File, new(PictureStyle.Narrow, Dark: true, Titled: false) })
        {
            var svg = XDocument.Parse(picture.Svg(style)).Root!;
            Assert.Equal($"0 0 {style.Width} ", svg.Attribute("viewBox")!.Value[..$"0 0 {style.Width} ".Length]);
            Assert.Contains("@font-face", svg.Elements().First().Value, StringComparison.Ordinal);
            var texts = svg.Descendants().Where(element => element.Name.LocalName == "text").ToArray();
            Assert.NotEmpty(texts);
            Assert.All(texts, text => Assert.Equal("Roboto", text.Attribute("font-family")!.Value));
            Assert.Equal(style.Titled, texts.Any(text => text.Value.Trim() == picture.Title));
        }

        byte[] signature = [0x89, (byte)'P', (byte)'N', (byte)'G'];
        Assert.Equal(signature, picture.Png(PictureStyle.File)[..4]);
        Assert.NotEmpty(picture.Alternative);
        Assert.NotEmpty(picture.Data.Rows);
        Assert.All(picture.Data.Rows, row => Assert.Equal(picture.Data.Columns.Count, row.Count));
    }

    [Fact]
    public void A_logarithmic_picture_has_1_2_and_5_times_the_powers_of_ten_that_it_shows()
    {
        // Both intervals reach below 0: their bars end at a tenth of the means, and the least of them is 0.2.
        var texts = XDocument.Parse(Pictures.Single(p => p.Name == "logarithmic").Svg(PictureStyle.File)).Descendants()
            .Where(element => element.Name.LocalName == "text").Select(text => text.Value.Trim()).ToArray();
        Assert.Superset(new HashSet<string> { "0.2", "0.5", "1", "2", "5", "10", "20", "0.1 %", "1 %" }, texts.ToHashSet());
        Assert.DoesNotContain("100", texts);
    }

    [Fact]
    public void A_tornado_begins_with_the_greatest_and_its_data_has_them_all()
    {
        var tornado = Pictures.Single(p => p.Name == "tornado");
        Assert.Equal(25, tornado.Data.Rows.Count);
        Assert.Equal(["cost 24", "24", "1", "-24", "1"], tornado.Data.Rows[0]);
        Assert.Contains("… and 5 more, each 4.00 or less", tornado.Svg(PictureStyle.File), StringComparison.Ordinal);
    }

    [Fact]
    public void All_of_the_processors_time_is_in_some_group_and_none_of_the_ledgers_categories_in_the_rest()
    {
        Assert.Equal(100, TimeGroups.Percent(SampleVm.Cpu).Sum(), 6);
        Assert.All(SampleVm.Cpu, row => Assert.NotEqual("other", TimeGroups.Of(row.World, row.Category)));
    }

    [Fact]
    public void A_run_with_a_timeline_has_throughput_and_idle_time_over_virtual_time()
    {
        using var folder = new TemporaryFolder();
        Assert.DoesNotContain("throughput-over-time", Of(folder.Path).Select(p => p.Name));
        File.WriteAllText(
            Path.Combine(folder.Path, "timeline.csv"),
            "start_ns,end_ns,received_bytes,throughput_mbps,sender_idle_ns,sender_idle_percent,receiver_idle_ns,receiver_idle_percent\n"
            + "0,10000000,0,0,10000000,100,10000000,100\n10000000,20000000,80000,64,0,0,,\n");
        var pictures = Of(folder.Path);
        var throughput = pictures.Single(p => p.Name == "throughput-over-time");
        Assert.Equal(["0.005", "0.015"], throughput.Data.Rows.Select(row => row[1]));
        Assert.Equal(["0", "64"], throughput.Data.Rows.Select(row => row[2]));
        Assert.Equal(["sender", "sender", "receiver"], pictures.Single(p => p.Name == "idle-over-time").Data.Rows.Select(row => row[0]));

        File.WriteAllText(
            Path.Combine(folder.Path, "timeline.csv"),
            "start_ns,end_ns,received_bytes,throughput_mbps,sender_idle_ns,sender_idle_percent,receiver_idle_ns,receiver_idle_percent,faults\n"
            + "0,10000000,0,0,,,,,0\n10000000,20000000,0,0,,,,,2\n20000000,30000000,0,0,,,,,1\n30000000,40000000,0,0,,,,,0\n");
        Assert.Contains("faults from 0.01 to 0.03", Of(folder.Path).Single(p => p.Name == "throughput-over-time").Alternative, StringComparison.Ordinal);

        static IReadOnlyList<Picture> Of(string path) => RunPictures.Of(path, SampleVm.Result());
    }

    private sealed class TemporaryFolder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("testbed-pictures-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
