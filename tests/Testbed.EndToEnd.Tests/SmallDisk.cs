using System.ComponentModel;
using System.Diagnostics;

namespace Testbed.EndToEnd.Tests;

/// <summary>A file system of 600 KiB, in memory: room for a run's folder, and for little else.</summary>
internal sealed class SmallDisk : IDisposable
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    private readonly string _at;

    private SmallDisk(string at) => _at = at;

    public string RunFolder => Path.Combine(_at, "run");

    public string ResultFile => Path.Combine(RunFolder, "result.json");

    /// <summary>The names in the run's folder.</summary>
    public IEnumerable<string> Files => Directory.EnumerateFileSystemEntries(RunFolder).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal);

    /// <summary>Mounts one in a folder; null, and the reason, where that is not permitted.</summary>
    public static SmallDisk? Mount(string folder, out string reason)
    {
        var at = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        try
        {
            Command("mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", at);
            reason = "";
            return new SmallDisk(at);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            reason = e.Message;
            return null;
        }
    }

    /// <summary>Waits for the run's first word in its folder, which says that there was no end yet.</summary>
    public async Task RunHasBegunAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (!File.Exists(ResultFile))
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TestProgram.Patience, "no run has begun");
            await Task.Delay(PollInterval);
        }
    }

    /// <summary>Leaves no room.</summary>
    public void Fill()
    {
        using var file = File.OpenWrite(Path.Combine(_at, "filling"));
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
                file.Flush();
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    public void Dispose() => Command("umount", _at);

    private static void Command(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Trim()}");
    }
}
