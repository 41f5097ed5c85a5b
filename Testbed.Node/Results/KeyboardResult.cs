namespace Testbed.Node.Results;

/// <summary>What came of the keys that were typed at a PC. A key has two codes: its press and its release.</summary>
/// <param name="Typed">Codes typed.</param>
/// <param name="Delivered">Codes that reached the guest.</param>
/// <param name="UnderWay">Codes that were on their way when the run ended.</param>
/// <param name="Lost">Codes that were lost.</param>
/// <param name="InOrder">Whether all arrived in the order in which they were typed.</param>
/// <param name="Latency">A code's way from the finger to the guest.</param>
/// <param name="ProcessorNs">Processor time that the keyboard cost, in nanoseconds: the sum of <paramref name="Cost"/>.</param>
/// <param name="Cost">What it cost, step by step.</param>
public sealed record KeyboardResult(
    long Typed,
    long Delivered,
    long UnderWay,
    long Lost,
    bool InOrder,
    LatencyPath Latency,
    long ProcessorNs,
    IReadOnlyList<KeyboardCost> Cost);
