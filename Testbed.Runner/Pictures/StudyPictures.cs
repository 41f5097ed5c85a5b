using Testbed.Node.Results;
using Testbed.Runner.Studies;
using Testbed.Runner.Validation;

namespace Testbed.Runner.Pictures;

/// <summary>The pictures that a study's file asks for.</summary>
internal sealed class StudyPictures
{
    private readonly Study _study;
    private readonly StudyTable _table;
    private readonly Func<string, RunResult> _result;
    private readonly Dictionary<string, RunResult> _read = new(StringComparer.Ordinal);

    private StudyPictures(Study study, StudyTable table, Func<string, RunResult> result) => (_study, _table, _result) = (study, table, result);

    /// <summary>The pictures of which there is anything to be seen.</summary>
    /// <param name="study">The study.</param>
    /// <param name="table">Its table.</param>
    /// <param name="result">A run's result, by its ID.</param>
    public static IReadOnlyList<Picture> Of(Study study, StudyTable table, Func<string, RunResult> result)
    {
        var pictures = new StudyPictures(study, table, result);
        return [.. study.Pictures.Select(pictures.Of).OfType<Picture>()];
    }

    private Picture? Of(PictureSpec spec)
    {
        var rows = _table.Rows
            .Where(row => row[_table.Index(StudyTable.FailureColumn)].Length == 0)
            .Where(row => spec.Where is null || spec.Where.Holds(column => row[_table.Index(column)]))
            .ToArray();
        if (spec.Y is not null)
            rows = [.. rows.Where(row => Number(row, spec.Y) is not null)];
        if (rows.Length == 0)
            return null;
        var title = spec.YTitle ?? (spec.Y is null ? "" : Figure.TitleOf(spec.Y));
        return spec.Kind switch
        {
            PictureKind.Lines => Lines(spec, title, rows),
            PictureKind.Bars => new BarsPicture(
                spec.Name, spec.Title, title, [.. By(spec.Per, rows).Select(bar => (bar.Name, Over(bar.Rows, spec.Y!)))]),
            PictureKind.Time => new TimePicture(spec.Name, spec.Title, [.. By(spec.Per, rows).Select(bar => (bar.Name, Time(bar.Rows, spec.Of!)))]),
            PictureKind.Tornado => Tornado(spec, title, rows),
            PictureKind.Spread => new SpreadPicture(
                spec.Name, spec.Title, title, [.. By(spec.Per, rows).Select(group => (group.Name, group.Rows.Select(row => Number(row, spec.Y!)!.Value).ToArray()))]),
            _ => Path(spec, rows[0]),
        };
    }

    private LinesPicture? Lines(PictureSpec spec, string title, IReadOnlyList<string>[] rows)
    {
        // A logarithm knows neither 0 nor less.
        if (spec.IsLogarithmic)
            rows = [.. rows.Where(row => Position(row, spec.X!) > 0 && Number(row, spec.Y!) > 0)];
        Series[] series =
        [
            .. By(spec.Per, rows).Select(line => Measured(spec, line.Name, line.Rows)).Where(line => line.Points.Count > 0),
        ];
        if (series.Length == 0)
            return null;
        if (spec.Formulas.Count > 0)
            series = [series[0] with { Name = "testbed" }, .. spec.Formulas.Select(formula => Calculated(spec, formula, rows)).Where(line => line.Points.Count > 0)];
        return new(
            spec.Name, spec.Title, spec.XTitle ?? spec.X!.Replace('.', ' ').Replace('-', ' '), title, series, Labels(rows, spec.X!), spec.IsLogarithmic);
    }

    private Series Measured(PictureSpec spec, string name, IReadOnlyList<IReadOnlyList<string>> rows) =>
        new(name, [.. Points(spec, rows).Select(point => (point.Key, Over([.. point], spec.Y!)))]);

    /// <summary>What a formula says of each point's settings.</summary>
    private Series Calculated(PictureSpec spec, LossFormula formula, IReadOnlyList<IReadOnlyList<string>> rows) => new(
        formula.Title,
        [
            .. Points(spec, rows)
                .Select(point => (point.Key, Path: LossyPath.Of(Result(point.First()))))
                .Where(point => point.Path.Loss is > 0 and < 1)
                .Select(point => (point.Key, Estimate.Of([formula.Mbps(point.Path)])!)),
        ],
        IsCalculated: true);

    /// <summary>The rows at each place along the horizontal axis, from left to right.</summary>
    private IEnumerable<IGrouping<double, IReadOnlyList<string>>> Points(PictureSpec spec, IReadOnlyList<IReadOnlyList<string>> rows) =>
        rows.Where(row => Position(row, spec.X!) is not null).GroupBy(row => Position(row, spec.X!)!.Value).OrderBy(point => point.Key);

