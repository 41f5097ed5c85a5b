using Testbed.Runner.Recordings;

namespace Testbed.Runner.Output;

/// <summary>What a run's folder holds, and how to look at it: the last lines of a command that is about a run.</summary>
internal static class ClosingHints
{
    /// <summary>A line for each thing to do, with its label in the first 12 columns.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="hasVirtualMachine">Whether there is something to explain.</param>
    /// <param name="isExplained">Whether that has just been done.</param>
    public static IEnumerable<string> Of(string folder, bool hasVirtualMachine, bool isExplained)
    {
        if (hasVirtualMachine && !isExplained)
            yield return $"more        testbed explain {Shell(folder)}";
        if (!Directory.Exists(folder))
            yield break;
        yield return $"page        testbed report {Shell(folder)}";
        foreach (var capture in Directory.GetFiles(folder, "*.pcapng").Order(StringComparer.Ordinal))
            yield return $"packets     wireshark {Shell(capture)}";
        if (File.Exists(Path.Combine(folder, RecordingFiles.Trace)))
            yield return $"trace       open {Shell(Path.Combine(folder, RecordingFiles.Trace))} at https://ui.perfetto.dev";
        if (File.Exists(Path.Combine(folder, RecordingFiles.Timeline)))
            yield return $"timeline    {Shell(Path.Combine(folder, RecordingFiles.Timeline))}, a line for each bin";
    }

    /// <summary>The lines, set off from what stands before them.</summary>
    public static string Page(string folder, int width)
    {
        var page = new TextPage(width, colour: false);
        page.Line($"read from   {folder}");
        foreach (var hint in Of(folder, hasVirtualMachine: true, isExplained: true))
            page.Line(hint);
        page.Line($"compare     testbed compare {Shell(folder)} OTHER");
        return $"\n{page}";
    }

    /// <summary>A path as a shell would take it.</summary>
    public static string Shell(string path) =>
        path.All(c => char.IsAsciiLetterOrDigit(c) || "/._-+:,@%".Contains(c, StringComparison.Ordinal))
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
