using Testbed.Node.Configuration;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>Which network card a virtual machine has.</summary>
public enum VirtualNicKind
{
    /// <summary>An AMD Lance, which stock drivers know.</summary>
    Lance,

    /// <summary>The idealized card, with a driver of its own.</summary>
    Vmxnet,
}

/// <summary>What a VMM runs on.</summary>
public enum MonitorKind
{
    /// <summary>On a host, whose drivers it uses.</summary>
    Hosted,

    /// <summary>On the PC alone, with drivers of its own.</summary>
    Native,
}

/// <summary>The paper's optimizations and proposals, each by itself on or off (paper, sections 5 and 6).</summary>
/// <param name="IoInVmm">The VMM completes the accesses that only change the virtual card's state.</param>
/// <param name="DataPortReadsSwitch">Without that, whether reading the Lance's data port needs VMApp.</param>
/// <param name="AddressPortAsMov">A MOV stands for an access to the Lance's address port.</param>
/// <param name="SendCombining">How packets out are combined; null if they are not.</param>
/// <param name="IrqNotification">VMApp looks at a bit in shared memory where it would call <c>select()</c>.</param>
/// <param name="SelectInterval">How long VMApp leaves VMNet alone after a <c>select()</c>, unless the guest is halted.</param>
/// <param name="PicAsMov">A MOV stands for reading the interrupt controllers' mask registers.</param>
/// <param name="IdleKeepsPageTable">The guest's idle task keeps the page tables of the process before it.</param>
/// <param name="Nic">The virtual network card.</param>
/// <param name="PreallocatedSkbuffs">VMNet allocates and copies nothing for a packet out.</param>
/// <param name="Monitor">What the VMM runs on.</param>
public sealed record VmSwitches(
    bool IoInVmm,
    bool DataPortReadsSwitch,
    bool AddressPortAsMov,
    SendCombining.Settings? SendCombining,
    bool IrqNotification,
    Duration SelectInterval,
    bool PicAsMov,
    bool IdleKeepsPageTable,
    VirtualNicKind Nic,
    bool PreallocatedSkbuffs,
    MonitorKind Monitor)
{
    /// <summary>Whether it is Workstation 2.0's machine, in either reading of the paper.</summary>
    public bool IsWorkstation20 => this with { DataPortReadsSwitch = true, SelectInterval = Duration.Zero }
        == new VmSwitches(false, true, false, null, false, Duration.Zero, false, false, VirtualNicKind.Lance, false, MonitorKind.Hosted);

    /// <summary>Reads them from <c>sender.vm</c> or <c>receiver.vm</c>.</summary>
    /// <exception cref="ConfigurationException">One is not what it has to be.</exception>
    public static VmSwitches Read(SettingsReader vm)
    {
        const int MostQueued = 512;
        var combining = new SendCombining.Settings(
            (int)vm.WholeNumber("send-combining-queue", 1, MostQueued),
            vm.WholeNumber("send-combining-threshold", 0, 1_000_000_000),
            vm.Duration("send-combining-decay", Duration.FromMicroseconds(1), Duration.FromSeconds(1)));
        return new(
            vm.Switch("io-in-vmm"),
            vm.Switch("data-port-reads-switch"),
            vm.Switch("address-port-as-mov"),
            vm.Switch("send-combining") ? combining : null,
            vm.Switch("irq-notification"),
            vm.Duration("select-interval", Duration.Zero, Duration.FromSeconds(1)),
            vm.Switch("pic-as-mov"),
            vm.Switch("idle-keeps-page-table"),
            vm.Choice("nic", ("lance", VirtualNicKind.Lance), ("vmxnet", VirtualNicKind.Vmxnet)),
            vm.Switch("preallocated-skbuffs"),
            vm.Choice("monitor", ("hosted", MonitorKind.Hosted), ("native", MonitorKind.Native)));
    }

    /// <summary>Refuses what cannot be together.</summary>
    /// <param name="vm">Where they were read from.</param>
    /// <exception cref="ConfigurationException">Two of them exclude each other.</exception>
    public void RefuseContradictions(SettingsReader vm)
    {
        if (Monitor == MonitorKind.Native)
        {
            Refuse(!IoInVmm, "io-in-vmm", "monitor", "there is no VMApp to complete the accesses; expected on");
            Refuse(SendCombining is not null, "send-combining", "monitor", "there is no world switch to spare; expected off");
            Refuse(IrqNotification, "irq-notification", "monitor", "there is no VMApp to notify; expected off");
            Refuse(SelectInterval > Duration.Zero, "select-interval", "monitor", "there is no VMApp to call select(); expected 0 ns");
            Refuse(PreallocatedSkbuffs, "preallocated-skbuffs", "monitor", "there is no VMNet to allocate them; expected off");
        }

        Refuse(
            IrqNotification && SelectInterval > Duration.Zero, "select-interval", "irq-notification", "VMApp never calls select(); expected 0 ns");

        void Refuse(bool contradiction, string key, string other, string reason)
        {
            if (contradiction)
                throw vm.Mistake(key, $"with {vm.Path}.{other} = {vm.Text(other)} {reason}");
        }
    }
}
