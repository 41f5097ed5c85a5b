using System.Text.Json;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Runner.Recordings;
using Testbed.Tests.Experiments;
using Testbed.Tests.Observing;

namespace Testbed.Tests.Runner.Recordings;

/// <summary>The rules of the Trace Event Format, and what a trace says of a run.</summary>
public sealed class TraceFileTests
{
    private static readonly Dictionary<string, string[]> Required = new(StringComparer.Ordinal)
    {
        ["M"] = ["name", "pid", "args"],
        ["B"] = ["name", "cat", "ts", "pid", "tid"],
        ["E"] = ["name", "ts", "pid", "tid"],
        ["i"] = ["name", "cat", "ts", "pid", "tid", "s"],
        ["s"] = ["name", "cat", "ts", "pid", "tid", "id"],
        ["t"] = ["name", "cat", "ts", "pid", "tid", "id"],
        ["f"] = ["name", "cat", "ts", "pid", "tid", "id", "bp"],
    };

    [Theory]
    [InlineData("vm733-to-350", "nettest.bytes=50KiB", 0, long.MaxValue)]
    [InlineData("vm733-to-vm350", "nettest.bytes=50KiB", 0, long.MaxValue)]
    [InlineData("native-350-to-733", "nettest.bytes=50KiB", 0, long.MaxValue)]
    [InlineData("vm733-to-350", "nettest.bytes=100KiB", 105_000_000, 112_000_000)]
    [InlineData("vm-ping", "ping.count=3", 0, long.MaxValue)]
    [InlineData("native-compute", "compute.work=1 ms", 0, long.MaxValue)]
    public void It_obeys_the_rules_of_its_format(string name, string set, long from, long until)
    {
        var events = Events(Trace(name, [set], from, until));
        foreach (var e in events)
        {
            Assert.True(Required.TryGetValue(Text(e, "ph"), out var required), $"no such phase: {e}");
            Assert.All(required!, property => Assert.True(e.TryGetProperty(property, out _), $"{property} is missing: {e}"));
        }

        // Named tracks only, in the order of their instants.
        var tracks = events.Where(e => Name(e) == "thread_name").Select(Track).ToHashSet();
        var processes = events.Where(e => Name(e) == "process_name").Select(e => e.GetProperty("pid").GetInt32()).ToArray();
        Assert.Equal([1, 2], processes);
        var timed = events.Where(e => Text(e, "ph") != "M").ToArray();
        Assert.All(timed, e => Assert.Contains(Track(e), tracks));
        Assert.Equal(timed.Select(At).Order(), timed.Select(At));

        // What begins on a track ends there before the next begins; what steps of a flow are bound to is under way.
        foreach (var track in timed.GroupBy(Track))
        {
            JsonElement? begun = null;
            foreach (var e in track)
            {
                switch (Text(e, "ph"))
                {
                    case "B":
                        Assert.True(begun is null, $"{e} within {begun}");
                        begun = e;
                        break;
                    case "E":
                        Assert.True(begun is { } begin && Name(begin) == Name(e) && At(begin) < At(e), $"{e} ends nothing");
                        begun = null;
                        break;
                    case "s" or "t" or "f":
                        Assert.True(begun is not null, $"nothing is under way at {e}");
                        break;
                }
            }

            Assert.True(begun is null, $"{begun} has no end");
        }

        foreach (var flow in timed.Where(e => Text(e, "ph") is "s" or "t" or "f").GroupBy(e => e.GetProperty("id").GetInt32()))
            Assert.Matches("^st*f$", string.Concat(flow.Select(e => Text(e, "ph"))));
    }

