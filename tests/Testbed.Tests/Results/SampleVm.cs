using Testbed.Node.Results;

namespace Testbed.Tests.Results;

/// <summary>A made-up run of a PC with a virtual machine: what the paper's section 4 would have found in 13.1 s.</summary>
internal static class SampleVm
{
    public const long StartNs = 100_000_000;
    public const long EndNs = 13_207_200_000;
    public const long Transmissions = 76_800;
    private const long VirtualNs = 13_300_000_000;
    private const long IntervalNs = EndNs - StartNs;

    public static readonly IReadOnlyList<CpuRow> Cpu = WithGuestAsRest(
    [
        Row("vmm", "port-access-to-vmapp", 337_920, 980),
        Row("vmm", "world-switch-port-access", 675_840, 3_235),
        Row("vmm", "world-switch-interrupt", 160_000, 3_235),
        Row("vmm", "port-access-in-vmm", 568_320, 1_360),
        Row("vmm", "lance-address-port", 1_029_120, 740),
        Row("vmm", "iret", 115_200, 3_930),
        Row("vmm", "deliver-interrupt", 115_200, 4_000),
        Row("vmm", "host-interrupt", 80_000, 1_000),
        Row("vmm", "general-instructions", 300_000, 3_900),
        Row("vmm", "transition", 1_000_000, 480),
        Row("vmm", "page-table-switch", 3, 3_000),
        Row("vmm", "guest-user-code", 0, 0),
        Row("vmm", "guest-copy-from-user", 102_400, 4_000),
        Row("host", "world-switch-port-access", 675_841, 1_215),
        Row("host", "world-switch-interrupt", 160_000, 1_215),
        Row("host", "vmapp-lance-status", 261_120, 670),
        Row("host", "vmapp-lance-transmit", Transmissions, 2_770),
        Row("host", "vmapp-select", 60_000, 2_000),
        Row("host", "vmapp-receive", 25_600, 1_800),
        Row("host", "vmnet-transmit", Transmissions, 11_380),
        Row("host", "vmnet-transmit-return", Transmissions, 2_420),
        Row("host", "vmnet-receive", 25_600, 2_000),
        Row("host", "interrupt", 80_000, 2_200),
        Row("host", "timer-tick", 1_310, 2_200),
        Row("host", "driver-transmitted", Transmissions, 550),
        Row("host", "driver-receive", 25_600, 1_760),
        Row("host", "driver-transmit", Transmissions, 2_420),
        Row("host", "system-call", 100, 1_650),
        CpuRow.Of(null, "idle", 65_536, 1, IntervalNs),
    ]);

    public static VmResult Vm { get; } = new(
        ExecutionProfile.Of(Cpu),
        new(
            [
                new("toWire", Transmissions, 20_100, 23_807, 27_503, 31_007),
                new("total", Transmissions, 27_000, 31_631, 35_999, 44_100),
                new("switchesAndHost", Transmissions, 26_000, 30_655, 34_900, 43_000),
                new("transmitting", Transmissions, 15_000, 17_551, 20_000, 27_000),
                new("overhead", Transmissions, 11_000, 13_103, 15_100, 16_000),
                new("worldSwitch", Transmissions, 7_600, 8_903, 10_201, 10_235),
            ],
            [
                new("portAccess", Transmissions, 833, 980, 1_127, 1_127),
                new("switchToHost", Transmissions, 3_783, 4_451, 5_117, 5_120),
                new("vmApp", Transmissions, 2_000, 2_311, 2_600, 3_000),
                new("vmNet", Transmissions, 9_000, 11_383, 13_000, 15_000),
                new("driver", Transmissions, 2_057, 2_420, 2_783, 2_790),
                new("switchBack", Transmissions, 3_783, 4_447, 5_117, 5_120),
            ]),
        new([new("toWire", Transmissions, 19_350, 23_807, 31_007, 44_100)], [new("vmm", Transmissions, 833, 980, 1_127, 1_127)]),
        new(
            [new("toGuest", 25_600, 35_000, 55_007, 200_000, 9_000_000), new("toProgram", 25_600, 40_000, 61_007, 250_111, 9_800_000)],
            [new("hostInterrupt", 25_600, 2_000, 4_403, 9_007, 12_000), new("guest", 25_600, 30_000, 56_600, 245_000, 9_700_000)]),
        [
            new("lance RDP", "in", "vmapp", 200_000),
            new("lance RDP", "out", "vmapp", 137_920),
            new("lance RAP", "out", "vmm", 1_029_120),
            new("pic master command", "out", "vmm", 568_320),
        ],
        new() { ["portAccess"] = 337_920, ["interrupt"] = 80_000 },
        new() { ["real"] = 80_000, ["virtual"] = 115_200 },
        new() { ["selects"] = 60_000, ["vmNetDrops"] = 0 });

    public static PcReport Sender() => new(
        "pc-733",
        VirtualNs,
        StartNs,
        null,
        0,
        null,
        new() { ["frames"] = Transmissions, ["lost"] = 0, ["dropped"] = 0, ["duplicated"] = 0, ["inFlight"] = 0 },
        null,
        null,
        new(
            "sender",
            Cpu.Single(row => row.World is null).Percent,
            Cpu,
            [new(null, "idle", VirtualNs, 1)],
            new() { ["framesSent"] = Transmissions },
            new() { ["segmentsSent"] = 0 },
            Vm,
            "0123456789abcdef0123456789abcdef"),
        CableArrived: 36_400);

    public static PcReport Receiver()
    {
        var native = SampleReports.Receiver();
        return native with
        {
            VirtualNs = VirtualNs,
            LastByteReceivedNs = EndNs,
            CableArrived = Transmissions,
            Node = native.Node with { Ledger = [new(null, "idle", VirtualNs, 1)] },
        };
    }

    public static RunResult Result() => ResultBuilder.Build(
        SampleReports.Experiment(),
        null,
        SampleReports.Outcome(Sender()),
        SampleReports.Outcome(Receiver()),
        new("in-process", DateTime.UnixEpoch, 1.5));

    private static CpuRow Row(string world, string category, long count, long eachNs) =>
        CpuRow.Of(world, category, count * eachNs, count, IntervalNs);

    private static IReadOnlyList<CpuRow> WithGuestAsRest(IReadOnlyList<CpuRow> rows)
    {
        var left = IntervalNs - (long)rows.Sum(row => row.TimeUs * 1_000);
        return [.. rows, CpuRow.Of("vmm", "guest-refill", left, 400_000, IntervalNs)];
    }
}
