namespace Testbed.Node.Results;

/// <summary>A row of the execution profile: the paper's Table 1.</summary>
/// <param name="Column"><c>total</c>: of all time; <c>vmm</c>: of the time in the VMM.</param>
/// <param name="Name">The paper's name for it.</param>
/// <param name="TimeUs">For how long, in microseconds (exact: three decimals are nanoseconds).</param>
/// <param name="Count">How many times it happened; of a row without an average, how many slices of processor time it had.</param>
/// <param name="AverageUs">Of one occurrence, in microseconds to four decimals; null where an occurrence means nothing, or there was none.</param>
/// <param name="Percent">Of the column's time.</param>
/// <param name="Parts">The ledger's categories in it, the longest first; null of a row that is one category, and of the VMM as a whole.</param>
public sealed record ProfileRow(
    string Column,
    string Name,
    decimal TimeUs,
    long Count,
    decimal? AverageUs,
    decimal Percent,
    IReadOnlyList<ProfilePart>? Parts = null);
