using System.Globalization;
using System.Text;
using Testbed.Node.Configuration;
using Testbed.Node.Results;
using Testbed.Runner.Recordings;

namespace Testbed.Runner.Output;

/// <summary>A run's folder: <c>result.json</c>, <c>experiment.conf</c>, and what was recorded besides.</summary>
internal sealed class RunFolder
{
    /// <summary>The result's file in the folder.</summary>
    public const string ResultFile = "result.json";

    private const int ProbeBytes = 256 * 1024;
    private const int BufferBytes = 64 * 1024;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    private RunFolder(string path) => Path = path;

    /// <summary>The folder, as a person would name it.</summary>
    public string Path { get; }

    /// <summary>Makes the folder and tries whether it can be written and has room: before the run, not after it.</summary>
    /// <exception cref="ConfigurationException">It cannot.</exception>
    public static RunFolder Create(string? asked, string experiment, long seed, DateTime started)
    {
        var folder = new RunFolder(asked ?? Unused(experiment, seed, started));
        folder.Try(() =>
        {
            Directory.CreateDirectory(folder.Path);
            var probe = System.IO.Path.Combine(folder.Path, ".probe");
            try
            {
                File.WriteAllBytes(probe, new byte[ProbeBytes]);
            }
            finally
            {
                File.Delete(probe);
            }

            // What an earlier run in the same folder recorded is not of this one.
            foreach (var file in RecordingFiles.Patterns.SelectMany(pattern => Directory.GetFiles(folder.Path, pattern)))
                File.Delete(file);
        });
        return folder;
    }

    /// <summary>Writes both files; the result appears whole or not at all.</summary>
    /// <exception cref="ConfigurationException">They cannot be written.</exception>
    public void Write(ResolvedExperiment experiment, RunResult result) => Try(() =>
    {
        Put("experiment.conf", file => file.Write(Utf8.GetBytes($"# {experiment.Name}, as resolved\n{experiment.Hocon}")));
        Put(ResultFile, file => file.Write(Utf8.GetBytes(result.ToJson())));
    });

    /// <summary>Writes another file; it appears whole or not at all.</summary>
    /// <exception cref="ConfigurationException">It cannot be written.</exception>
    public void Write(string name, Action<Stream> write) => Try(() => Put(name, write));

    private static string Unused(string experiment, long seed, DateTime started)
    {
        var time = started.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var name = System.IO.Path.Combine("runs", string.Create(CultureInfo.InvariantCulture, $"{experiment}-{seed}-{time}"));
        var path = name;
        for (var n = 2; Directory.Exists(path); n++)
            path = string.Create(CultureInfo.InvariantCulture, $"{name}-{n}");
        return path;
    }

    private void Put(string name, Action<Stream> write)
    {
        var path = System.IO.Path.Combine(Path, name);
        var next = path + ".new";
        try
        {
            using (var file = new BufferedStream(File.Create(next), BufferBytes))
                write(file);
            File.Move(next, path, overwrite: true);
        }
        catch
        {
            // Half a file helps nobody, and takes room.
            File.Delete(next);
            throw;
        }
    }

    private void Try(Action write)
    {
        try
        {
            write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new ConfigurationException($"{(Path.Length == 0 ? "--out" : Path)}: the run's folder cannot be written: {e.Message}", e);
        }
    }
}
