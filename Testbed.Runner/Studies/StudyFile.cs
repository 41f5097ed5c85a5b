using Akka.Configuration;
using Akka.Configuration.Hocon;
using Testbed.Node.Configuration;
using Testbed.Runner.Validation;
using ConfigurationException = Testbed.Node.Configuration.ConfigurationException;

namespace Testbed.Runner.Studies;

/// <summary>Reads a study from <c>config/studies/NAME.conf</c>; <c>docs/studies.md</c> has the format.</summary>
internal sealed class StudyFile
{
    private const string Label = "label";
    private const string Scale = "scale";
    private const string Range = "range";
    private const string Default = "default";
    private static readonly string[] Sections = ["axes", "set", "pictures"];
    private static readonly string[] PlainKeys = ["description", "experiment", "repetitions", "first-seed", "outputs", "constraints"];
    private static readonly string[] UsualOutputs = ["throughputMbps", "sender.idlePercent", "receiver.idlePercent", "virtualSeconds"];

    private readonly string _name;
    private readonly string _source;
    private readonly string _text;
    private readonly IReadOnlyDictionary<string, Setting> _settings;
    private readonly SettingsReader _root;

    private StudyFile(string name, string source, string text)
    {
        (_name, _source, _text) = (name, source, text);
        _settings = HoconText.Parse(text, source);
        _root = new(_settings, source);
    }

    /// <summary>Reads a study.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="source">The file, as errors name it.</param>
    /// <param name="text">The file's text.</param>
    /// <exception cref="ConfigurationException">A mistake in it.</exception>
    public static Study Read(string name, string source, string text) => new StudyFile(name, source, text).Read();

    private Study Read()
    {
        RefuseUnknown();
        RefuseEmptySections();
        var axes = NamesInOrder("axes").Select(ReadAxis).ToArray();
        RefuseSetTwice(axes);
        string[] columns = [Study.ExperimentColumn, .. axes.SelectMany(axis => axis.Columns).Where(column => column != Study.ExperimentColumn)];
        var outputs = ReadOutputs();
        RefuseColumnTwice(columns, outputs);
        return new(
            _name,
            _source,
            _text,
            _root.Text("description"),
            ReadExperiment(axes),
            [.. Below("set").Select(setting => setting.WithKey(setting.Key["set.".Length..]))],
            axes,
            ReadConstraints(columns),
            _root.Has("repetitions") ? (int)_root.WholeNumber("repetitions", 1, StudyExpansion.MostRepetitions) : 1,
            _root.Has("first-seed") ? _root.WholeNumber("first-seed", 0, long.MaxValue - StudyExpansion.MostRepetitions) : 1,
            outputs,
            [.. NamesInOrder("pictures").Select(name => ReadPicture(name, axes, columns, outputs))]);
    }

    private string? ReadExperiment(IReadOnlyList<Axis> axes)
    {
        var everywhere = axes.OfType<ListedAxis>().Any(axis => axis.Columns.Contains(Study.ExperimentColumn));
        if (!_root.Has("experiment"))
            return everywhere ? null : throw new ConfigurationException($"{_source}: experiment is not set; it is one that testbed list prints");
        return everywhere
            ? throw Mistake("experiment", "is also on an axis; leave one out")
            : _root.Text("experiment");
    }

    private Axis ReadAxis(string name)
    {
        var axis = _root.At("axes").At(name);
        var below = Below($"axes.{name}").ToArray();
        if (below.Length == 1 && below[0].Key == $"axes.{name}")
            throw ConfigurationException.In(below[0], "is a value; an axis is a section of keys, such as chunk { nettest.chunk = [512, 1024] }");
        return below.Any(setting => setting.Key.StartsWith($"axes.{name}.{Scale}.", StringComparison.Ordinal))
            ? ReadScaled(name, axis, below)
            : ReadListed(name, axis, below);
    }

    private ScaledAxis ReadScaled(string name, SettingsReader axis, IReadOnlyList<Setting> below)
    {
        var scale = axis.At(Scale);
        if (below.FirstOrDefault(setting => setting.Key != $"axes.{name}.{Scale}.sections" && setting.Key != $"axes.{name}.{Scale}.by") is { } other)
            throw ConfigurationException.In(other, $"does not go with {Scale}, which has sections and by");
        var sections = scale.Texts("sections");
        var by = scale.Texts("by");
        RefuseEmpty(scale, "sections", sections);
        RefuseEmpty(scale, "by", by);
        var factors = new List<long>();
        foreach (var factor in by)
        {
            if (!Quantity.PartsPerMillion.TryParse(factor, out var ppm, out var problem))
                throw scale.Mistake("by", $"{ConfigurationException.Shown(factor)} {problem}");
            factors.Add(ppm is > 0 and <= 100_000_000 ? ppm : throw scale.Mistake("by", $"{ConfigurationException.Shown(factor)} is out of range; above 0 to 100 times is permitted"));
        }

        return new(name, sections, factors, _source);
    }

