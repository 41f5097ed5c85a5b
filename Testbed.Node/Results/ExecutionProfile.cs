namespace Testbed.Node.Results;

/// <summary>
/// The paper's Table 1 as a view of a VM PC's ledger (paper, section 4). Each category is in exactly one row of each column that it belongs to,
/// so the rows of <see cref="Total"/> sum to the interval and those of <see cref="Vmm"/> to the VMM's time, to the nanosecond.
/// </summary>
public static class ExecutionProfile
{
    /// <summary>The column of all time.</summary>
    public const string Total = "total";

    /// <summary>The column of the time in the VMM; also the ledger's name for the VMM's world.</summary>
    public const string Vmm = "vmm";

    /// <summary>The row of the VMM as a whole.</summary>
    public const string VmmRow = "VMM";

    /// <summary>The row of what the paper's table leaves unlisted.</summary>
    public const string OtherRow = "Other";

    /// <summary>The row of a processor that has nothing to do.</summary>
    public const string IdleRow = "Idle";

    /// <summary>The row of the host's share of sending; it counts the packets that the guest sent.</summary>
    public const string TransmitRow = "Transmitting via VMNet";

    private const string Host = "host";
    private const string GuestPrefix = "guest-";
    private const string StatusRow = "Emulating the Lance status register";
    private const string LanceTransmitRow = "Emulating the Lance transmit path";
    private const string Status = "vmapp-lance-status";
    private const string LanceTransmit = "vmapp-lance-transmit";
    private const string VmxnetTransmit = "vmapp-vmxnet-transmit";
    private const string HostSwitch = "world-switch-port-access";

    /// <summary>The rows in the paper's order.</summary>
    /// <param name="cpu">The processor's time by category over an interval.</param>
    public static IReadOnlyList<ProfileRow> Of(IReadOnlyList<CpuRow> cpu)
    {
        var host = new ProfileColumn(cpu.Where(row => row.World == Host));
        var vmm = new ProfileColumn(cpu.Where(row => row.World == Vmm));
        var idle = new ProfileColumn(cpu.Where(row => row.World is null));
        var intervalNs = host.TimeNs + vmm.TimeNs + idle.TimeNs;
        return [.. OfTotal(host, vmm, idle, intervalNs), .. OfVmm(vmm, vmm.TimeNs)];
    }

    private static IEnumerable<ProfileRow> OfTotal(ProfileColumn host, ProfileColumn vmm, ProfileColumn idle, long intervalNs)
    {
        // The host's part of a switch for a port access sits inside the averages of what VMApp emulates (model: 8.90 and 7.45 us).
        var (status, transmit) = host.Split(HostSwitch, Status, LanceTransmit, VmxnetTransmit);
        yield return vmm.Whole().Row(Total, VmmRow, intervalNs, averaged: false) with { Parts = null };
        yield return host.Take("vmnet-transmit", "vmnet-transmit-return").Row(Total, TransmitRow, intervalNs);
        yield return status.Row(Total, StatusRow, intervalNs);
        yield return host.Take("interrupt", "timer-tick", "driver-transmitted", "driver-receive", "vmnet-receive")
            .Row(Total, "Host IRQs (device interrupts)", intervalNs);
        yield return transmit.Row(Total, LanceTransmitRow, intervalNs);
        yield return host.Take("vmapp-receive").Row(Total, "Receiving via VMNet", intervalNs);
        yield return host.Rest().Row(Total, OtherRow, intervalNs, averaged: false, always: true);
        yield return idle.Rest().Row(Total, IdleRow, intervalNs, averaged: false);
    }

    private static IEnumerable<ProfileRow> OfVmm(ProfileColumn vmm, long vmmNs)
    {
        yield return vmm.Take("port-access-to-vmapp", "world-switch-port-access").Row(Vmm, "IN/OUTs requiring a switch to VMApp", vmmNs);
        yield return vmm.TakeAll(GuestPrefix).Row(Vmm, "Instructions not requiring virtualization", vmmNs);
        yield return vmm.Take("general-instructions").Row(Vmm, "General instructions requiring virtualization", vmmNs);
        yield return vmm.TakeEach("port-access-in-vmm", "lance-data-port", "vmxnet-port").Row(Vmm, "IN/OUTs handled in the VMM", vmmNs);
        yield return vmm.Take("lance-address-port").Row(Vmm, "IN/OUTs to the Lance address port", vmmNs);
        yield return vmm.Take("transition").Row(Vmm, "Transitioning to/from virtualization code", vmmNs);
        yield return vmm.Take("iret").Row(Vmm, "Virtualizing IRET", vmmNs);
        yield return vmm.Take("deliver-interrupt").Row(Vmm, "Delivering virtual IRQs (device interrupts)", vmmNs);
        yield return vmm.Rest().Row(Vmm, OtherRow, vmmNs, averaged: false, always: true);
    }
}
