namespace Testbed.Runner.Output;

/// <summary>A figure of two runs.</summary>
/// <param name="Name">Where it stands in the deterministic part; a PC by its role, a row by its category.</param>
/// <param name="One">What it is in the one; null if it has none.</param>
/// <param name="Other">What it is in the other.</param>
internal sealed record FigureDifference(string Name, decimal? One, decimal? Other)
{
    private const string Rows = ".cpu.";
    private const string ShareOfTime = ".percent";

    /// <summary>By how much the other is more, as a share of the one; null where that says nothing.</summary>
    public decimal? Share => One is { } one && Other is { } other && one != 0 ? (other - one) / Math.Abs(one) : null;

    /// <summary>Whether it is a row's share of a processor's time.</summary>
    public bool IsProcessorShare => Name.Contains(Rows, StringComparison.Ordinal) && Name.EndsWith(ShareOfTime, StringComparison.Ordinal);

    /// <summary>Whether it says where a processor's time went: a row of the ledger, or of a view of it.</summary>
    public bool IsOfProcessor =>
        Name.Contains(Rows, StringComparison.Ordinal)
        || Name.Contains(".ledger.", StringComparison.Ordinal)
        || Name.Contains(".vm.profile.", StringComparison.Ordinal);

    /// <summary>Whether it is one of a latency's figures, other than the median; or one that is told by another name.</summary>
    public bool IsDetail =>
        ((Name.Contains(".vm.transmission.", StringComparison.Ordinal) || Name.Contains(".vm.reception.", StringComparison.Ordinal))
            && !Name.EndsWith(".medianNs", StringComparison.Ordinal))
        || Name.StartsWith("measured.", StringComparison.Ordinal)
        || Name.EndsWith(".idlePercent", StringComparison.Ordinal)
        || Name is "throughputMbps" or "virtualSeconds" or "bytesDelivered";

    /// <summary>Of a row of a processor: its role and the row.</summary>
    public string ShortName => Name.Replace(Rows, ": ", StringComparison.Ordinal).Replace(ShareOfTime, "", StringComparison.Ordinal);

    /// <summary>By how much the two are apart.</summary>
    public decimal Points => Math.Abs((Other ?? 0) - (One ?? 0));

    /// <summary>What is only in one of them differs most; then comes what differs by the largest share.</summary>
    public decimal Weight => Share is { } share ? Math.Abs(share) : decimal.MaxValue;
}
