using Testbed.Node.Results;

namespace Testbed.Runner.Pictures;

/// <summary>The ledger's categories in the few groups that a picture can tell apart, from the program's own work to nothing at all.</summary>
internal static class TimeGroups
{
    /// <summary>The group of an idle processor.</summary>
    public const string Idle = "idle";

    private const string Guest = "guest's own instructions";
    private const string Virtualizing = "virtualizing the guest";
    private const string PortAccess = "I/O port accesses";
    private const string Switch = "world switches";
    private const string Interrupts = "interrupts";
    private const string VmAppAndVmNet = "VMApp and VMNet";
    private const string HostKernel = "host's kernel, drivers";
    private const string Other = "other";

    /// <summary>The groups, in the order in which a bar has them.</summary>
    public static readonly IReadOnlyList<string> All = [Guest, Virtualizing, PortAccess, Switch, Interrupts, VmAppAndVmNet, HostKernel, Other, Idle];

    /// <summary>The group of a category.</summary>
    public static string Of(string? world, string category) => (world, category) switch
    {
        (null, _) => Idle,
        (_, var c) when c.StartsWith("world-switch", StringComparison.Ordinal) => Switch,
        ("vmm", var c) when c.StartsWith("guest-", StringComparison.Ordinal) => Guest,
        ("vmm", "general-instructions" or "transition" or "iret" or "page-table-switch") => Virtualizing,
        ("vmm", "host-interrupt" or "deliver-interrupt" or "interrupt-while-guest-idle") => Interrupts,
        // A VMM without a host has the drivers.
        ("vmm", var c) when c.StartsWith("monitor-driver", StringComparison.Ordinal) => HostKernel,
        ("vmm", var c) when c.Contains("port", StringComparison.Ordinal) || c.Contains("lance", StringComparison.Ordinal) => PortAccess,
        ("vmm", _) => Other,
        (_, "interrupt" or "timer-tick") => Interrupts,
        (_, var c) when c.StartsWith("vmapp-", StringComparison.Ordinal) || c.StartsWith("vmnet-", StringComparison.Ordinal) => VmAppAndVmNet,
        _ => HostKernel,
    };

    /// <summary>A processor's time by group, in percent.</summary>
    public static double[] Percent(IReadOnlyList<CpuRow> cpu)
    {
        var whole = cpu.Sum(row => row.TimeUs);
        return [.. All.Select(group => whole == 0 ? 0 : (double)(100 * cpu.Where(row => Of(row.World, row.Category) == group).Sum(row => row.TimeUs) / whole))];
    }
}
