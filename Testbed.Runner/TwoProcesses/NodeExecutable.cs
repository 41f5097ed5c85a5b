namespace Testbed.Runner.TwoProcesses;

/// <summary>Finds the node's program.</summary>
public static class NodeExecutable
{
    /// <summary>The program beside this one: the build copies it there with all that it needs.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    public static string Find()
    {
        var folder = AppContext.BaseDirectory;
        var executable = Path.Combine(folder, OperatingSystem.IsWindows() ? "Testbed.Node.exe" : "Testbed.Node");
        var assembly = Path.Combine(folder, "Testbed.Node.dll");
        var isNative = !File.Exists(assembly);
        if (isNative ? !File.Exists(executable) : !File.Exists(Path.Combine(folder, "Testbed.Node.runtimeconfig.json")))
            throw new FileNotFoundException($"Testbed.Node is not in {folder}: build the whole solution");
        return File.Exists(executable) ? executable : assembly;
    }
}
