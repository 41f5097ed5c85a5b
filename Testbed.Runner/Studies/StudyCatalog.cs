using System.Text;
using Testbed.Node.Configuration;

namespace Testbed.Runner.Studies;

/// <summary>The studies of a configuration folder: <c>studies/*.conf</c>.</summary>
/// <param name="catalog">The configuration folder.</param>
internal sealed class StudyCatalog(ExperimentCatalog catalog)
{
    private const string Extension = ".conf";

    private string Folder => Path.Combine(catalog.Folder, "studies");

    /// <summary>The names of all studies, in order.</summary>
    public IReadOnlyList<string> Names => !Directory.Exists(Folder)
        ? []
        : [.. Directory.EnumerateFiles(Folder, "*" + Extension).Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    /// <summary>Every study with its description.</summary>
    public IReadOnlyList<ExperimentEntry> List() => ExperimentCatalog.Describe(Names, name => HoconText.ParseFile(Path.Combine(Folder, name + Extension), name));

    /// <summary>A study, by its name or by its file.</summary>
    /// <exception cref="ConfigurationException">There is none, or its file has a mistake.</exception>
    public Study Read(string asked)
    {
        var isFile = asked.EndsWith(Extension, StringComparison.Ordinal);
        if (!isFile && !Names.Contains(asked))
        {
            var hint = NearestName.Hint(asked, Names);
            throw new ConfigurationException(
                $"{ConfigurationException.Shown(asked)}: there is no such study{(hint.Length > 0 ? hint : $"; there are {string.Join(", ", Names)}")}");
        }

        return ReadFile(isFile ? asked : Path.Combine(Folder, asked + Extension));
    }

    /// <summary>A study by its file.</summary>
    /// <exception cref="ConfigurationException">There is none, or it has a mistake.</exception>
    public static Study ReadFile(string file)
    {
        var source = ExperimentCatalog.Shown(Path.GetFullPath(file));
        try
        {
            return StudyFile.Read(Path.GetFileNameWithoutExtension(file), source, File.ReadAllText(file, Encoding.UTF8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"{source}: cannot be read: {e.Message}", e);
        }
    }
}
