using System.Collections.Concurrent;

namespace Testbed.Node.Configuration;

/// <summary>An experiment as a list shows it.</summary>
/// <param name="Name">The name to run it by.</param>
/// <param name="Description">What it is, in one line; or what is wrong with its file.</param>
public sealed record ExperimentEntry(string Name, string Description);

/// <summary>The configuration folder: <c>testbed.conf</c>, <c>pcs/</c>, <c>costs/</c>, <c>experiments/</c>.</summary>
public sealed class ExperimentCatalog
{
    /// <summary>The environment variable that names a configuration folder other than the one beside the program.</summary>
    public const string FolderVariable = "TESTBED_CONFIG";

    private const string DefaultsFile = "testbed.conf";

    // A study resolves the same files hundreds of times; they are read once for each catalog.
    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Setting>> _parsed = new(StringComparer.Ordinal);

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

    /// <summary>Every experiment with its description; one whose file is broken says so in its place.</summary>
    public IReadOnlyList<ExperimentEntry> List() => Names.Select(name =>
    {
        try
        {
            return new ExperimentEntry(
                name, Experiment(name).TryGetValue("description", out var text) ? text.Describe() : "(no description)");
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
    /// <exception cref="ConfigurationException">There is no such experiment.</exception>
    internal IReadOnlyDictionary<string, Setting> Experiment(string name)
    {
        var known = Names;
        if (!known.Contains(name))
        {
            var hint = NearestName.Hint(name, known);
            throw new ConfigurationException(
                $"{ConfigurationException.Shown(name)}: there is no such experiment" +
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
