using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>When a fault strikes what it could strike. Counted on each PC, and in each direction of the cable, by itself.</summary>
/// <param name="From">Not before.</param>
/// <param name="Until">Not from this instant on.</param>
/// <param name="Every">Of those in the window, only every so many.</param>
/// <param name="Nth">Of those in the window, only this one; null for any.</param>
/// <param name="PartsPerBillion">With this probability.</param>
/// <param name="After">Only once the fault of this name has struck there; null for none.</param>
/// <param name="Times">At most so many times; null for any number.</param>
public sealed record FaultSchedule(Instant From, Instant Until, long Every, long? Nth, long PartsPerBillion, string? After, long? Times)
{
    /// <summary>Whether an instant is in the window.</summary>
    public bool Holds(Instant at) => at >= From && at < Until;
}