    private ListedAxis ReadListed(string name, SettingsReader axis, IReadOnlyList<Setting> below)
    {
        var lists = new List<(string Key, IReadOnlyList<string> Values)>();
        foreach (var key in below.Select(setting => setting.Key[$"axes.{name}.".Length..]).Select(WithoutRange).Distinct(StringComparer.Ordinal))
        {
            var values = axis.Has(key) ? axis.Texts(key) : ValueRange.Read(axis.At($"{key}.{Range}"), StudyExpansion.MostRuns);
            RefuseEmpty(axis, key, values);
            lists.Add((key, values));
        }

        var count = lists.Max(list => list.Values.Count);
        // One value goes with every point.
        if (lists.FirstOrDefault(list => list.Values.Count != count && list.Values.Count != 1) is { Key: { } odd, Values: var few })
            throw axis.Mistake(odd, $"has {few.Count} values where {lists.First(list => list.Values.Count == count).Key} has {count}; the keys of an axis go in step");
        var label = lists.FirstOrDefault(list => list.Key == Label).Values;
        if (label is not null && label.Distinct(StringComparer.Ordinal).Count() != count)
            throw axis.Mistake(Label, "has one label twice, or fewer than there are points");
        var keys = lists.Where(list => list.Key is not (Label or Study.ExperimentColumn)).Select(list => list.Key).ToArray();
        string[] columns =
        [
            .. label is null ? (string[])[] : [name],
            .. lists.Where(list => list.Key == Study.ExperimentColumn).Select(list => list.Key),
            .. keys,
        ];
        return new(name, columns, keys, [.. Enumerable.Range(0, count).Select(PointAt)]);

        AxisPoint PointAt(int n)
        {
            string At((string Key, IReadOnlyList<string> Values) list) => list.Values[list.Values.Count == 1 ? 0 : n];
            return new(
                lists.Where(list => list.Key == Study.ExperimentColumn).Select(At).FirstOrDefault(),
                [.. lists.Where(list => keys.Contains(list.Key) && At(list) != Default).Select(list => Setting.Scalar(list.Key, At(list), _source))],
                [.. lists.Select(list => new Cell(list.Key == Label ? name : list.Key, At(list)))]);
        }
    }

    private static string WithoutRange(string key)
    {
        var at = key.LastIndexOf($".{Range}.", StringComparison.Ordinal);
        return at > 0 ? key[..at] : key;
    }

    private Condition[] ReadConstraints(string[] columns)
    {
        if (!_root.Has("constraints"))
            return [];
        return [.. _root.Texts("constraints").Select(text => ReadCondition(_root, "constraints", text, columns))];
    }

    private static Condition ReadCondition(SettingsReader reader, string key, string text, string[] columns)
    {
        try
        {
            return Condition.Parse(text, columns);
        }
        catch (FormatException e)
        {
            throw reader.Mistake(key, e.Message);
        }
    }

