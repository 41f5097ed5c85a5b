namespace Testbed.Node.Results;

/// <summary>What a host's masquerading came to.</summary>
/// <param name="Flows">Flows that were remembered when the run ended.</param>
/// <param name="Counters">What it translated and refused, by cause.</param>
public sealed record NatResult(long Flows, CounterDictionary Counters);