    /// <summary>Quantities with a unit stand there as the table has them; numbers are left to the picture.</summary>
    private Dictionary<double, string>? Labels(IReadOnlyList<string>[] rows, string column)
    {
        var at = _table.Index(column);
        if (rows.All(row => StudyTable.Number(row[at]) is not null))
            return null;
        var labels = new Dictionary<double, string>();
        foreach (var row in rows)
        {
            if (Position(row, column) is { } value)
                labels.TryAdd(value, row[at].Replace(" us", " µs", StringComparison.Ordinal));
        }

        return labels;
    }

    private TornadoPicture? Tornado(PictureSpec spec, string title, IReadOnlyList<string>[] rows)
    {
        var axis = _study.Axes.OfType<ScaledAxis>().Single(axis => axis.Name == spec.Of);
        var (cost, factor) = (_table.Index(axis.Name), _table.Index(axis.FactorColumn));
        // Each run against the one with the same seed and nothing scaled: what is chance in both is no difference.
        var unscaled = rows.Where(row => row[cost] == ScaledAxis.Unscaled).ToLookup(Others, row => Number(row, spec.Y!)!.Value, StringComparer.Ordinal);
        double[] factors = [.. rows.Where(row => row[cost] != ScaledAxis.Unscaled).Select(row => StudyTable.Number(row[factor])!.Value).Distinct().Order()];
        if (factors.Length < 2)
            return null;
        var swings = new List<Swing>();
        foreach (var scaled in rows.Where(row => row[cost] != ScaledAxis.Unscaled).GroupBy(row => row[cost], StringComparer.Ordinal))
        {
            if (Change(scaled, factors[0]) is { } low && Change(scaled, factors[^1]) is { } high)
                swings.Add(new(scaled.Key, low, high));
        }

        return swings.Count == 0 ? null : new(spec.Name, spec.Title, title, Percent(factors[0]), Percent(factors[^1]), swings);

        Estimate? Change(IEnumerable<IReadOnlyList<string>> of, double at) => Estimate.Of(
        [
            .. of.Where(row => StudyTable.Number(row[factor]) == at && unscaled.Contains(Others(row)))
                .Select(row => Number(row, spec.Y!)!.Value - unscaled[Others(row)].First()),
        ]);

        string Others(IReadOnlyList<string> row) => string.Join(
            '\n',
            _study.AxisColumns.Where(column => column != axis.Name && column != axis.FactorColumn).Append(Study.SeedColumn).Select(column => row[_table.Index(column)]));

        static string Percent(double value) => FormattableString.Invariant($"{value:0.##}");
    }

    private PathPicture? Path(PictureSpec spec, IReadOnlyList<string> row)
    {
        var node = Result(row).Deterministic.Nodes.Values.FirstOrDefault(node => node.Role == spec.Of);
        LatencyFigure[] segments = [.. node?.Vm?.Transmission.Segments.Where(segment => segment.Count > 0) ?? []];
        return segments.Length == 0 ? null : new(spec.Name, spec.Title, segments);
    }

    private double[] Time(IReadOnlyList<IReadOnlyList<string>> rows, string role)
    {
        var runs = rows
            .Select(row => TimeGroups.Percent(Result(row).Deterministic.Nodes.Values.First(node => node.Role == role).Cpu))
            .ToArray();
        return [.. Enumerable.Range(0, TimeGroups.All.Count).Select(group => runs.Average(run => run[group]))];
    }

    private RunResult Result(IReadOnlyList<string> row)
    {
        var id = row[_table.Index(StudyTable.RunColumn)];
        return _read.TryGetValue(id, out var result) ? result : _read[id] = _result(id);
    }

    private IEnumerable<(string Name, IReadOnlyList<string>[] Rows)> By(string? column, IReadOnlyList<string>[] rows) => column is null
        ? [("", rows)]
        : rows.GroupBy(row => row[_table.Index(column)], StringComparer.Ordinal).Select(group => (group.Key, group.ToArray()));

    private Estimate Over(IReadOnlyList<IReadOnlyList<string>> rows, string figure) =>
        Estimate.Of([.. rows.Select(row => Number(row, figure)).OfType<double>()])!;

    private double? Number(IReadOnlyList<string> row, string column) => StudyTable.Number(row[_table.Index(column)]);

    /// <summary>A quantity's place on an axis, in its least unit.</summary>
    private double? Position(IReadOnlyList<string> row, string column)
    {
        var text = row[_table.Index(column)];
        return StudyTable.Number(text) ?? (AnyQuantity.Of(text) is { } found ? found.Values[0] : null);
    }
}
