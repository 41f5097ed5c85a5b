using Testbed.Node.Configuration;
using Testbed.Runner.Studies;

namespace Testbed.Runner.CommandLine;

/// <summary><c>testbed list</c>.</summary>
internal static class ListCommand
{
    public static int Execute(Surroundings surroundings, ExperimentCatalog catalog)
    {
        var (experiments, systems, plans, studies) = (catalog.List(), catalog.ListSystems(), catalog.ListFaultPlans(), new StudyCatalog(catalog).List());
        var column = experiments.Concat(systems).Concat(plans).Concat(studies).Select(e => e.Name.Length).DefaultIfEmpty().Max() + 2;
        Put(experiments);
        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine("What a program can run on, as --set sender.system=NAME or receiver.system=NAME:");
        Put(systems);
        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine("Plans of faults, as --faults NAME:");
        Put(plans);
        surroundings.Out.WriteLine();
        surroundings.Out.WriteLine("Studies, as testbed sweep NAME:");
        Put(studies);

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
