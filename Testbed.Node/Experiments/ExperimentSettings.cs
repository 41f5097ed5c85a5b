using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Faults;
using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>One physical PC.</summary>
/// <param name="Name">Its name in the configuration.</param>
/// <param name="Costs">What everything costs on it, at its clock.</param>
/// <param name="JitterPpm">By how much each cost varies about its mean, in parts per million.</param>
/// <param name="TickPeriod">The period of its timer interrupt.</param>
/// <param name="Nic">Its network card.</param>
/// <param name="Inet">Its Internet layer.</param>
/// <param name="Vm">Its virtual machine, in which its program runs; null if it runs on the host.</param>
public sealed record PcSettings(
    string Name,
    IReadOnlyDictionary<(World World, string Category), Cost> Costs,
    long JitterPpm,
    Duration TickPeriod,
    EtherExpressSettings Nic,
    InetSettings Inet,
    VmSettings? Vm)
{
    /// <summary>Other processes of its host; null if there are none.</summary>
    public CompetingSettings? Competing { get; init; }

    /// <summary>What is typed at its keyboard; null if nobody types.</summary>
    public KeyboardSettings? Keyboard { get; init; }

    /// <summary>Where its program is found on the network: the guest's Internet layer or the host's.</summary>
    public InetSettings ProgramInet => Vm?.Inet ?? Inet;
}

/// <summary>A program to run on a PC; the other PC's may be absent, as under ping, where its kernel does all there is to do.</summary>
public abstract record ProgramSettings
{
    /// <summary>nettest's sending end.</summary>
    public sealed record SendNettest(NettestSender.Settings Settings) : ProgramSettings;

    /// <summary>nettest's receiving end.</summary>
    public sealed record ReceiveNettest(NettestReceiver.Settings Settings) : ProgramSettings;

    /// <summary>ping.</summary>
    public sealed record SendPing(Ping.Settings Settings) : ProgramSettings;

    /// <summary>A program that only computes.</summary>
    public sealed record Compute(Computation.Settings Settings) : ProgramSettings;

    /// <summary>A program that does nothing for a while.</summary>
    public sealed record Idle(Idling.Settings Settings) : ProgramSettings;
}

/// <summary>An experiment, as the model reads it.</summary>
/// <param name="Seed">The seed of all randomness.</param>
/// <param name="VirtualLimit">When a run that has not ended is given up.</param>
/// <param name="Cable">The cable.</param>
/// <param name="Sender">The PC that opens the connection and sends.</param>
/// <param name="Receiver">The PC that receives.</param>
/// <param name="SenderProgram">What runs on the sender.</param>
/// <param name="ReceiverProgram">What runs on the receiver; null for nothing but its kernel.</param>
public sealed record ExperimentSettings(
    long Seed,
    Instant VirtualLimit,
    CableSettings Cable,
    PcSettings Sender,
    PcSettings Receiver,
    ProgramSettings SenderProgram,
    ProgramSettings? ReceiverProgram)
{
    /// <summary>Why a run ends that reaches the virtual limit.</summary>
    public string LimitReason => $"the experiment had not ended after {VirtualLimit} of virtual time (virtual-limit)";

    /// <summary>What runs on the sender's host, beside the virtual machine that is on a private network with it; null if nothing does.</summary>
    public ProgramSettings? SenderHostProgram { get; init; }

    /// <summary>What goes wrong; null if nothing does.</summary>
    public FaultPlan? Faults { get; init; }

    /// <summary>How many programs must finish before the experiment has.</summary>
    public int Programs => 1 + (ReceiverProgram is null ? 0 : 1) + (SenderHostProgram is null ? 0 : 1);

    /// <summary>The settings of a resolved experiment.</summary>
    /// <exception cref="ConfigurationException">One is not what it has to be.</exception>
    public static ExperimentSettings Read(SettingsReader root)
    {
        const ushort NettestPort = 5001;
        var shape = ExperimentShape.Read(root);
        var cable = CableSettingsReader.Read(root.At("cable"));
        var sender = PcSettingsReader.Read(root, "sender", shape.Sender, shape.JitterPpm, cable);
        var receiver = PcSettingsReader.Read(root, "receiver", shape.Receiver, shape.JitterPpm, cable);
        PcSettingsReader.RequireNeighbours(root, sender, receiver);
        var start = Instant.Zero + shape.Start;
        var nettest = NettestSettings.Read(root);
        var ping = PingSettings.Read(root);
        var compute = root.At("compute").Duration("work", Duration.FromMicroseconds(1), Duration.FromSeconds(3_600));
        var idle = root.At("idle").Duration("length", Duration.FromMilliseconds(1), Duration.FromSeconds(3_600));
        var mostPayload = cable.Mtu - Ipv4.HeaderLength - Icmp.HeaderLength;
        if (shape.Program == ExperimentProgram.Ping && ping.Payload > mostPayload)
            throw root.At("ping").Mistake("payload", $"does not fit cable.mtu; at most {mostPayload} B");
        var chunk = (int)nettest.Chunk;
        var ownHost = sender.Vm?.PrivateNetwork is { Nat: null } network ? network.Host : null;
        if (ownHost is null && receiver.Vm?.PrivateNetwork is not null && shape.Program is ExperimentProgram.Nettest or ExperimentProgram.Ping)
            throw root.At("receiver").At("vm").Mistake("network", "keeps the receiver's guest where the sender cannot reach it; expected bridged");
        var target = ownHost?.Address ?? receiver.ProgramInet.Address;
        var receiverProgram = shape.Program == ExperimentProgram.Nettest
            ? new ProgramSettings.ReceiveNettest(new(NettestPort, nettest.Bytes, chunk, shape.Seed))
            : null;
        var settings = new ExperimentSettings(
            shape.Seed,
            Instant.Zero + shape.VirtualLimit,
            cable,
            sender,
            receiver,
            shape.Program switch
            {
                ExperimentProgram.Nettest =>
                    new ProgramSettings.SendNettest(new(target, NettestPort, start, nettest.Bytes, chunk, shape.Seed)),
                ExperimentProgram.Ping => new ProgramSettings.SendPing(
                    new(target, start, (int)ping.Count, ping.Interval, (int)ping.Payload, shape.Seed)),
                ExperimentProgram.Idle => new ProgramSettings.Idle(new(start, idle)),
                _ => new ProgramSettings.Compute(new(start, compute.Nanoseconds)),
            },
            ownHost is null ? receiverProgram : null)
        {
            SenderHostProgram = ownHost is null ? null : receiverProgram,
        };
        var faults = FaultPlanReader.Read(root, FaultableActors.Of(settings));
        return settings with { Faults = faults, Cable = cable with { KeepsOrder = faults is null, RateChanges = faults?.RateChanges ?? [] } };
    }

    /// <summary>The PC in a role.</summary>
    public PcSettings Pc(Role role) => role == Role.Sender ? Sender : Receiver;

    /// <summary>The program on the host of the PC in a role, beside its virtual machine.</summary>
    public ProgramSettings? HostProgram(Role role) => role == Role.Sender ? SenderHostProgram : null;

    /// <summary>How many programs run on the PC in a role.</summary>
    public int ProgramsOf(Role role) => (Program(role) is null ? 0 : 1) + (HostProgram(role) is null ? 0 : 1);

    /// <summary>The program in a role.</summary>
    public ProgramSettings? Program(Role role) => role == Role.Sender ? SenderProgram : ReceiverProgram;
}
