using System.Reflection;
using System.Runtime.InteropServices;

namespace Testbed.Node.Results;

/// <summary>What this program and this machine are, as results state it.</summary>
public static class BuildFacts
{
    private static readonly string[] Parts =
        (typeof(BuildFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0").Split('+', 2);

    /// <summary>The version: <c>0.1.0</c>.</summary>
    public static string Version => Parts[0];

    /// <summary>The commit that it was built from, or null when the build did not know.</summary>
    public static string? Commit => Parts.Length > 1 ? Parts[1] : null;

    /// <summary>The machine.</summary>
    public static HostFacts Host => new(
        RuntimeInformation.OSDescription,
        RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant(),
        Environment.ProcessorCount,
        RuntimeInformation.FrameworkDescription);
}
