namespace Testbed.Node.Hardware;

/// <summary>What a PC's observer is told of its hardware, besides the rows of the ledger, by name.</summary>
public static class Observed
{
    /// <summary>The processor takes an interrupt; the detail is the <see cref="World"/> that had it.</summary>
    public const string Interrupt = "interrupt";

    /// <summary>The processor changes worlds; the detail is the <see cref="World"/> that has it from now on.</summary>
    public const string WorldSwitch = "world-switch";

    /// <summary>An interrupt is acknowledged at the machine's controller; the detail is its line.</summary>
    public const string InterruptRequest = "irq";

    /// <summary>An interrupt is acknowledged at the virtual machine's controller; the detail is its line.</summary>
    public const string VirtualInterruptRequest = "virtual-irq";

    /// <summary>The first bit of a frame, with its FCS, leaves the network card.</summary>
    public const string NicSent = "nic/sent";

    /// <summary>The last bit of a frame, with its FCS, has come in at the network card, whatever becomes of it there.</summary>
    public const string NicReceived = "nic/received";

    /// <summary>The virtual network card has taken a frame out of the guest's memory, to be sent.</summary>
    public const string LanceSent = "lance/sent";

    /// <summary>The virtual network card has stored a frame in the guest's memory.</summary>
    public const string LanceReceived = "lance/received";
}
