using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Measuring;
using Testbed.Node.Network;
using Testbed.Node.Vmm;

namespace Testbed.Node.Experiments;

/// <summary>What the actors of one virtual machine share, and what a run reads off it at the end.</summary>
public sealed class VmParts
{
    /// <summary>The parts of a PC's virtual machine.</summary>
    public VmParts(PcParts pc, VmSettings settings, long seed)
    {
        Settings = settings;
        var pin = new InterruptPin();
        Pic = new Pic8259(pin, levelTriggered: settings.InterruptLine);
        Processor = new VirtualProcessor(pc.Processor, pin);
        Memory = new GuestMemory(settings.MemoryBytes);
        Nic = settings.Switches.Nic == VirtualNicKind.Vmxnet ? new Vmxnet(Memory, settings.Inet.Mac) : new Lance(Memory, settings.Inet.Mac);
        var sequenceNumbers = pc.Lane.Random(seed, "guest/tcp/initial-sequence-number");
        Stack = new InetStack(settings.Inet, () => (uint)sequenceNumbers.NextUInt64());
        Transmission = new TransmissionPath(pc.Settings.Nic.TransmitLatency);

        // What the host masquerades leaves with its own card's address.
        var masquerades = settings.PrivateNetwork?.Nat is not null;
        var onWire = masquerades ? pc.Settings.Inet.Mac : settings.Inet.Mac;
        pc.Chip.FrameStarted = (frame, now) =>
        {
            Transmission.FrameStarted(now);
            if (EthernetFrame.Source(frame.Span) == onWire && (!masquerades || EthernetFrame.Type(frame.Span) == EthernetFrame.TypeIpv4))
                Sending.OnWire(now);
        };
        if (settings.PrivateNetwork is { } network)
        {
            var hostsNumbers = pc.Lane.Random(seed, "private-network/tcp/initial-sequence-number");
            PrivateNetwork = new PrivateNetwork(
                new InetStack(network.Host, () => (uint)hostsNumbers.NextUInt64()), network.Nat is { } nat ? new Nat(nat) : null, Reception);
            pc.Chip.FrameArrived = PrivateNetwork.ArrivedOutside;
            return;
        }

        // VMNet is bridged: the physical card takes every frame. So it does for a VMM that has it to itself.
        pc.Chip.Promiscuous = true;
        pc.Chip.FrameArrived = Reception.Arrived;
    }

    /// <summary>What the configuration says of it.</summary>
    public VmSettings Settings { get; }

    /// <summary>The processor that the guest sees.</summary>
    public VirtualProcessor Processor { get; }

    /// <summary>The guest's memory.</summary>
    public GuestMemory Memory { get; }

    /// <summary>The virtual interrupt controller.</summary>
    public Pic8259 Pic { get; }

    /// <summary>The virtual network card.</summary>
    public IVirtualNic Nic { get; set; }

    /// <summary>What VMM, VMApp and VMNet share.</summary>
    public SharedMemory Shared { get; } = new();

    /// <summary>All of it, for its VMM.</summary>
    public VirtualMachine Machine => new(Processor, Pic, Nic, Shared, Vmm, Transmission, Sending, Keyboard);

    /// <summary>The keyboard controller that the guest sees; null if nobody types.</summary>
    public Keyboard8042? Keyboard { get; internal set; }

    /// <summary>The private network that it is on; null if VMNet is bridged.</summary>
    public PrivateNetwork? PrivateNetwork { get; }

    /// <summary>The guest's Internet layer.</summary>
    public InetStack Stack { get; }

    /// <summary>The guest's processes.</summary>
    public Scheduler Scheduler { get; } = new();

    /// <summary>What the guest's kernel had to drop.</summary>
    public KernelCounters Kernel { get; } = new();

    /// <summary>The guest's memory for socket buffers.</summary>
    public SocketBuffers Buffers { get; } = new();

    /// <summary>What the VMM counted.</summary>
    public VmmCounters Vmm { get; } = new();

    /// <summary>What VMNet counted.</summary>
    public VmNetCounters VmNet { get; } = new();

    /// <summary>The times of its transmissions, of each by itself.</summary>
    public TransmissionPath Transmission { get; }

    /// <summary>The times of all its packets out.</summary>
    public SendingPath Sending { get; } = new();

    /// <summary>The times of its receptions.</summary>
    public ReceptionPath Reception { get; } = new();
}
