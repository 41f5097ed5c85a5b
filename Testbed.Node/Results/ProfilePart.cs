namespace Testbed.Node.Results;

/// <summary>A ledger category's share of a row of the execution profile.</summary>
/// <param name="World">Who had the processor: <c>host</c> or <c>vmm</c>.</param>
/// <param name="Category">What it did.</param>
/// <param name="TimeUs">For how long, in microseconds.</param>
/// <param name="Count">How many times the category was begun; of a category that two rows share, all of them.</param>
public sealed record ProfilePart(string World, string Category, decimal TimeUs, long Count);
