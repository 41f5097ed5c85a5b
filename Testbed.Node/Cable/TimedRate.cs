using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>Another rate of the wire for a while.</summary>
/// <param name="From">Frames that begin before run at what the rate was before.</param>
/// <param name="Until">As do those that begin from this instant on.</param>
/// <param name="Timing">The rate.</param>
public sealed record TimedRate(Instant From, Instant Until, EthernetTiming Timing);
