using Testbed.Node.Configuration;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed list</c>.</summary>
internal static class ListCommand
{
    public static int Execute(Surroundings surroundings, ExperimentCatalog catalog)
    {
        var (experiments, systems) = (catalog.List(), catalog.ListSystems());
        var column = experiments.Concat(systems).Select(e => e.Name.Length).DefaultIfEmpty().Max() + 2;
        Put(experiments);
        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine("What a program can run on, as --set sender.system=NAME or receiver.system=NAME:");
        Put(systems);

        // For a person, and not for whatever reads the list.
        if (surroundings.LiveError)
            surroundings.Error.WriteLine("\ntestbed run NAME runs one; with --dry-run it prints its settings.");
        return ExitCode.Success;

        void Put(IReadOnlyList<ExperimentEntry> entries)
        {
            foreach (var entry in entries)
                surroundings.Out.WriteLine(entry.Name.PadRight(column) + entry.Description);
        }
    }
}
