using Testbed.Node.Configuration;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>How a virtual machine is connected (paper, section 2).</summary>
internal enum VmNetwork
{
    /// <summary>By VMNet's bridge to the PC's own network.</summary>
    Bridged,

    /// <summary>To a private network with the host.</summary>
    HostOnly,

    /// <summary>To a private network with the host, which masquerades.</summary>
    Nat,
}

/// <summary>The private network of a virtual machine and its host.</summary>
/// <param name="Guest">The guest's Internet layer on it.</param>
/// <param name="Host">The host's.</param>
/// <param name="Nat">How the host masquerades; null if it does not.</param>
public sealed record PrivateNetworkSettings(InetSettings Guest, InetSettings Host, NatSettings? Nat)
{
    /// <summary>Reads it from <c>pcs.NAME.vm.private-network</c> and <c>nat</c>.</summary>
    /// <param name="vm">The section <c>pcs.NAME.vm</c>.</param>
    /// <param name="nat">The section <c>nat</c>.</param>
    /// <param name="host">The host's Internet layer on its own network.</param>
    /// <param name="masquerades">Whether the host masquerades.</param>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    internal static PrivateNetworkSettings Read(SettingsReader vm, SettingsReader nat, InetSettings host, bool masquerades)
    {
        var network = vm.At("private-network");
        var hosts = host with
        {
            Mac = MacAddress.Parse(network.MacAddress("host-mac")),
            Address = Ipv4Address.Parse(network.IpAddress("host-address")),
            PrefixLength = (int)network.WholeNumber("prefix-length", 1, 31),
        };
        var guests = hosts with
        {
            Mac = MacAddress.Parse(vm.MacAddress("mac")),
            Address = Ipv4Address.Parse(network.IpAddress("address")),
            Gateway = masquerades ? hosts.Address : null,
        };
        if (!guests.Address.SharesPrefix(hosts.Address, hosts.PrefixLength))
            throw network.Mistake("address", $"is not on the private network {hosts.Address}/{hosts.PrefixLength}, where its host is");
        if (guests.Address == hosts.Address)
            throw network.Mistake("address", "is the host's too");
        if (guests.Mac == hosts.Mac || host.Mac == hosts.Mac)
            throw network.Mistake("host-mac", "is the virtual or the physical card's too");
        if (hosts.Address.SharesPrefix(host.Address, Math.Min(host.PrefixLength, hosts.PrefixLength)))
            throw network.Mistake("host-address", $"is on the PC's own network {host.Address}/{host.PrefixLength}; expected another network");
        return new(guests, hosts, masquerades ? ReadNat(nat, host.Address) : null);
    }

    /// <summary>Checks the section <c>nat</c>, whether or not anybody masquerades.</summary>
    internal static NatSettings ReadNat(SettingsReader nat, Ipv4Address outside)
    {
        var first = (ushort)nat.WholeNumber("first-port", 1, ushort.MaxValue);
        var last = (ushort)nat.WholeNumber("last-port", 1, ushort.MaxValue);
        if (last < first)
            throw nat.Mistake("last-port", $"is below first-port, {first}");
        return new()
        {
            Outside = outside,
            Entries = (int)nat.WholeNumber("flows", 1, 65_536),
            FirstPort = first,
            LastPort = last,
            TcpOpening = Time("tcp-opening"),
            TcpEstablished = Time("tcp-established"),
            TcpClosing = Time("tcp-closing"),
            TcpReset = Time("tcp-reset"),
            Udp = Time("udp"),
            Icmp = Time("icmp"),
        };

        Duration Time(string key) => nat.Duration(key, Duration.FromMilliseconds(1), Duration.FromSeconds(86_400));
    }
}