    private Figure[] ReadOutputs()
    {
        var names = _root.Has("outputs") ? _root.Texts("outputs") : UsualOutputs;
        RefuseEmpty(_root, "outputs", names);
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Count || names.Contains(StudyTable.DigestColumn))
            throw _root.Mistake("outputs", "names a figure twice; the table has each run's digest in any case");
        try
        {
            return [.. names.Select(Figure.Parse)];
        }
        catch (FormatException e)
        {
            throw _root.Mistake("outputs", e.Message);
        }
    }

    private PictureSpec ReadPicture(string name, IReadOnlyList<Axis> axes, string[] columns, IReadOnlyList<Figure> outputs)
    {
        var picture = _root.At("pictures").At(name);
        if (picture.Names().Count == 0)
            throw Mistake($"pictures.{name}", "is a value; a picture is a section with kind, title and what the kind needs");
        var figures = outputs.Select(figure => figure.Name).ToArray();
        var kind = picture.Choice(
            "kind",
            ("lines", PictureKind.Lines),
            ("bars", PictureKind.Bars),
            ("time", PictureKind.Time),
            ("tornado", PictureKind.Tornado),
            ("spread", PictureKind.Spread),
            ("path", PictureKind.Path));
        string[] roles = ["sender", "receiver"];
        var ofRole = kind is PictureKind.Time or PictureKind.Path;
        string[] permitted =
        [
            "kind", "title", "where",
            .. ofRole ? (string[])["of"] : ["y", "y-title"],
            .. kind switch
            {
                PictureKind.Lines => (string[])["x", "x-title", "per", "logarithmic", "formulas"],
                PictureKind.Tornado => ["of"],
                PictureKind.Path => [],
                _ => ["per"],
            },
        ];
        foreach (var key in picture.Names().Except(permitted))
            throw picture.Mistake(key, $"is no key of a picture of this kind; there are {string.Join(", ", permitted)}");
        var scaled = axes.OfType<ScaledAxis>().Select(axis => axis.Name).ToArray();
        if (kind == PictureKind.Tornado && scaled.Length == 0)
            throw picture.Mistake("kind", "needs an axis with scale");
        return new(
            name,
            kind,
            picture.Text("title"),
            kind == PictureKind.Lines ? picture.Choice("x", columns) : null,
            ofRole ? null : picture.Choice("y", figures),
            picture.Has("per") ? picture.Choice("per", columns) : null,
            ofRole ? (picture.Has("of") ? picture.Choice("of", roles) : roles[0]) : kind == PictureKind.Tornado ? picture.Choice("of", scaled) : null,
            picture.Has("where") ? ReadCondition(picture, "where", picture.Text("where"), columns) : null,
            picture.Has("x-title") ? picture.Text("x-title") : null,
            picture.Has("y-title") ? picture.Text("y-title") : null,
            picture.Has("logarithmic") && picture.Switch("logarithmic"),
            picture.Has("formulas") ? ReadFormulas(picture) : []);
    }

    /// <summary>A formula has one value for each loss: it goes with nothing but throughput against it, and with one series.</summary>
    private static LossFormula[] ReadFormulas(SettingsReader picture)
    {
        const string Key = "formulas";
        if (picture.Text("x") != LossFormula.Abscissa || picture.Text("y") != LossFormula.Ordinate || picture.Has("per"))
            throw picture.Mistake(Key, $"goes with x = {LossFormula.Abscissa}, y = {LossFormula.Ordinate} and without per");
        return
        [
            .. picture.Texts(Key).Select(name => LossFormula.All.FirstOrDefault(formula => formula.Key == name)
                ?? throw picture.Mistake(Key, $"{ConfigurationException.Shown(name)} is none; there are {string.Join(", ", LossFormula.All.Select(formula => formula.Key))}")),
        ];
    }

    private void RefuseUnknown()
    {
        foreach (var setting in _settings.Values)
        {
            var first = setting.Key.Split('.')[0];
            if (!PlainKeys.Contains(setting.Key) && (!Sections.Contains(first) || setting.Key == first))
                throw ConfigurationException.In(setting, $"there is no such key{NearestName.Hint(first, [.. PlainKeys, .. Sections])}");
        }
    }

    /// <summary>A section without keys is none of the settings, and yet somebody meant something by it.</summary>
    private void RefuseEmptySections()
    {
        if (_settings.Count == 0)
            throw new ConfigurationException($"{_source}: is empty; a study has at least a description and an experiment");
        if (Empty(ConfigurationFactory.ParseString(_text).Root.GetObject(), "") is { } empty)
            throw new ConfigurationException($"{_source}: {empty}: is empty");

        static string? Empty(HoconObject node, string path) => node.Items.Count == 0
            ? path
            : node.Items.Where(item => item.Value.IsObject())
                .Select(item => Empty(item.Value.GetObject(), path.Length == 0 ? item.Key : $"{path}.{item.Key}"))
                .FirstOrDefault(found => found is not null);
    }

    private void RefuseSetTwice(IReadOnlyList<Axis> axes)
    {
        var taken = Below("set").Select(setting => setting.Key["set.".Length..]).ToHashSet(StringComparer.Ordinal);
        foreach (var axis in axes)
        {
            foreach (var key in axis.Keys)
            {
                if (key == Study.SeedColumn)
                    throw Mistake($"axes.{axis.Name}.{key}", "seeds come of repetitions and first-seed");
                if (!taken.Add(key))
                    throw Mistake($"axes.{axis.Name}.{key}", "is set more than once in the study: in set, or on two axes");
            }
        }

        if (taken.Contains(Study.SeedColumn))
            throw Mistake("set.seed", "seeds come of repetitions and first-seed");
    }

    private void RefuseColumnTwice(string[] columns, IReadOnlyList<Figure> outputs)
    {
        string[] own = [StudyTable.RunColumn, Study.SeedColumn, StudyTable.FailureColumn, StudyTable.DigestColumn];
        foreach (var column in own.Concat(outputs.Select(figure => figure.Name)))
        {
            if (columns.Contains(column))
                throw Mistake("axes", $"the table has a column {column} of its own; call the axis something else");
        }

        if (columns.GroupBy(column => column, StringComparer.Ordinal).FirstOrDefault(column => column.Count() > 1) is { } twice)
            throw Mistake("axes", $"two axes have the column {twice.Key}");
    }

    private static void RefuseEmpty(SettingsReader reader, string key, IReadOnlyList<string> values)
    {
        if (values.Count == 0)
            throw reader.Mistake(key, "is empty; it needs at least one value");
    }

    /// <summary>The names in a section as the file has them: the first axis varies slowest, the first picture is shown first.</summary>
    private string[] NamesInOrder(string section) =>
        ConfigurationFactory.ParseString(_text).GetValue(section) is { } value && value.IsObject() ? [.. value.GetObject().Items.Keys] : [];

    private IEnumerable<Setting> Below(string section) => _settings.Values.Where(
        setting => setting.Key == section || setting.Key.StartsWith(section + ".", StringComparison.Ordinal));

    private ConfigurationException Mistake(string key, string problem) => _root.Mistake(key, problem);
}
