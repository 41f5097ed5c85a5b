using Testbed.Node.Hardware;
using Testbed.Node.Network;

namespace Testbed.Node.Kernel;

/// <summary>A driver of a network card, as its kernel sees it. What it costs, it executes on the kernel.</summary>
public interface INetworkDriver
{
    /// <summary>Whether its transmit ring has room.</summary>
    bool HasRoom { get; }

    /// <summary>Gives a frame to the card, for which there must be room; then goes on. The kernel has paid for it but for what traps.</summary>
    void Transmit(in OutgoingFrame frame, Action then);

    /// <summary>The card has interrupted: finds out why, hands on what it has received, frees what it has sent; then goes on.</summary>
    void HandleInterrupt(Action then);

    /// <summary>The kernel's timer has ticked: the driver looks whether its card still works, and mends it if not; then goes on. Interrupts are disabled.</summary>
    void OnTick(Action then) => then();
}

/// <summary>What a kernel does for its network driver.</summary>
public interface IDriverKernel
{
    /// <summary>What the kernel spends time on.</summary>
    KernelActivities Activities { get; }

    /// <summary>The interrupt flag of the processor, for the driver's critical sections.</summary>
    bool InterruptsEnabled { get; set; }

    /// <summary>The processor is busy with an activity, and then goes on with a step of the driver.</summary>
    void Execute(Activity activity, Action then, long bytes = 0);

    /// <summary>A frame has been received: it waits for the bottom half (<c>netif_rx</c>).</summary>
    void Received(ReadOnlyMemory<byte> frame);

    /// <summary>A frame has been sent, and its buffer is freed (<c>dev_kfree_skb</c>).</summary>
    void Transmitted(in OutgoingFrame frame);

    /// <summary>Asks for the memory of a socket buffer (<c>dev_alloc_skb</c>).</summary>
    /// <returns>Whether there is any.</returns>
    bool TryAllocate() => true;
}
