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

    /// <summary>The idealized network card's ports.</summary>
    Vmxnet,

    /// <summary>The keyboard controller (8042).</summary>
    Keyboard,
}

/// <summary>Who completes an access of the guest's to a port.</summary>
public enum PortHandler
{
    /// <summary>VMApp, behind a world switch.</summary>
    VmApp,

    /// <summary>The VMM, in its own world.</summary>
    Vmm,

    /// <summary>The guest itself: a MOV from or to memory stands where the access was.</summary>
    Mov,
}

/// <summary>What the VMM counted.</summary>
public sealed class VmmCounters
{
    private static readonly int Handlers = Enum.GetValues<PortHandler>().Length;
    private readonly long[] _accesses = new long[Enum.GetValues<GuestPort>().Length * 2 * Handlers];

    /// <summary>World switches, there and back, for a port access that VMApp emulates.</summary>
    public long SwitchesForPortAccess { get; internal set; }

    /// <summary>World switches, there and back, for an interrupt of the machine.</summary>
    public long SwitchesForInterrupt { get; internal set; }

    /// <summary>Packets that send combining left in the virtual card's ring.</summary>
    public long PacketsLeftWaiting { get; internal set; }

    /// <summary>World switches for a port access that were made because the queue of waiting packets had reached its limit.</summary>
    public long SwitchesForced { get; internal set; }

    /// <summary>Virtual interrupts delivered, by line.</summary>
    public long[] InterruptsDelivered { get; } = new long[Pic8259.Lines];

    /// <summary>How often the guest accessed a group of ports.</summary>
    public long Accesses(GuestPort port, bool isWrite, PortHandler handler) => _accesses[Index(port, isWrite, handler)];

    internal void CountAccess(GuestPort port, bool isWrite, PortHandler handler) => _accesses[Index(port, isWrite, handler)]++;

    private static int Index(GuestPort port, bool isWrite, PortHandler handler) => ((((int)port * 2) + (isWrite ? 1 : 0)) * Handlers) + (int)handler;
}
