using System.Globalization;
using Testbed.Node.Time;

namespace Testbed.Tests.Experiments;

/// <summary>
/// Two timelines give what one gives, for experiments that nobody thought of. <c>TESTBED_CASES</c> in the environment sets how many,
/// <c>TESTBED_FIRST_CASE</c> the first; a failure names its own.
/// </summary>
public sealed class RandomExperimentTests
{
    /// <summary>Not with a private network.</summary>
    private const string Preallocated = "sender.vm.preallocated-skbuffs=on";

    private static readonly string[] Experiments =
    [
        "native-733-to-350", "native-350-to-733", "vm733-to-350", "350-to-vm733", "vm733-to-vm350", "vm350-to-733", "733-to-vm350", "opt-vm733-to-350", "nat-vm733-to-350", "vm733-to-350-contended",
    ];

    private static readonly string[][] Choices =
    [
        ["cable.rate=100 Mb/s", "cable.rate=10 Mb/s", "cable.rate=1 Gb/s"],
        ["cable.delay=500 ns", "cable.delay=0", "cable.delay=30 us", "cable.delay=2 ms"],
        ["cable.loss=0", "cable.loss=0", "cable.loss=0.01", "cable.loss=0.1"],
        ["cable.mtu=1500", "cable.mtu=1500", "cable.mtu=576"],
        ["jitter=2 %", "jitter=0", "jitter=50 %"],
        ["nettest.chunk=8192", "nettest.chunk=1000", "nettest.chunk=65536", "nettest.chunk=3"],
        ["tcp.nagle=linux-2.2", "tcp.nagle=off"],
        ["tcp.acknowledgements=linux-2.2", "tcp.acknowledgements=immediate"],
        ["tcp.tail-filling=on", "tcp.tail-filling=off"],
        ["tcp.receive-buffer=65535", "tcp.receive-buffer=8192", "tcp.receive-buffer=1MiB"],
        ["pcs.pc-733.nic.transmit-ring=32", "pcs.pc-733.nic.transmit-ring=4"],
        ["pcs.pc-350.nic.receive-ring=32", "pcs.pc-350.nic.receive-ring=4"],
        ["sender.vm.nic=lance", "sender.vm.nic=lance", "sender.vm.nic=vmxnet"],
        ["sender.vm.preallocated-skbuffs=off", Preallocated],
        ["sender.vm.send-combining=off", "sender.vm.send-combining=on"],
        ["costs.host.vmnet-transmit.fixed=7.5 us", "costs.host.vmnet-transmit.fixed=0 ns"],
        ["costs.host.driver-transmit.fixed=2.42 us", "costs.host.driver-transmit.fixed=0 ns"],
    ];

    [Fact]
    public async Task Two_timelines_give_what_one_gives()
    {
        var first = FromEnvironment("TESTBED_FIRST_CASE", 1);
        var cases = FromEnvironment("TESTBED_CASES", 12);
        await Parallel.ForAsync(first, first + cases, async (number, _) =>
        {
            var random = new RandomStream(number, "experiment");
            var name = Experiments[random.Below(Experiments.Length)];
            var bytes = random.Below(60_000) + 1;
            string[] sets =
            [
                .. Choices.Select(choice => choice[random.Below(choice.Length)]).Where(set => !(name.StartsWith("nat-", StringComparison.Ordinal) && set == Preallocated)),
                string.Create(CultureInfo.InvariantCulture, $"nettest.bytes={bytes}"),
                string.Create(CultureInfo.InvariantCulture, $"seed={number}"),
            ];
            var what = $"case {number}: {name} {string.Join(' ', sets.Select(set => $"--set '{set}'"))}";
            var settings = Experiment.Settings(name, sets);
            var one = Experiment.OnOneTimeline(settings);
            var two = await Experiment.OnTwoTimelinesAsync(settings);
            Experiment.AssertSame(one.Sender, two.Sender, what, one.Failure);
            Experiment.AssertSame(one.Receiver, two.Receiver, what, one.Failure);
        });
    }

    private static int FromEnvironment(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
