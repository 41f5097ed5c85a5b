using Testbed.Node.Results;

namespace Testbed.Tests.Results;

/// <summary>A made-up run with somebody typing, a host that masquerades, and a process that competes.</summary>
internal static class SampleDevices
{
    public static readonly KeyboardResult Keyboard = new(
        80,
        78,
        1,
        1,
        InOrder: true,
        new(
            [new("interruptToGuest", 78, 48_000, 85_119, 195_000, 196_614), new("toGuest", 78, 1_049_000, 1_190_911, 2_195_000, 2_196_614)],
            [new("keyboard", 79, 1_000_000, 1_000_447, 2_000_000, 2_000_000), new("hostInterrupt", 78, 6_024, 19_231, 36_159, 36_589)]),
        4_680_000,
        [new("host: interrupt", 80, 2_200, 176_000), new("vmm: virtual interrupt", 78, 24_010, 1_872_780)]);

    public static readonly NatResult Nat = new(
        3, new() { ["translatedOut"] = 30_723, ["translatedIn"] = 10_245, ["flowsExpired"] = 0, ["refusedFull"] = 0 });

    public static readonly IReadOnlyList<ProcessResult> Processes =
        [new("vmapp", 7, 2_520_081_000, 2_726_927_000, 420_003_000), new("competing-1", 7, 2_726_927_000, 2_520_081_000, 420_040_000)];

    public static RunResult Result()
    {
        var report = SampleReports.Sender();
        report = report with { Node = report.Node with { Keyboard = Keyboard, Nat = Nat, Processes = Processes } };
        return ResultBuilder.Build(
            SampleReports.Experiment(),
            null,
            SampleReports.Outcome(report),
            SampleReports.Outcome(SampleReports.Receiver()),
            new("in-process", DateTime.UnixEpoch, 1));
    }
}
