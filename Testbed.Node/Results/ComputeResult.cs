namespace Testbed.Node.Results;

/// <summary>What a program that only computes came to.</summary>
/// <param name="WorkNs">Processor time that it asked for, in nanoseconds.</param>
/// <param name="ElapsedNs">Virtual time that this took.</param>
public sealed record ComputeResult(long WorkNs, long ElapsedNs);
