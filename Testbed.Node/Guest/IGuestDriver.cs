using Testbed.Node.Kernel;

namespace Testbed.Node.Guest;

/// <summary>A guest's driver of its virtual network card.</summary>
public interface IGuestDriver : INetworkDriver
{
    /// <summary>Starts the card, before anything is sent or received; then goes on.</summary>
    void Open(Action then);
}
