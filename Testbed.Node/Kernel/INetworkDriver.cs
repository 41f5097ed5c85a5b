using Testbed.Node.Network;

namespace Testbed.Node.Kernel;

/// <summary>A driver of a network card, as its kernel sees it. Every call takes no time by itself: the kernel executes what it costs.</summary>
public interface INetworkDriver
{
    /// <summary>Whether its transmit ring has room.</summary>
    bool HasRoom { get; }

    /// <summary>Gives a frame to the card; there must be room.</summary>
    void Transmit(in OutgoingFrame frame);

    /// <summary>Reads and acknowledges why the card has interrupted. False when there is nothing (more) to handle.</summary>
    bool AcknowledgeInterrupt();

    /// <summary>Takes the next frame that the card has stored.</summary>
    bool TryTakeReceived(out ReadOnlyMemory<byte> frame);

    /// <summary>Takes the next transmit descriptor that the card has finished with, so that its frame can be freed.</summary>
    bool TryTakeTransmitted(out OutgoingFrame frame);
}
