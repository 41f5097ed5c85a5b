using Testbed.Node.Hardware;

namespace Testbed.Node.Host;

/// <summary>
/// The world switch (paper, section 1): all of the processor's state is saved and that of the other world restored. Each world does its half, and
/// books it on its own row, by what the switch is for.
/// </summary>
public static class WorldSwitch
{
    /// <summary>The row of switches for a port access that VMApp emulates.</summary>
    public const string ForPortAccess = "world-switch-port-access";

    /// <summary>The row of switches for an interrupt of the machine.</summary>
    public const string ForInterrupt = "world-switch-interrupt";

    /// <summary>A switch has two halves.</summary>
    public const int Halves = 2;

    /// <summary>The row of what the VMM does for an interrupt of the machine while the guest is halted, its halves of the world switch among it.</summary>
    public const string WhileGuestIsIdle = "interrupt-while-guest-idle";

    private const string Cost = "world-switch";

    /// <summary>From the VMM's world to the host's.</summary>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="row">What it is for.</param>
    /// <param name="vmmRow">The row of the VMM's half, if not that.</param>
    public static Activity ToHost(Processor processor, string row, string? vmmRow = null) =>
        VmmHalf(processor, row, vmmRow).FollowedBy(processor.Activity(World.Host, row, Cost));

    /// <summary>From the host's world to the VMM's; behind it the guest finds its caches and its TLB cold.</summary>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="row">What it is for.</param>
    /// <param name="vmmRow">The row of the VMM's half, if not that.</param>
    public static Activity ToVmm(Processor processor, string row, string? vmmRow = null) =>
        processor.Activity(World.Host, row, Cost)
            .FollowedBy(VmmHalf(processor, row, vmmRow))
            .FollowedBy(processor.Activity(World.Vmm, "guest-refill"));

    private static Activity VmmHalf(Processor processor, string row, string? vmmRow)
    {
        var half = processor.Activity(World.Vmm, row, Cost);
        return vmmRow is null ? half : processor.OnRow(half, vmmRow);
    }
}
