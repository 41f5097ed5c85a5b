namespace Testbed.Node.Kernel;

/// <summary>A kernel's memory for socket buffers (<c>alloc_skb</c>). There is always enough, unless a fault says that there is none.</summary>
public sealed class SocketBuffers
{
    /// <summary>A buffer for a frame that the network card is to store.</summary>
    public const string ForDriver = "receive buffer";

    /// <summary>A buffer for a packet to send.</summary>
    public const string ForPacket = "packet";

    /// <summary>A buffer for a frame that VMApp writes, or a copy of one that is for its virtual machine.</summary>
    public const string ForVmNet = "vmnet";

    /// <summary>Asked at each allocation, and told what for, whether it fails; null if none ever does.</summary>
    public Func<string, bool>? Fails { get; set; }

    /// <summary>Asks for the memory of a socket buffer.</summary>
    /// <param name="purpose">What for.</param>
    /// <returns>Whether there is any.</returns>
    public bool TryAllocate(string purpose) => Fails?.Invoke(purpose) != true;
}
