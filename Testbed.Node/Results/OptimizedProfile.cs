namespace Testbed.Node.Results;

/// <summary>
/// The categories of the paper's optimized profile (section 5) as a view of a VM PC's ledger. A halted guest waits in the VMM, so here the VMM's time contains the idle
/// time. Each category is in exactly one row of each column that it belongs to, so the rows of <see cref="Total"/> sum to the interval and those of <see cref="Vmm"/>
/// to the VMM's time with the idle time, to the nanosecond.
/// </summary>
public static class OptimizedProfile
{
    /// <summary>The column of all time.</summary>
    public const string Total = "optimized-total";

    /// <summary>The column of the time in the VMM, the guest's idle time among it.</summary>
    public const string Vmm = "optimized-vmm";

    /// <summary>The row of a VMM with a driver of its own, which the paper's table, of a hosted one, has not; it counts the packets that the guest sent.</summary>
    public const string DriverRow = "Transmitting by the VMM's driver";

    private const string TransmitPath = "monitor-vmapp-lance-transmit";

    private const string Host = "host";

    /// <summary>The rows in the paper's order.</summary>
    /// <param name="cpu">The processor's time by category over an interval.</param>
    public static IReadOnlyList<ProfileRow> Of(IReadOnlyList<CpuRow> cpu)
    {
        var host = new ProfileColumn(cpu.Where(row => row.World == Host));
        var vmm = new ProfileColumn(cpu.Where(row => row.World != Host));
        return [.. OfTotal(host, vmm, host.TimeNs + vmm.TimeNs), .. OfVmm(vmm, vmm.TimeNs)];
    }

    private static IEnumerable<ProfileRow> OfTotal(ProfileColumn host, ProfileColumn vmm, long intervalNs)
    {
        yield return vmm.Whole().Row(Total, ExecutionProfile.VmmRow, intervalNs, averaged: false) with { Parts = null };
        yield return host.Take("vmnet-transmit", "vmnet-transmit-return").Row(Total, ExecutionProfile.TransmitRow, intervalNs);
        yield return host.Take("vmapp-receive").Row(Total, "Receiving via VMNet", intervalNs);
        yield return host.TakeEach("vmapp-lance-transmit", "vmapp-vmxnet-transmit").Row(Total, "Emulating the Lance transmit path", intervalNs);
        yield return host.Rest().Row(Total, ExecutionProfile.OtherRow, intervalNs, averaged: false, always: true);
    }

    private static IEnumerable<ProfileRow> OfVmm(ProfileColumn vmm, long vmmNs)
    {
        yield return vmm.Take("idle").Row(Vmm, "Guest idle", vmmNs, averaged: false);
        yield return vmm.TakeAll("guest-").Row(Vmm, "Instructions not requiring virtualization", vmmNs);
        yield return vmm.Take("page-table-switch").Row(Vmm, "Guest context switches", vmmNs);
        yield return vmm.Take("interrupt-while-guest-idle").Row(Vmm, "Host IRQ processing while guest idle", vmmNs, averaged: false);
        yield return vmm.Take("general-instructions").Row(Vmm, "Virtualizing privileged instructions", vmmNs);
        yield return vmm.Take("port-access-in-vmm").Row(Vmm, "IN/OUTs to the PIC", vmmNs);
        yield return vmm.TakeEach("deliver-interrupt", "iret").Row(Vmm, "Virtualization overheads of guest IRQs", vmmNs, averaged: false);
        yield return vmm.TakeEach("lance-data-port", "lance-address-port", "vmxnet-port").Row(Vmm, "IN/OUTs to the Lance status register", vmmNs);
        yield return vmm.Take("transition").Row(Vmm, "Transitioning to/from virtualization code", vmmNs);
        yield return vmm.Take("port-access-to-vmapp", "world-switch-port-access").Row(Vmm, "IN/OUTs to the Lance that world switch", vmmNs);
        yield return vmm.Take(TransmitPath, "monitor-driver-transmit").Row(Vmm, DriverRow, vmmNs);
        yield return vmm.Rest().Row(Vmm, ExecutionProfile.OtherRow, vmmNs, averaged: false, always: true);
    }
}
