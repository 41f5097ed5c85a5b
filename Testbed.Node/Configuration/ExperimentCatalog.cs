using System.Collections.Concurrent;

namespace Testbed.Node.Configuration;

/// <summary>An experiment as a list shows it.</summary>
/// <param name="Name">The name to run it by.</param>
/// <param name="Description">What it is, in one line; or what is wrong with its file.</param>
public sealed record ExperimentEntry(string Name, string Description);

/// <summary>The configuration folder: <c>testbed.conf</c>, <c>pcs/</c>, <c>costs/</c>, <c>systems/</c>, <c>experiments/</c>, <c>faults/</c>.</summary>
public sealed class ExperimentCatalog
{
    /// <summary>The environment variable that names a configuration folder other than the one beside the program.</summary>
    public const string FolderVariable = "TESTBED_CONFIG";

    /// <summary>The section of an experiment, and the folder, that faults are in.</summary>
    internal const string Faults = "faults";

    private const string DefaultsFile = "testbed.conf";

    // A study resolves the same files hundreds of times; they are read once for each catalog.
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Setting>> _parsed = new(StringComparer.Ordinal);
    private const string NativeSystem = "native";

    private const string BasedOn = "based-on";

    /// <summary>The catalog in a folder.</summary>
    /// <exception cref="ConfigurationException">It is no configuration folder.</exception>
    public ExperimentCatalog(string folder)
    {
        Folder = Path.GetFullPath(folder);
        if (!File.Exists(Path.Combine(Folder, DefaultsFile)))
            throw new ConfigurationException($"{Shown(Folder)}: is no configuration folder; it should hold {DefaultsFile}");
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The names of all experiments, in order.</summary>
    public IReadOnlyList<string> Names => Files("experiments").Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();

    /// <summary>The catalog in the folder asked for, else in that of <see cref="FolderVariable"/>, else beside the program.</summary>
    /// <param name="asked">The value of <c>--config</c>, or null.</param>
    public static ExperimentCatalog Open(string? asked)
    {
        asked ??= Environment.GetEnvironmentVariable(FolderVariable);
        return new(string.IsNullOrEmpty(asked) ? Path.Combine(AppContext.BaseDirectory, "config") : asked);
    }

    /// <summary>A path as a person would name it: relative when it is below the working directory.</summary>
    public static string Shown(string path)
    {
        var relative = Path.GetRelativePath(Environment.CurrentDirectory, path);
        return relative.StartsWith("..", StringComparison.Ordinal) ? path : relative;
    }
    /// <summary>What a program can run on, the values of <c>sender.system</c> and <c>receiver.system</c>: native first, then the others in order.</summary>
    public IReadOnlyList<string> Systems => Files("systems")
        .Select(f => Path.GetFileNameWithoutExtension(f))
        .OrderBy(name => name == NativeSystem ? 0 : 1)
        .ToArray();

    /// <summary>Every experiment with its description; one whose file is broken says so in its place.</summary>
    public IReadOnlyList<ExperimentEntry> List() => Describe(Names, name => Experiment(name));

    /// <summary>Every system with its description.</summary>
    public IReadOnlyList<ExperimentEntry> ListSystems() => Describe(Systems, System);

    /// <summary>What a system sets in the section <c>vm</c> of who runs on it; first what the system sets that it is based on, and so on down.</summary>
    /// <param name="system">The setting that chooses it.</param>
    /// <param name="role">Whose it is: <c>sender</c> or <c>receiver</c>.</param>
    /// <exception cref="ConfigurationException">There is no such system, or its file is not what it has to be.</exception>
    internal IEnumerable<Setting> SystemSettings(Setting system, string role)
    {
        var known = Systems;
        List<IReadOnlyDictionary<string, Setting>> files = [];
        for (var next = system; next is not null; next = files[^1].GetValueOrDefault(BasedOn))
        {
            if (!known.Contains(next.Text ?? ""))
                throw ConfigurationException.In(next, $"expected one of {string.Join(", ", known)}{NearestName.Hint(next.Describe(), known)}");
            if (files.Count == known.Count)
                throw ConfigurationException.In(next, "is based on itself");
            files.Add(System(next.Text!));
        }

        files.Reverse();
        foreach (var setting in files.SelectMany(file => file.Values))
        {
            if (setting.Key is not ("description" or BasedOn) && !setting.Key.StartsWith("vm.", StringComparison.Ordinal))
                throw ConfigurationException.In(setting, $"there is no such key; a system has description, {BasedOn} and vm");
        }

        return files.SelectMany(file => file.Values)
            .Where(setting => setting.Key.StartsWith("vm.", StringComparison.Ordinal))
            .Select(setting => setting.WithKey($"{role}.{setting.Key}"));
    }

    private IReadOnlyDictionary<string, Setting> System(string name) => Parse(Path.Combine(Folder, "systems", name + ".conf"));

    /// <summary>The plans of faults in the library, by name.</summary>
    public IReadOnlyList<string> FaultPlans => Files(Faults).Select(f => Path.GetFileNameWithoutExtension(f)).ToArray();

    /// <summary>Every plan of the library with its description.</summary>
    public IReadOnlyList<ExperimentEntry> ListFaultPlans() => Describe(FaultPlans, name => Parse(Path.Combine(Folder, Faults, name + ".conf")));

    /// <summary>The faults of a plan.</summary>
    /// <param name="plan">Its name in the library, or a file.</param>
    /// <exception cref="ConfigurationException">There is none, or it holds something else than faults.</exception>
    internal IReadOnlyDictionary<string, Setting> FaultPlan(string plan)
    {
        var known = FaultPlans;
        if (!known.Contains(plan) && !File.Exists(plan))
        {
            throw new ConfigurationException(
                $"--faults {ConfigurationException.Shown(plan)}: there is no such plan, and no such file{NearestName.Hint(plan, known)}; there are {string.Join(", ", known)}");
        }

        var settings = known.Contains(plan) ? Parse(Path.Combine(Folder, Faults, plan + ".conf")) : Parse(plan);
        var faults = settings.Values.Where(setting => setting.Key != "description").ToDictionary(setting => setting.Key, StringComparer.Ordinal);
        foreach (var setting in faults.Values.Where(setting => !setting.Key.StartsWith(Faults + ".", StringComparison.Ordinal)))
            throw ConfigurationException.In(setting, $"there is no such key; a plan has description and {Faults}");
        return faults;
    }

    /// <summary>What a list shows of files: the description of each, or what is wrong with it.</summary>
    /// <param name="names">The files' names.</param>
    /// <param name="read">Reads one.</param>
    public static IReadOnlyList<ExperimentEntry> Describe(IReadOnlyList<string> names, Func<string, IReadOnlyDictionary<string, Setting>> read) => names.Select(name =>
    {
        try
        {
            return new ExperimentEntry(name, read(name).TryGetValue("description", out var text) ? text.Describe() : "(no description)");
        }
        catch (ConfigurationException e)
        {
            return new ExperimentEntry(name, $"(cannot be read: {e.Message})");
        }
    }).ToArray();

    /// <summary>The defaults: every key that there is.</summary>
    internal IReadOnlyDictionary<string, Setting> Defaults() => Parse(Path.Combine(Folder, DefaultsFile));

    /// <summary>The files of a folder of parts, in ordinal order of their names.</summary>
    internal IEnumerable<IReadOnlyDictionary<string, Setting>> Parts(string folder) => Files(folder).Select(Parse);

    /// <summary>What an experiment's own file says.</summary>
    /// <param name="name">The experiment's name.</param>
    /// <param name="source">What names it, such as a study's file; null for the person.</param>
    /// <exception cref="ConfigurationException">There is no such experiment.</exception>
    internal IReadOnlyDictionary<string, Setting> Experiment(string name, string? source = null)
    {
        var known = Names;
        if (!known.Contains(name))
        {
            var hint = NearestName.Hint(name, known);
            throw new ConfigurationException(
                (source is null ? "" : $"{source}: experiment = ") + $"{ConfigurationException.Shown(name)}: there is no such experiment" +
                (hint.Length > 0 ? hint : $"; there are {string.Join(", ", known)}"));
        }

        return Parse(Path.Combine(Folder, "experiments", name + ".conf"));
    }

    private IReadOnlyDictionary<string, Setting> Parse(string file) =>
        _parsed.GetOrAdd(file, static path => HoconText.ParseFile(path, Shown(path)));

    private string[] Files(string folder)
    {
        var path = Path.Combine(Folder, folder);
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, "*.conf").Order(StringComparer.Ordinal).ToArray()
            : [];
    }
}
