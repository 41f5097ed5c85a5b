using Testbed.Runner.Validation;

namespace Testbed.Runner.Studies;

/// <summary>What a picture of a study shows.</summary>
internal enum PictureKind
{
    /// <summary>A figure against a column of numbers, a line for each series.</summary>
    Lines,

    /// <summary>A figure of each configuration.</summary>
    Bars,

    /// <summary>Where the processor's time went, of each configuration.</summary>
    Time,

    /// <summary>By how much each scaled cost moves a figure.</summary>
    Tornado,

    /// <summary>A figure of each single run, with mean and interval.</summary>
    Spread,

    /// <summary>A packet's way in time.</summary>
    Path,
}

/// <summary>A picture that a study's file asks for.</summary>
/// <param name="Name">Its file's name.</param>
/// <param name="Kind">What it shows.</param>
/// <param name="Title">Its title.</param>
/// <param name="X">The column along the horizontal axis; of lines.</param>
/// <param name="Y">The figure.</param>
/// <param name="Per">The column whose values are told apart: series, bars; null for one.</param>
/// <param name="Of"><c>sender</c> or <c>receiver</c> of time and path, the scaled axis of a tornado.</param>
/// <param name="Where">Which rows it shows; null for all.</param>
/// <param name="XTitle">The horizontal axis in words with its unit; null for what its column's name says.</param>
/// <param name="YTitle">The figure in words with its unit; null for what its name says.</param>
/// <param name="IsLogarithmic">Whether both axes of lines are logarithmic.</param>
/// <param name="Formulas">Published formulas of throughput under random loss, drawn beside the figure.</param>
internal sealed record PictureSpec(
    string Name,
    PictureKind Kind,
    string Title,
    string? X,
    string? Y,
    string? Per,
    string? Of,
    Condition? Where,
    string? XTitle,
    string? YTitle,
    bool IsLogarithmic,
    IReadOnlyList<LossFormula> Formulas);
