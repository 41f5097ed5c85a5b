using System.Globalization;
using System.Text;
using System.Text.Json;
using Testbed.Node.Configuration;
using Testbed.Node.Results;
using Testbed.Runner.Output;

namespace Testbed.Runner.Studies;

/// <summary>
/// A study's folder: a folder for each finished run, and the tables that are made of them. A run's result appears whole or not at all, so
/// that whatever ends the program, what is there is finished, and the tables can be made of it.
/// </summary>
internal sealed class StudyFolder : IDisposable
{
    /// <summary>What the folder says of itself.</summary>
    public const string FactsFile = "study.json";

    /// <summary>The study's file, as it was.</summary>
    public const string StudyTextFile = "study.conf";

    /// <summary>The tidy table.</summary>
    public const string TableFile = "table.csv";

    private const string LockFile = ".lock";
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private readonly FileStream _lock;

    private StudyFolder(string path, FileStream @lock) => (Path, _lock) = (path, @lock);

    /// <summary>The folder, as a person would name it.</summary>
    public string Path { get; }

    /// <summary>Opens it for a sweep, which has it for itself until it is disposed.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="study">The study that is to be swept.</param>
    /// <param name="resume">Whether to go on with what is there.</param>
    /// <exception cref="ConfigurationException">It cannot be written, is in use, or holds another sweep.</exception>
    public static StudyFolder Open(string path, Study study, bool resume)
    {
        if (IsStudy(path))
        {
            var there = Facts(path).Study;
            if (!resume)
                throw new ConfigurationException($"{path}: holds a sweep of {there}; --resume goes on with it, --out DIR names another folder");
            if (there != study.Name)
                throw new ConfigurationException($"{path}: holds a sweep of {there}, not of {study.Name}; --out DIR names another folder");
        }

        return Trying(path, () =>
        {
            Directory.CreateDirectory(path);
            FileStream @lock;
            try
            {
                @lock = new FileStream(
                    System.IO.Path.Combine(path, LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
            }
            catch (IOException e) when (File.Exists(System.IO.Path.Combine(path, LockFile)))
            {
                throw new ConfigurationException($"{path}: another sweep is writing to it", e);
            }

            return new StudyFolder(path, @lock);
        });
    }

    /// <summary>Whether a folder is one of a study.</summary>
    public static bool IsStudy(string path) => File.Exists(System.IO.Path.Combine(path, FactsFile));

    /// <summary>What a study's folder says of itself.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public static StudyFacts Facts(string path)
    {
        var file = System.IO.Path.Combine(path, FactsFile);
        try
        {
            return StudyFacts.Parse(File.ReadAllText(file, Utf8));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ConfigurationException($"{file}: cannot be read: {e.Message.Split('\n', 2)[0]}", e);
        }
    }

    /// <summary>The folder of a run.</summary>
    public static string RunPath(string path, string id) => System.IO.Path.Combine(path, "runs", id);

    /// <summary>The result of a run, if it has finished well under this very version of the program; else null.</summary>
    public RunResult? Finished(StudyRun run)
    {
        var folder = RunPath(Path, run.Id);
        if (!File.Exists(System.IO.Path.Combine(folder, RunFolder.ResultFile)))
            return null;
        try
        {
            var result = WrittenResult.Read(folder);
            return result is { Partial: false } && result.Version == BuildFacts.Version && result.Commit == BuildFacts.Commit ? result : null;
        }
        catch (ConfigurationException)
        {
            // Not one that this program reads: it is run again.
            return null;
        }
    }

    /// <summary>Keeps a run's result.</summary>
    /// <exception cref="ConfigurationException">It cannot be written.</exception>
    public void Keep(StudyRun run, RunResult result, DateTime started) =>
        RunFolder.Create(RunPath(Path, run.Id), run.Experiment.Name, run.Seed, started).Write(run.Experiment, result);

    /// <summary>Says what the folder is, before there is anything else in it.</summary>
    /// <exception cref="ConfigurationException">It cannot be written.</exception>
    public void Begin(Study study, IReadOnlyList<string> sets, int runs, int finished) => Trying(Path, () =>
    {
        Put(StudyTextFile, study.Text);
        Put(FactsFile, Facts(study, sets, runs, finished).ToJson());
        return 0;
    });

    /// <summary>Writes the tables.</summary>
    /// <exception cref="ConfigurationException">They cannot be written.</exception>
    public StudyTable WriteTables(Study study, IReadOnlyList<string> sets, int runs, IReadOnlyList<(StudyRun Run, RunResult Result)> results)
    {
        var table = StudyTable.Of(study, results);
        var summary = StudySummary.Of(table, [.. study.Outputs.Select(figure => figure.Name)]);
        using var parquet = new MemoryStream();
        // All of it is in memory: there is nothing to wait for.
        ParquetFile.WriteAsync(table, parquet).GetAwaiter().GetResult();
        Trying(Path, () =>
        {
            Put(TableFile, Csv.Write(table));
            Put("table.parquet", parquet.ToArray());
            Put("summary.csv", Csv.Write(summary));
            Put("wall.csv", Wall(results));
            Put(FactsFile, Facts(study, sets, runs, results.Count(found => !found.Result.Partial)).ToJson());
            return 0;
        });
        return table;
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();

    private static StudyFacts Facts(Study study, IReadOnlyList<string> sets, int runs, int finished) => new(
        StudyFacts.CurrentFormat,
        study.Name,
        study.Description,
        BuildFacts.Version,
        BuildFacts.Commit,
        sets,
        study.AxisColumns,
        [.. study.Outputs.Select(figure => figure.Name)],
        runs,
        finished);

    /// <summary>What depends on the machine and the moment stands by itself.</summary>
    private static string Wall(IEnumerable<(StudyRun Run, RunResult Result)> results) => Csv.Write(new(
        [StudyTable.RunColumn, "mode", "startedUtc", "seconds"],
        [
            .. results.OrderBy(found => found.Run.Id, StringComparer.Ordinal).Select(found => (string[])
            [
                found.Run.Id, found.Result.Wall.Mode, found.Result.Wall.StartedUtc, found.Result.Wall.Seconds.ToString(CultureInfo.InvariantCulture),
            ]),
        ]));

    private void Put(string name, string text) => Put(name, Utf8.GetBytes(text));

    private void Put(string name, byte[] bytes)
    {
        var path = System.IO.Path.Combine(Path, name);
        var next = path + ".new";
        File.WriteAllBytes(next, bytes);
        File.Move(next, path, overwrite: true);
    }

    private static T Trying<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{(path.Length == 0 ? "--out" : path)}: the study's folder cannot be written: {e.Message}", e);
        }
    }
}
