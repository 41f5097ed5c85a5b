using Testbed.Node.Results;
using Testbed.Runner.Validation;

namespace Testbed.Runner.Reporting;

/// <summary>A published figure of a configuration.</summary>
/// <param name="Figure">The figure's path in a result.</param>
/// <param name="Name">What it is.</param>
/// <param name="Value">The published value.</param>
/// <param name="Note">What has to be said of it; null if the paper says it as it stands.</param>
internal sealed record PublishedPoint(string Figure, string Name, decimal Value, string? Note = null)
{
    /// <summary>What has to be said of several, each once.</summary>
    public static IReadOnlyList<string> Notes(IEnumerable<PublishedPoint> points) => [.. points.Select(point => point.Note).OfType<string>().Distinct()];
}

/// <summary>What the paper publishes of the configurations that it measured, told by a run's resolved settings.</summary>
internal static class PublishedPoints
{
    private const string Throughput = "throughputMbps";
    private const string SenderIdle = "sender.idlePercent";
    private const string Derived = "94.15 Mb/s is what a saturated link carries; the paper says that the native PCs saturate it, and gives no figure.";

    /// <summary>Whether it is the paper's baseline: VM/PC-733 on Workstation 2.0 to PC-350, in chunks of 4096 bytes.</summary>
    public static bool IsBaseline(RunResult run) => Is(run, "pc-733", "workstation-2.0");

    /// <summary>What is published of a run's configuration; empty where nothing is.</summary>
    public static IReadOnlyList<PublishedPoint> Of(RunResult run)
    {
        if (IsBaseline(run))
        {
            return
            [
                new(Throughput, "throughput (Mb/s)", PublishedFigures.ThroughputMbps),
                new(SenderIdle, "sender idle (%)", PublishedFigures.IdlePercent),
            ];
        }

        if (Is(run, "pc-733", "native"))
        {
            return
            [
                new(Throughput, "throughput (Mb/s)", PublishedFigures.SaturatedMbps, Derived),
                new(SenderIdle, "sender idle (%)", PublishedFigures.NativeIdlePercent),
            ];
        }

        if (Is(run, "pc-350", "native", "pc-733"))
            return [new(Throughput, "throughput (Mb/s)", PublishedFigures.SaturatedMbps, Derived)];
        return Is(run, "pc-733", "optimized")
            ? [new(Throughput, "throughput (Mb/s)", PublishedFigures.SaturatedMbps, "Of the optimized virtual machine the paper says that it matches native throughput.")]
            : [];
    }

    private static bool Is(RunResult run, string sender, string system, string receiver = "pc-350") =>
        Has(run, "program", "nettest") && Has(run, "sender.pc", sender) && Has(run, "sender.system", system)
        && Has(run, "receiver.pc", receiver) && Has(run, "receiver.system", "native") && Has(run, "nettest.chunk", "4096")
        && Has(run, "cable.rate", "100 Mb/s") && Has(run, "cable.delay", "500 ns") && Has(run, "cable.loss", "0");

    private static bool Has(RunResult run, string key, string value) => run.Resolved.TryGetValue(key, out var found) && found?.ToString() == value;
}
