namespace Testbed.Runner.Validation;

/// <summary>A published formula of TCP's throughput under random loss.</summary>
/// <param name="Key">As a study's file has it.</param>
/// <param name="Title">As a picture names it.</param>
/// <param name="Mbps">Its value, in 10⁶ bit/s.</param>
internal sealed record LossFormula(string Key, string Title, Func<LossyPath, double> Mbps)
{
    /// <summary>The column that they are a function of.</summary>
    public const string Abscissa = "cable.loss";

    /// <summary>The figure that they are of.</summary>
    public const string Ordinate = "throughputMbps";

    /// <summary>All that there are.</summary>
    public static readonly IReadOnlyList<LossFormula> All =
    [
        new("mathis", "formula of Mathis et al.", path => path.MathisMbps),
        new("padhye", "formula of Padhye et al.", path => path.PadhyeMbps),
    ];
}
