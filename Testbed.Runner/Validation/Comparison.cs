namespace Testbed.Runner.Validation;

/// <summary>A published figure beside the modelled one.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Published">The paper's figure.</param>
/// <param name="Modelled">The model's, over the seeds; null when the model has none, which is no match.</param>
/// <param name="Decimals">Decimals that make sense.</param>
/// <param name="Verdict">How they compare.</param>
/// <param name="Must">Whether the validation fails if they do not match.</param>
internal sealed record Comparison(string Name, decimal Published, Spread? Modelled, int Decimals, Verdict Verdict, bool Must)
{
    /// <summary>A judged comparison.</summary>
    public static Comparison Of(string name, decimal published, Spread? modelled, int decimals, Tolerance tolerance, bool must) => new(
        name, published, modelled, decimals, modelled is not null && tolerance.Permits(published, modelled.Mean) ? Verdict.Holds : Verdict.Off, must);

    /// <summary>One that is only shown.</summary>
    public static Comparison Shown(string name, decimal published, Spread? modelled, int decimals) =>
        new(name, published, modelled, decimals, Verdict.Shown, Must: false);

    /// <summary>The difference as a share of the published figure, in percent; null where that is 0 or there is no modelled one.</summary>
    public decimal? DifferencePercent => Modelled is null || Published == 0 ? null : 100 * (Modelled.Mean - Published) / Published;

    /// <summary>Whether the validation fails by it.</summary>
    public bool Fails => Must && Verdict == Verdict.Off;
}
