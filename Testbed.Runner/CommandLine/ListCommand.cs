using Testbed.Node.Configuration;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed list</c>.</summary>
internal static class ListCommand
{
    public static int Execute(Surroundings surroundings, ExperimentCatalog catalog)
    {
        var entries = catalog.List();
        var column = entries.Select(e => e.Name.Length).DefaultIfEmpty().Max() + 2;
        foreach (var entry in entries)
            surroundings.Out.WriteLine(entry.Name.PadRight(column) + entry.Description);

        // For a person, and not for whatever reads the list.
        if (surroundings.LiveError)
            surroundings.Error.WriteLine("\ntestbed run NAME runs one; with --dry-run it prints its settings.");
        return ExitCode.Success;
    }
}