    [Fact]
    public void Every_packet_with_data_is_followed_from_nettest_to_nettest()
    {
        var text = Trace("vm733-to-vm350", ["nettest.bytes=50KiB"], 0, long.MaxValue, out var sender, out _);
        var events = Events(text);
        var names = events.Where(e => Name(e) == "thread_name").ToDictionary(Track, e => Text(e.GetProperty("args"), "name"));
        var flows = events.Where(e => Text(e, "ph") is "s" or "t" or "f").ToLookup(e => e.GetProperty("id").GetInt32());
        Assert.Equal(PcReport.Parse(sender.DeterministicJson).Node.Tcp["dataSegmentsSent"], flows.Count);
        string[] way =
        [
            "1 nettest", "1 guest", "1 guest", "1 VMApp", "1 VMNet", "1 EtherExpress driver", "1 wire, out",
            "2 wire, in", "2 EtherExpress driver", "2 VMNet", "2 VMApp", "2 guest", "2 guest", "2 nettest",
        ];
        Assert.All(flows, flow => Assert.Equal(way, flow.Select(e => $"{e.GetProperty("pid").GetInt32()} {names[Track(e)]}")));

        // A send() of 4096 bytes leaves as several packets, and a packet begins in the call that gave its first byte.
        var sends = events.Where(e => Text(e, "ph") == "B" && Name(e) == "send").ToArray();
        Assert.Equal(50 * 1024, sends.Sum(e => e.GetProperty("args").GetProperty("bytes").GetInt64()));
        Assert.Subset(sends.Select(At).ToHashSet(), flows.Select(flow => At(flow.First())).ToHashSet());
    }

    [Fact]
    public void A_packet_that_was_lost_ends_on_the_wire_and_its_successor_arrives()
    {
        var events = Events(Trace("native-733-to-350", ["nettest.bytes=100KiB", "cable.loss=0.05", "seed=2"], 0, long.MaxValue, out var sender, out _));
        var lost = PcReport.Parse(sender.DeterministicJson).Cable["lost"];
        Assert.InRange(lost, 1, 100);
        var ends = events.Where(e => Text(e, "ph") == "f").ToArray();
        Assert.InRange(ends.Count(e => e.GetProperty("pid").GetInt32() == 1), 1, lost);
        Assert.Contains(ends, e => e.GetProperty("pid").GetInt32() == 2);
    }

    [Fact]
    public void World_switches_and_interrupts_are_instants_as_often_as_they_were_counted()
    {
        var events = Events(Trace("vm733-to-350", ["nettest.bytes=20KiB"], 0, long.MaxValue, out var sender, out _));
        var vm = PcReport.Parse(sender.DeterministicJson).Node.Vm!;
        Assert.Equal(vm.WorldSwitches.Sum(s => s.Value), Count("to the host's world"));
        Assert.All(vm.Interrupts, i => Assert.Equal(i.Value, Count(i.Key.Replace("real", "IRQ ", StringComparison.Ordinal).Replace("virtual", "virtual IRQ ", StringComparison.Ordinal))));

        int Count(string name) => events.Count(e => Text(e, "ph") == "i" && Name(e) == name && e.GetProperty("pid").GetInt32() == 1);
    }

    private static string Trace(string name, string[] sets, long from, long until) => Trace(name, sets, from, until, out _, out _);

    private static string Trace(string name, string[] sets, long from, long until, out PcOutcome sender, out PcOutcome receiver)
    {
        var settings = Experiment.Settings(name, sets);
        (sender, receiver) = RecordedRun.On(settings, new RecordingSettings(false, true, null, new Instant(from), new Instant(until)));
        using var file = new MemoryStream();
        TraceFile.Write(
            file,
            name,
            settings.Seed,
            "nettest",
            [
                new TracedPc(1, settings.Sender.Name, sender.Trace(), Instant.Never, settings.Cable),
                new TracedPc(2, settings.Receiver.Name, receiver.Trace(), Instant.Never, settings.Cable),
            ],
            note: null);
        return System.Text.Encoding.UTF8.GetString(file.ToArray());
    }

    private static JsonElement[] Events(string text)
    {
        var root = JsonDocument.Parse(text).RootElement;
        Assert.Equal("ns", Text(root, "displayTimeUnit"));
        return [.. root.GetProperty("traceEvents").EnumerateArray()];
    }

    private static string Text(JsonElement e, string property) => e.GetProperty(property).GetString()!;

    private static (int, int) Track(JsonElement e) => (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32());

    private static string Name(JsonElement e) => Text(e, "name");

    private static decimal At(JsonElement e) => e.GetProperty("ts").GetDecimal();
}
