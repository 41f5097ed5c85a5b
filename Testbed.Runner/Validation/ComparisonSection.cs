namespace Testbed.Runner.Validation;

/// <summary>Comparisons of one kind and unit, and what has to be said of them.</summary>
/// <param name="Title">What is compared, in which unit, with which tolerance.</param>
/// <param name="Rows">The comparisons.</param>
/// <param name="Notes">Where published figures contradict each other or the mechanism's counts: why, and by how much.</param>
internal sealed record ComparisonSection(string Title, IReadOnlyList<Comparison> Rows, IReadOnlyList<string> Notes);
