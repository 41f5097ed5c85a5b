using System.Reflection;

namespace Testbed.Node.Remoting;

/// <summary>Which program this is. A result is a function of experiment, seed and this.</summary>
public static class ProgramVersion
{
    /// <summary>The version with the commit it was built from, where that is known: <c>0.1.0+69d1aee…</c>.</summary>
    public static string Current { get; } =
        typeof(ProgramVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
