using System.Diagnostics;

namespace Testbed.Tests.Observing;

/// <summary>An outside analyser of captures, where it is installed.</summary>
internal static class Tshark
{
    public static bool IsThere { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "tshark")));

    /// <summary>Every checksum is checked.</summary>
    private static readonly string[] Checks =
        ["-n", "-o", "eth.check_fcs:TRUE", "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE"];

    /// <summary>The frames that a filter lets through, a line each.</summary>
    public static IReadOnlyList<string> Frames(string path, string filter, params string[] fields) => Run(
        ["-r", path, .. Checks, "-Y", filter, .. fields.Length == 0 ? [] : (string[])["-T", "fields", .. fields.SelectMany(f => new[] { "-e", f })]]);

    private static string[] Run(IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("tshark", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return lines;
    }
}
