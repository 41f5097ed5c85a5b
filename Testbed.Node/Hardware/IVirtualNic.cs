namespace Testbed.Node.Hardware;

/// <summary>
/// A virtual network card as those see it who emulate it, the VMM and VMApp: ports, rings in the guest's memory, an interrupt pin. It is the chip
/// and nothing else: it does not know who makes an access nor what that costs.
/// </summary>
public interface IVirtualNic
{
    /// <summary>How many I/O ports it has, from its base address on.</summary>
    int Ports { get; }

    /// <summary>The interrupt pin: level-triggered, as a PCI card's is.</summary>
    bool InterruptRequested { get; }

    /// <summary>Whether there is a frame to send.</summary>
    bool TransmitPending { get; }

    /// <summary>Told of every frame that it sends or stores, without its FCS; for measuring only.</summary>
    Action<ReadOnlyMemory<byte>>? Tap { get; set; }

    /// <summary>The processor reads two bytes from a port.</summary>
    /// <param name="offset">The port, as an even offset from the card's base address, below <see cref="Ports"/>.</param>
    ushort Read(int offset);

    /// <summary>The processor writes two bytes to a port.</summary>
    /// <param name="offset">The port, as an even offset from the card's base address, below <see cref="Ports"/>.</param>
    /// <param name="value">What is written.</param>
    void Write(int offset, ushort value);

    /// <summary>Whether a write would make the card start a transmission: it says so, and there is something to send.</summary>
    bool WouldTransmit(int offset, ushort value);

    /// <summary>The card takes the next frame out of its ring, if there is one, and keeps its descriptors until <see cref="CompleteTransmit"/>; meanwhile it can take more.</summary>
    /// <param name="frame">The frame without FCS, in an array of its own.</param>
    bool TryFetchTransmit(out ReadOnlyMemory<byte> frame);

    /// <summary>The frame that was taken first of those not complete has been sent: its descriptors and its buffer are the driver's again.</summary>
    void CompleteTransmit();

    /// <summary>A good frame comes from the wire.</summary>
    /// <param name="frame">The frame without FCS.</param>
    /// <returns>Whether it is in the guest's memory; else it was for somebody else, or there was no room for it.</returns>
    bool TryReceive(ReadOnlySpan<byte> frame);
}
