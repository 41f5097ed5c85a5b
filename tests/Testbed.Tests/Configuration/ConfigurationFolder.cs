namespace Testbed.Tests.Configuration;

/// <summary>The shipped configuration, copied to a folder of the test's own to be changed.</summary>
internal sealed class ConfigurationFolder : IDisposable
{
    public ConfigurationFolder()
    {
        Root = Directory.CreateTempSubdirectory("testbed-config-").FullName;
        var shipped = System.IO.Path.Combine(AppContext.BaseDirectory, "config");
        foreach (var file in Directory.EnumerateFiles(shipped, "*", SearchOption.AllDirectories))
            Write(System.IO.Path.GetRelativePath(shipped, file), File.ReadAllText(file));
    }

    public string Root { get; }

    public string Path(string name) => System.IO.Path.Combine(Root, name);

    public void Write(string name, string text)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path(name))!);
        File.WriteAllText(Path(name), text);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
