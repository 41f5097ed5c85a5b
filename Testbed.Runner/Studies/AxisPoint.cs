using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>One place on an axis.</summary>
/// <param name="Experiment">The experiment there; null if the axis says nothing of it.</param>
/// <param name="Settings">What is set there.</param>
/// <param name="Cells">What the table says of it, by column.</param>
internal sealed record AxisPoint(string? Experiment, IReadOnlyList<Setting> Settings, IReadOnlyList<Cell> Cells);

/// <summary>A column's text.</summary>
/// <param name="Column">The column.</param>
/// <param name="Text">What stands in it.</param>
internal sealed record Cell(string Column, string Text);
