namespace Testbed.Node.Results;

/// <summary>From the first payload byte sent to the last received.</summary>
/// <param name="StartNs">Its beginning, in nanoseconds of virtual time.</param>
/// <param name="EndNs">Its end.</param>
public sealed record TransferInterval(long StartNs, long EndNs);
