namespace Testbed.Node.Results;

/// <summary>What depends on the machine and the moment.</summary>
/// <param name="Mode">How it was run: <c>in-process</c>, <c>two-processes</c> or <c>nodes</c> (started by hand).</param>
/// <param name="StartedUtc">When, in ISO 8601.</param>
/// <param name="Seconds">From the start of the PCs to their end.</param>
/// <param name="Sync">What keeping two processes in step took; null in one process.</param>
public sealed record WallPart(string Mode, string StartedUtc, decimal Seconds, SyncPart? Sync);
