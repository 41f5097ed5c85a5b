using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Guest;
using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Time;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>Reads a PC from the sections <c>pcs</c>, <c>costs</c> and <c>tcp</c>.</summary>
internal static class PcSettingsReader
{
    /// <summary>The PC of a participant.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static PcSettings Read(SettingsReader root, string role, Participant participant, long jitterPpm, CableSettings cable)
    {
        var name = participant.Pc;
        var pc = root.At("pcs").At(name);
        _ = pc.Bytes("memory", 1 << 20, 1L << 40);
        _ = pc.Text("os");
        var tickPeriod = Duration.FromSeconds(1).Nanoseconds / pc.WholeNumber("timer-hz", 10, 10_000);
        var tcp = ReadTcp(root.At("tcp"), new Duration(tickPeriod));
        var inet = new InetSettings
        {
            Mac = MacAddress.Parse(pc.MacAddress("mac")),
            Address = Ipv4Address.Parse(pc.IpAddress("address")),
            PrefixLength = (int)pc.WholeNumber("prefix-length", 1, 31),
            Mtu = cable.Mtu,
            Tcp = tcp,
        };
        var vm = VmSettingsReader.Read(pc.At("vm"), root.At(role).At("vm"), root.At("nat"), inet, participant.IsNative);
        var settings = new PcSettings(
            name,
            ReadCosts(root.At("costs"), pc.Hertz("clock", 1_000_000, 100_000_000_000)),
            jitterPpm,
            new Duration(tickPeriod),
            ReadNic(pc.At("nic")),
            inet,
            vm)
        {
            Keyboard = KeyboardSettings.Read(root.At(role).At("keyboard"), vm is not null),
            Competing = CompetingSettings.Read(root.At(role).At("competing")),
        };
        if (vm is { Switches.Monitor: MonitorKind.Native } && (settings.Keyboard is not null || settings.Competing is not null))
        {
            throw root.At(role).At("vm").Mistake(
                "monitor", $"leaves no host, which {(settings.Keyboard is null ? "competing processes run on" : "the keyboard is plugged into")}; expected hosted");
        }

        return settings;
    }

    /// <summary>Two PCs on one cable need two addresses on one network.</summary>
    /// <exception cref="ConfigurationException">They have not.</exception>
    public static void RequireNeighbours(SettingsReader root, PcSettings sender, PcSettings receiver)
    {
        var pc = root.At("pcs").At(receiver.Name);
        var taken = new List<(InetSettings Inet, string Of)>();
        Take(sender.Inet, sender.Name, "sender", "");
        Take(receiver.Inet, receiver.Name, "receiver", "");
        if (sender.Vm is { PrivateNetwork: null } senders)
            Take(senders.Inet, sender.Name, "sender", "vm.");
        if (receiver.Vm is { PrivateNetwork: null } receivers)
            Take(receivers.Inet, receiver.Name, "receiver", "vm.");
        if (sender.Inet.PrefixLength != receiver.Inet.PrefixLength
            || !sender.Inet.Address.SharesPrefix(receiver.Inet.Address, sender.Inet.PrefixLength))
            throw pc.Mistake("address", $"is not on {sender.Name}'s network {sender.Inet.Address}/{sender.Inet.PrefixLength}, and there is no router");

        void Take(InetSettings inet, string name, string role, string section)
        {
            var of = section.Length == 0 ? name : $"VM/{name}";
            foreach (var other in taken)
            {
                if (other.Inet.Mac == inet.Mac)
                    throw root.At("pcs").At(name).Mistake(section + "mac", $"is also {other.Of}'s");
                if (other.Inet.Address == inet.Address)
                    throw root.At("pcs").At(name).Mistake(section + "address", $"is also {other.Of}'s");
            }

            taken.Add((inet, of));
        }
    }

    private static Dictionary<(World World, string Category), Cost> ReadCosts(SettingsReader costs, long clockHz)
    {
        const long MaxPs = 1_000_000_000;
        var referenceHz = costs.Hertz("reference-clock", 1_000_000, 100_000_000_000);
        var table = new Dictionary<(World, string), Cost>();
        ReadPart(World.Host, "host", "");
        ReadPart(World.Vmm, "vmm", "");
        ReadPart(World.Vmm, "guest", GuestActivities.Prefix);

        // What the VMM adds to the guest's own instructions.
        var guest = costs.At("guest");
        foreach (var category in guest.Names())
        {
            var entry = guest.At(category);
            table[(World.Vmm, GuestActivities.General(category))] = new Cost(entry.Picoseconds("general", 0, MaxPs), 0).AtClock(referenceHz, clockHz);
            var transition = table[(World.Vmm, GuestActivities.Transition)];
            table[(World.Vmm, GuestActivities.Transitions(category))] = new Cost(transition.FixedPs * entry.WholeNumber("transitions", 0, 1000), 0);
        }

        // A VMM without a host does what the host would have done, at the host's cost: an assumption.
        foreach (var category in costs.At("host").Names())
            table[(World.Vmm, NativeMonitor.HostCost(category))] = table[(World.Host, category)];
        return table;

        void ReadPart(World world, string part, string prefix)
        {
            var reader = costs.At(part);
            foreach (var category in reader.Names())
            {
                var entry = reader.At(category);
                _ = entry.Text("from");
                var cost = new Cost(entry.Picoseconds("fixed", 0, MaxPs), entry.Picoseconds("per-byte", 0, MaxPs / 1000));
                table[(world, prefix + category)] = cost.AtClock(referenceHz, clockHz);
            }
        }
    }

    private static EtherExpressSettings ReadNic(SettingsReader nic)
    {
        var least = Duration.FromNanoseconds(100);
        var most = Duration.FromMilliseconds(1);
        var line = (int)nic.WholeNumber("interrupt-line", 3, Pic8259.Lines - 1);
        return new(
            (int)nic.WholeNumber("transmit-ring", 4, 4096),
            (int)nic.WholeNumber("receive-ring", 4, 4096),
            nic.Duration("transmit-latency", Duration.Zero, most),
            nic.Duration("receive-latency", least, most),
            line);
    }

    private static TcpSettings ReadTcp(SettingsReader tcp, Duration tickPeriod)
    {
        const int MinBuffer = 2048;
        const int MaxBuffer = 1 << 30;
        return new()
        {
            Nagle = tcp.Choice("nagle", ("linux-2.2", NagleRule.Linux22), ("rfc", NagleRule.Rfc), ("off", NagleRule.Off)),
            Ack = tcp.Choice("acknowledgements", ("linux-2.2", AckRule.Linux22), ("rfc", AckRule.Rfc), ("immediate", AckRule.Immediate)),
            Retransmission = tcp.Choice("retransmission", ("linux-2.2", RetransmissionRule.Linux22), ("rfc", RetransmissionRule.Rfc)),
            TailFilling = tcp.Switch("tail-filling"),
            Timestamps = tcp.Switch("timestamps"),
            WindowScaling = tcp.Switch("window-scaling"),
            SendBuffer = (int)tcp.Bytes("send-buffer", MinBuffer, MaxBuffer),
            ReceiveBuffer = (int)tcp.Bytes("receive-buffer", MinBuffer, MaxBuffer),
            ChargeFramesInDriver = tcp.Switch("charge-frames-in-driver"),
            Jiffy = tickPeriod,
        };
    }
}
