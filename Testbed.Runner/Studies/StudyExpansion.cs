using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>All runs of a study: the points of its axes crossed, less those that a constraint excludes, each with its repetitions.</summary>
/// <param name="resolver">Makes an experiment of its name and its settings.</param>
internal sealed class StudyExpansion(ExperimentResolver resolver)
{
    /// <summary>Runs that a study may have.</summary>
    public const int MostRuns = 10_000;

    /// <summary>Repetitions that a point may have.</summary>
    public const int MostRepetitions = 1_000;

    /// <summary>The runs, in the order of their IDs: the file's first axis varies slowest, the seed fastest.</summary>
    /// <param name="study">The study.</param>
    /// <param name="sets">Settings of every run, stronger than the study's own.</param>
    /// <exception cref="ConfigurationException">Too many runs, none at all, or one that cannot be.</exception>
    public IReadOnlyList<StudyRun> Expand(Study study, IReadOnlyList<Setting> sets)
    {
        RefuseOnAxis(study, sets);
        RefuseTooMany(study, study.Axes.Select(axis => axis.Count));
        IReadOnlyList<AxisPoint>[] axes = [.. study.Axes.Select(axis => PointsOf(axis, study, sets))];
        RefuseTooMany(study, axes.Select(points => (long)points.Count));
        var runs = new List<StudyRun>();
        var point = 0;
        foreach (var places in Crossed(axes))
        {
            var experiment = places.Select(place => place.Experiment).FirstOrDefault(name => name is not null) ?? study.Experiment!;
            Cell[] cells = [.. places.SelectMany(place => place.Cells)];
            if (!IsWanted(study, experiment, cells))
                continue;
            Setting[] settings = [.. study.Settings, .. places.SelectMany(place => place.Settings), .. sets];
            var first = resolver.ResolveWith(experiment, settings, study.FirstSeed.ToString(CultureInfo.InvariantCulture), source: study.Source);
            for (var n = 0; n < study.Repetitions; n++)
            {
                var seed = study.FirstSeed + n;
                var resolved = first.WithSeed(seed);
                runs.Add(new(Id(point, n, resolved), seed, resolved, cells));
            }

            point++;
        }

        return runs.Count > 0
            ? runs
            : throw new ConfigurationException(
                $"{study.Source}: constraints = {ConfigurationException.Shown(string.Join("; ", study.Constraints.Select(c => c.Text)))}: no point of the study satisfies them");
    }

    private IReadOnlyList<AxisPoint> PointsOf(Axis axis, Study study, IReadOnlyList<Setting> sets)
    {
        if (axis is ListedAxis listed)
            return listed.Points;
        if (study.Experiment is not { } experiment)
            throw new ConfigurationException($"{study.Source}: axes.{axis.Name}.scale needs one experiment for all runs, not one on an axis");
        var unscaled = resolver.ResolveWith(experiment, [.. study.Settings, .. sets], source: study.Source);
        return ((ScaledAxis)axis).PointsOf(HoconText.Parse(unscaled.Hocon, study.Source));
    }

    private static IEnumerable<AxisPoint[]> Crossed(IReadOnlyList<IReadOnlyList<AxisPoint>> axes)
    {
        IEnumerable<AxisPoint[]> places = [[]];
        return axes.Aggregate(places, (crossed, axis) => crossed.SelectMany(before => axis.Select(point => (AxisPoint[])[.. before, point])));
    }

    private static bool IsWanted(Study study, string experiment, Cell[] cells)
    {
        try
        {
            return study.Constraints.All(constraint => constraint.Holds(
                column => cells.FirstOrDefault(cell => cell.Column == column)?.Text ?? (column == Study.ExperimentColumn ? experiment : "")));
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{study.Source}: constraints: {e.Message}", e);
        }
    }

    private static void RefuseTooMany(Study study, IEnumerable<long> counts)
    {
        var runs = counts.Aggregate((Int128)study.Repetitions, (product, count) => product * count);
        if (runs > MostRuns)
            throw new ConfigurationException(
                $"{study.Source}: the axes and repetitions make {runs:#,0} runs; at most {MostRuns:#,0} are permitted");
    }

    private static void RefuseOnAxis(Study study, IReadOnlyList<Setting> sets)
    {
        foreach (var set in sets)
        {
            if (set.Key == Study.SeedColumn)
                throw ConfigurationException.In(set, "a study's seeds come of its repetitions and first-seed");
            if (study.Axes.FirstOrDefault(axis => axis.Keys.Contains(set.Key)) is { } axis)
                throw ConfigurationException.In(set, $"is what the study varies (axes.{axis.Name})");
        }
    }

    private static string Id(int point, int repetition, ResolvedExperiment experiment)
    {
        var hash = XxHash32.HashToUInt32(Encoding.UTF8.GetBytes($"{experiment.Name}\n{experiment.Hocon}"));
        return string.Create(CultureInfo.InvariantCulture, $"{point:0000}-{repetition:000}-{hash:x8}");
    }
}
