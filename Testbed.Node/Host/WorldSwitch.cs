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

    private const string Cost = "world-switch";

    /// <summary>From the VMM's world to the host's.</summary>
    public static Activity ToHost(Processor processor, string row) =>
        processor.Activity(World.Vmm, row, Cost).FollowedBy(processor.Activity(World.Host, row, Cost));

    /// <summary>From the host's world to the VMM's; behind it the guest finds its caches and its TLB cold.</summary>
    public static Activity ToVmm(Processor processor, string row) =>
        processor.Activity(World.Host, row, Cost)
            .FollowedBy(processor.Activity(World.Vmm, row, Cost))
            .FollowedBy(processor.Activity(World.Vmm, "guest-refill"));
}
