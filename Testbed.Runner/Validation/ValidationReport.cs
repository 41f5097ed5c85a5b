namespace Testbed.Runner.Validation;

/// <summary>One reading's comparisons.</summary>
/// <param name="Title">Which reading.</param>
/// <param name="Sections">The comparisons.</param>
internal sealed record ValidationReading(string Title, IReadOnlyList<ComparisonSection> Sections);

/// <summary>All that a validation found.</summary>
/// <param name="Settings">What was asked for.</param>
/// <param name="Readings">Each reading, and the native PCs.</param>
internal sealed record ValidationReport(ValidationSettings Settings, IReadOnlyList<ValidationReading> Readings)
{
    /// <summary>What has to hold and does not.</summary>
    public IReadOnlyList<Comparison> Failures =>
        [.. Readings.SelectMany(reading => reading.Sections).SelectMany(section => section.Rows).Where(row => row.Fails)];
}
