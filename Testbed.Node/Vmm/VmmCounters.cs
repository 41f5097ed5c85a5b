using Testbed.Node.Hardware;

namespace Testbed.Node.Vmm;

/// <summary>A group of ports as the VMM tells them apart.</summary>
public enum GuestPort
{
    /// <summary>The Lance's address register (RAP).</summary>
    LanceAddress,

    /// <summary>The Lance's data register (RDP).</summary>
    LanceData,

    /// <summary>The Lance's other ports: its reset, its bus configuration registers, its address PROM.</summary>
    LanceOther,

    /// <summary>The interrupt controllers (8259).</summary>
    InterruptController,

    /// <summary>A port behind which there is nothing.</summary>
    Other,

    /// <summary>The keyboard controller (8042).</summary>
    Keyboard,
}

/// <summary>What the VMM counted.</summary>
public sealed class VmmCounters
{
    private readonly long[] _accesses = new long[Enum.GetValues<GuestPort>().Length * 4];

    /// <summary>World switches, there and back, for a port access that VMApp emulates.</summary>
    public long SwitchesForPortAccess { get; internal set; }

    /// <summary>World switches, there and back, for an interrupt of the machine.</summary>
    public long SwitchesForInterrupt { get; internal set; }

    /// <summary>Virtual interrupts delivered, by line.</summary>
    public long[] InterruptsDelivered { get; } = new long[Pic8259.Lines];

    /// <summary>How often the guest accessed a group of ports.</summary>
    public long Accesses(GuestPort port, bool isWrite, bool inVmm) => _accesses[Index(port, isWrite, inVmm)];

    internal void CountAccess(GuestPort port, bool isWrite, bool inVmm) => _accesses[Index(port, isWrite, inVmm)]++;

    private static int Index(GuestPort port, bool isWrite, bool inVmm) => ((int)port * 4) + (isWrite ? 2 : 0) + (inVmm ? 1 : 0);
}
