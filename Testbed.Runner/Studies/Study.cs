using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>A parameter study, as its file declares it.</summary>
/// <param name="Name">Its name: the file's, without <c>.conf</c>.</param>
/// <param name="Source">The file, as a person would name it.</param>
/// <param name="Text">The file's text.</param>
/// <param name="Description">What it is, in one line.</param>
/// <param name="Experiment">The experiment that every run is, unless an axis says otherwise; null if one always does.</param>
/// <param name="Settings">What is set in every run.</param>
/// <param name="Axes">What is varied.</param>
/// <param name="Constraints">What has to hold of a point for it to be run.</param>
/// <param name="Repetitions">Runs of each point.</param>
/// <param name="FirstSeed">The seed of each point's first run; the others' follow.</param>
/// <param name="Outputs">The table's figures.</param>
/// <param name="Pictures">The pictures.</param>
internal sealed record Study(
    string Name,
    string Source,
    string Text,
    string Description,
    string? Experiment,
    IReadOnlyList<Setting> Settings,
    IReadOnlyList<Axis> Axes,
    IReadOnlyList<Condition> Constraints,
    int Repetitions,
    long FirstSeed,
    IReadOnlyList<Figure> Outputs,
    IReadOnlyList<PictureSpec> Pictures)
{
    /// <summary>The column of a run's experiment.</summary>
    public const string ExperimentColumn = "experiment";

    /// <summary>The column of a run's seed.</summary>
    public const string SeedColumn = "seed";

    /// <summary>The columns that the axes make.</summary>
    public IReadOnlyList<string> AxisColumns => [.. Axes.SelectMany(axis => axis.Columns)];
}
