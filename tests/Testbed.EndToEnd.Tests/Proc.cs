using System.Diagnostics;
using System.Globalization;

namespace Testbed.EndToEnd.Tests;

/// <summary>What Linux tells of processes.</summary>
internal static class Proc
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>The running children of a process.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0 && Stat(id) is { } stat && stat.Parent == parent && stat.State != 'Z')
            .Order(),
    ];

    /// <summary>The running processes whose environment holds these words: whoever was started with them, and all that it started.</summary>
    public static IReadOnlyList<int> WithEnvironment(string words) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) ? id : 0)
            .Where(id => id != 0 && Runs(id) && Read($"/proc/{id}/environ") is { } environment && environment.Contains(words, StringComparison.Ordinal))
            .Order(),
    ];

    /// <summary>Whether it runs; one that has ended and has not been asked for its exit code does not.</summary>
    public static bool Runs(int id) => Stat(id) is { State: not 'Z' };

    /// <summary>Waits until none of them runs.</summary>
    public static async Task GoneAsync(IEnumerable<int> ids, TimeSpan limit)
    {
        var started = Stopwatch.GetTimestamp();
        foreach (var id in ids)
        {
            while (Runs(id))
            {
                Assert.True(Stopwatch.GetElapsedTime(started) < limit, $"process {id} still runs after {limit.TotalSeconds} s");
                await Task.Delay(PollInterval);
            }
        }
    }

    /// <summary>The most memory that it has had resident at a time; 0 when it has ended.</summary>
    public static long PeakMemoryKib(int id)
    {
        const string Key = "VmHWM:";
        var line = Read($"/proc/{id}/status")?.Split('\n').FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[Key.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    /// <summary>Sends a signal, by its name without "SIG".</summary>
    public static async Task SignalAsync(string signal, params IEnumerable<int> ids)
    {
        string[] to = [.. ids.Select(id => id.ToString(CultureInfo.InvariantCulture))];
        if (to.Length == 0)
            return;
        using var kill = Process.Start("kill", ["-s", signal, .. to]);
        await kill.WaitForExitAsync();
    }

    private static (int Parent, char State)? Stat(int id)
    {
        if (Read($"/proc/{id}/stat") is not { Length: > 0 } text)
            return null;

        // The program's name, in brackets, may hold anything.
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return (int.Parse(fields[1], CultureInfo.InvariantCulture), fields[0][0]);
    }

    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
