using Testbed.Node.Configuration;
using Testbed.Node.Guest;
using Testbed.Node.Network;

namespace Testbed.Node.Experiments;

/// <summary>A PC's virtual machine.</summary>
/// <param name="Inet">The guest's Internet layer.</param>
/// <param name="MemoryBytes">The guest's memory.</param>
/// <param name="Nic">The virtual network card, as the guest's driver knows it.</param>
/// <param name="InterruptLine">The virtual interrupt controller's line for it.</param>
/// <param name="VmNetQueue">Frames that may wait in VMNet for VMApp.</param>
/// <param name="Switches">The paper's optimizations and proposals.</param>
public sealed record VmSettings(InetSettings Inet, int MemoryBytes, Pcnet32.Settings Nic, int InterruptLine, int VmNetQueue, VmSwitches Switches)
{
    /// <summary>The private network that it is on; null if VMNet is bridged.</summary>
    public PrivateNetworkSettings? PrivateNetwork { get; init; }
}

/// <summary>Reads a virtual machine from the sections <c>pcs.NAME.vm</c> and <c>sender.vm</c> or <c>receiver.vm</c>.</summary>
internal static class VmSettingsReader
{
    /// <summary>Where in the guest's memory its driver keeps its rings and buffers: above the first megabyte, which PCs use otherwise.</summary>
    private const uint DriverMemory = 0x10_0000;

    /// <summary>The virtual machine; null if the experiment puts none on the PC, what it says of one being checked all the same.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static VmSettings? Read(SettingsReader vm, SettingsReader role, SettingsReader nat, InetSettings host, bool none)
    {
        const int MaxRing = 512;
        const int PortsAlignment = 32;
        var nic = vm.At("nic");
        var transmitRing = Ring("transmit-ring");
        var receiveRing = Ring("receive-ring");
        var port = (int)nic.WholeNumber("io-base", 0x400, 0xFFE0);
        if (port % PortsAlignment != 0)
            throw nic.Mistake("io-base", $"is not a multiple of {PortsAlignment}");
        var line = (int)nic.WholeNumber("interrupt-line", 3, Hardware.Pic8259.Lines - 1);
        var memory = vm.Bytes("memory", 4 << 20, 1L << 30);
        var queue = (int)vm.WholeNumber("vmnet-queue", 1, 100_000);
        var switches = VmSwitches.Read(role);
        var network = role.Choice("network", ("bridged", VmNetwork.Bridged), ("host-only", VmNetwork.HostOnly), ("nat", VmNetwork.Nat));
        _ = PrivateNetworkSettings.ReadNat(nat, host.Address);
        if (none)
        {
            _ = vm.Text("mac");
            _ = vm.Text("address");
            ReadNoPrivateNetwork(vm);
            return null;
        }

        switches.RefuseContradictions(role);
        if (network != VmNetwork.Bridged && switches.Monitor == MonitorKind.Native)
            throw role.Mistake("network", "needs a host, which monitor = native does without");
        if (network != VmNetwork.Bridged && switches.PreallocatedSkbuffs)
            throw role.Mistake("network", "is not for preallocated-skbuffs, which are the physical card's");

        if (network == VmNetwork.Bridged)
            ReadNoPrivateNetwork(vm);
        else
            _ = vm.Text("address");
        var privateNetwork = network == VmNetwork.Bridged ? null : PrivateNetworkSettings.Read(vm, nat, host, network == VmNetwork.Nat);
        var inet = privateNetwork?.Guest ?? host with { Mac = MacAddress.Parse(vm.MacAddress("mac")), Address = Ipv4Address.Parse(vm.IpAddress("address")) };
        if (privateNetwork is null && !inet.Address.SharesPrefix(host.Address, host.PrefixLength))
            throw vm.Mistake("address", $"is not on the PC's network {host.Address}/{host.PrefixLength}, to which it is bridged");
        var driver = new Pcnet32.Settings(port, inet.Mac, transmitRing, receiveRing, DriverMemory);
        if (DriverMemory + driver.MemoryBytes > memory)
            throw vm.Mistake("memory", $"does not hold the network card's rings and buffers, {driver.MemoryBytes} B from the first MiB on");
        return new(inet, (int)memory, driver, line, queue, switches) { PrivateNetwork = privateNetwork };

        int Ring(string key)
        {
            var length = (int)nic.WholeNumber(key, 1, MaxRing);
            return int.IsPow2(length) ? length : throw nic.Mistake(key, "is not a power of two, as the Lance's rings are");
        }
    }

    private static void ReadNoPrivateNetwork(SettingsReader vm)
    {
        var network = vm.At("private-network");
        _ = network.Text("host-mac");
        _ = network.Text("host-address");
        _ = network.Text("address");
        _ = network.WholeNumber("prefix-length", 1, 31);
    }
}
