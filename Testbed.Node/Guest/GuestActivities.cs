using Testbed.Node.Hardware;

namespace Testbed.Node.Guest;

/// <summary>
/// What a guest's activities cost in a virtual machine: its own instructions, run directly; then, in the same slice, what the VMM takes for those among
/// them that need virtualization, and for going into virtualized code and back (paper, Table 1).
/// </summary>
public static class GuestActivities
{
    /// <summary>What the names of the guest's own rows in the ledger begin with.</summary>
    public const string Prefix = "guest-";

    /// <summary>The row of going into virtualized code and back, and the entry of its cost.</summary>
    public const string Transition = "transition";

    /// <summary>The row of the instructions that need virtualization.</summary>
    public const string GeneralInstructions = "general-instructions";

    /// <summary>The entry of what the instructions of a category that need virtualization cost.</summary>
    public static string General(string category) => $"{GeneralInstructions}/{category}";

    /// <summary>The entry of what a category's transitions cost.</summary>
    public static string Transitions(string category) => $"{Transition}/{category}";

    /// <summary>The category of a switch to another process.</summary>
    private const string ProcessSwitch = "process-switch";

    /// <summary>A guest's switch to another process that changes no page tables.</summary>
    public static Activity SwitchWithinPageTables(Processor processor) => Of(processor, ProcessSwitch, switchesPageTables: false);

    /// <summary>A guest's activity on a processor.</summary>
    public static Activity Of(Processor processor, string category) => Of(processor, category, switchesPageTables: category == ProcessSwitch);

    private static Activity Of(Processor processor, string category, bool switchesPageTables)
    {
        var activity = processor.Activity(World.Vmm, Prefix + category);
        Add(GeneralInstructions, General(category));
        Add(Transition, Transitions(category));

        // A system call returns by IRET (arch/i386/kernel/entry.S), as an interrupt does; another process has other page tables.
        if (category == "system-call")
            Add("iret", "iret");
        if (switchesPageTables)
            Add("page-table-switch", "page-table-switch");
        return activity;

        void Add(string row, string cost)
        {
            var added = processor.Activity(World.Vmm, row, cost);
            if (!added.IsFree)
                activity = activity.FollowedBy(added);
        }
    }
}
