namespace Testbed.Node.Host;

/// <summary>What the VMM, VMApp and VMNet know of each other without a switch or a system call: memory that they share (paper, section 5).</summary>
public sealed class SharedMemory
{
    /// <summary>The network card's bit of <see cref="DevicesWithPackets"/>.</summary>
    public const uint NetworkCard = 1;

    /// <summary>Packets that the VMM has left in the virtual card's ring, for VMApp to send when it next has the processor.</summary>
    public int WaitingPackets { get; set; }

    /// <summary>Packets that have left the guest's memory, over which VMNet's socket buffers lie, and whose descriptors the virtual card has still to give back.</summary>
    public int SentPackets { get; set; }

    /// <summary>The bit vector of IRQ notification: which of the virtual machine's devices have packets. VMNet sets a bit, and clears it with the last packet read.</summary>
    public uint DevicesWithPackets { get; set; }
}
