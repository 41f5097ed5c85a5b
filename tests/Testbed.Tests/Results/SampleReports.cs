using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Results;

namespace Testbed.Tests.Results;

/// <summary>Reports of a made-up run, with figures of a plausible size.</summary>
internal static class SampleReports
{
    private const long VirtualNs = 9_014_000_000;
    private const long StartNs = 100_250_000;
    private const long EndNs = 9_012_345_678;

    public static ResolvedExperiment Experiment(string name = "native-733-to-350") =>
        new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All).Resolve(name, []);

    public static PcReport Sender(long bytes = 104_857_600) => new(
        "pc-733",
        VirtualNs,
        StartNs,
        null,
        0,
        null,
        new() { ["frames"] = 72_817, ["bytes"] = 110_000_000, ["lost"] = 0, ["dropped"] = 0, ["duplicated"] = 0, ["inFlight"] = 0 },
        null,
        null,
        new(
            "sender",
            86.0312m,
            [
                CpuRow.Of(null, "idle", 7_667_000_000, 70_000, EndNs - StartNs),
                CpuRow.Of("host", "system call", 410_095_678, 25_600, EndNs - StartNs),
                CpuRow.Of("host", "copy and checksum of payload from the program's buffer", 835_000_000, bytes / 1448, EndNs - StartNs),
            ],
            [new(null, "idle", VirtualNs - 1_250_000_000, 70_500), new("host", "system call", 1_250_000_000, 25_600)],
            new() { ["framesSent"] = 72_817, ["framesReceived"] = 36_400, ["ringFullDrops"] = 0 },
            new() { ["segmentsSent"] = 72_800, ["retransmissions"] = 0, ["acknowledgementsReceived"] = 36_300 },
            null,
            "0123456789abcdef0123456789abcdef"),
        CableArrived: 36_400);

    public static PcReport Receiver(long bytes = 104_857_600) => new(
        "pc-350",
        VirtualNs,
        null,
        EndNs,
        bytes,
        true,
        new() { ["frames"] = 36_400, ["bytes"] = 3_000_000, ["lost"] = 0, ["dropped"] = 0, ["duplicated"] = 0, ["inFlight"] = 0 },
        null,
        null,
        new(
            "receiver",
            61.5m,
            [CpuRow.Of(null, "idle", 5_480_900_000, 70_000, EndNs - StartNs), CpuRow.Of("host", "receive", 3_431_195_678, 72_800, EndNs - StartNs)],
            [new(null, "idle", VirtualNs, 1)],
            new() { ["framesSent"] = 36_400, ["framesReceived"] = 72_817 },
            new() { ["segmentsReceived"] = 72_800 },
            null,
            "fedcba9876543210fedcba9876543210"),
        CableArrived: 72_817);

    public static PcOutcome Outcome(PcReport report, NodeSync? sync = null, string? failure = null) =>
        new(failure, report.ToJson(), sync?.ToJson() ?? "");

    public static RunResult Result(string? failure = null) => ResultBuilder.Build(
        Experiment(),
        failure,
        Outcome(Sender(), new NodeSync(80_000, 40_000, 73_000, 72_800, 74_000, 70_000, 9.25m)),
        Outcome(Receiver(), new NodeSync(70_000, 36_000, 36_400, 0, 3_000, 3_000, 8.125m)),
        new WallFacts("two-processes", new DateTime(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc), 18.3456));
}
