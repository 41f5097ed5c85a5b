namespace Testbed.Node.Results;

/// <summary>What one category of work took of a PC's processor over the whole run. The rows sum to the run's virtual time exactly.</summary>
/// <param name="World">Who had the processor: <c>host</c> or <c>vmm</c>; null where nobody had (idle).</param>
/// <param name="Category">What it did; idle is one of them.</param>
/// <param name="TimeNs">For how long, in nanoseconds.</param>
/// <param name="Count">How many times it was begun.</param>
public sealed record LedgerTotal(string? World, string Category, long TimeNs, long Count);
