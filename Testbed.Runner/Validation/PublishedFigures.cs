using Testbed.Node.Results;

namespace Testbed.Runner.Validation;

/// <summary>A row of the paper's Table 1.</summary>
/// <param name="Column">Its column, as <see cref="ProfileRow.Column"/>.</param>
/// <param name="Name">Its name, as <see cref="ProfileRow.Name"/>.</param>
/// <param name="SharePercent">Of the column's time.</param>
/// <param name="AverageUs">Of one occurrence, in microseconds; null where the paper gives none.</param>
internal sealed record PublishedRow(string Column, string Name, decimal SharePercent, decimal? AverageUs = null);

/// <summary>A latency of the paper's Figure 5.</summary>
/// <param name="Name">As <see cref="LatencyFigure.Name"/>.</param>
/// <param name="Meaning">In the paper's words.</param>
/// <param name="Us">In microseconds.</param>
internal sealed record PublishedLatency(string Name, string Meaning, decimal Us);

/// <summary>What Sugerman, Venkitachalam and Lim published of Workstation 2.0 (paper, section 4): the figures that a validation compares with.</summary>
internal static class PublishedFigures
{
    /// <summary>VM/PC-733 to PC-350, in 10^6 bit/s.</summary>
    public const decimal ThroughputMbps = 64;

    /// <summary>The sending processor's, meanwhile.</summary>
    public const decimal IdlePercent = 0;

    /// <summary>Native PC-733's while it saturates the link.</summary>
    public const decimal NativeIdlePercent = 86;

    /// <summary>
    /// What a saturated link carries, in 10^6 bit/s: 100 × 1448 / 1538, since of 1538 byte times (1500 bytes of packet, Ethernet's 18,
    /// preamble and gap 20) 1448 are payload. The paper says that native PCs saturate the link, and gives no figure.
    /// </summary>
    public const decimal SaturatedMbps = 94.15m;

    /// <summary>How long the transfer takes: 100 MB at 64 Mb/s, 13.1 s.</summary>
    public const decimal TransferUs = 100m * 1024 * 1024 * 8 / ThroughputMbps;

    /// <summary>One transmission, by the time-stamp counter (Figure 5).</summary>
    public static readonly IReadOnlyList<PublishedLatency> Latencies =
    [
        new("toWire", "OUT to the wire", 23.8m),
        new("total", "OUT to the guest's next instruction", 31.63m),
        new("switchesAndHost", "of that, world switches and host", 30.65m),
        new("transmitting", "of that, physically transmitting", 17.55m),
        new("overhead", "and the hosted architecture's overhead", 13.10m),
        new("worldSwitch", "a world switch, there and back", 8.90m),
    ];

    /// <summary>Table 1, in its order.</summary>
    public static readonly IReadOnlyList<PublishedRow> Table1 =
    [
        new(ExecutionProfile.Total, "VMM", 77.3m),
        new(ExecutionProfile.Total, "Transmitting via VMNet", 8.7m, 13.8m),
        new(ExecutionProfile.Total, "Emulating the Lance status register", 4.0m, 3.1m),
        new(ExecutionProfile.Total, "Host IRQs (device interrupts)", 3.4m),
        new(ExecutionProfile.Total, "Emulating the Lance transmit path", 3.3m, 5.2m),
        new(ExecutionProfile.Total, "Receiving via VMNet", 0.8m, 1.8m),
        new(ExecutionProfile.Vmm, "IN/OUTs requiring a switch to VMApp", 26.8m, 7.45m),
        new(ExecutionProfile.Vmm, "Instructions not requiring virtualization", 22.0m),
        new(ExecutionProfile.Vmm, "General instructions requiring virtualization", 11.6m),
        new(ExecutionProfile.Vmm, "IN/OUTs handled in the VMM", 8.3m, 1.36m),
        new(ExecutionProfile.Vmm, "IN/OUTs to the Lance address port", 8.1m, 0.74m),
        new(ExecutionProfile.Vmm, "Transitioning to/from virtualization code", 4.8m),
        new(ExecutionProfile.Vmm, "Virtualizing IRET", 4.8m, 3.93m),
        new(ExecutionProfile.Vmm, "Delivering virtual IRQs (device interrupts)", 4.6m),
    ];

    /// <summary>A row by its name.</summary>
    public static PublishedRow Row(string name) => Table1.Single(row => row.Name == name);

    /// <summary>A latency by its name.</summary>
    public static PublishedLatency Latency(string name) => Latencies.Single(latency => latency.Name == name);

    /// <summary>Packets sent in the whole transfer, as Table 1 implies them: some 83,000, 3.2 for each chunk.</summary>
    public static decimal Packets { get; } = ImpliedCount(Row(ExecutionProfile.TransmitRow))!.Value;

    /// <summary>Processor time for each packet sent, in microseconds.</summary>
    public static decimal PacketUs => TransferUs / Packets;

    /// <summary>The time of a row's column in the whole transfer, in microseconds.</summary>
    public static decimal ColumnUs(PublishedRow row) =>
        TransferUs * (row.Column == ExecutionProfile.Vmm ? Row(ExecutionProfile.VmmRow).SharePercent / 100 : 1);

    /// <summary>How often a row happened for each packet sent, as its share and average imply; null without an average.</summary>
    public static decimal? ImpliedPerPacket(PublishedRow row) => ImpliedCount(row) / Packets;

    private static decimal? ImpliedCount(PublishedRow row) => row.SharePercent / 100 * ColumnUs(row) / row.AverageUs;
}
