namespace Testbed.Node.Results;

/// <summary>A run as the wall clock saw it.</summary>
/// <param name="Mode"><c>in-process</c>, <c>two-processes</c> or <c>nodes</c>.</param>
/// <param name="Started">When it began.</param>
/// <param name="Seconds">From the start of the PCs to their end.</param>
public sealed record WallFacts(string Mode, DateTime Started, double Seconds);
