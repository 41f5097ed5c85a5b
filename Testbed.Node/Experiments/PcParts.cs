using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>
/// What the actors of one PC share: its processor, and the registers, rings and tables that are in its memory. Also what a run reads off
/// it at the end.
/// </summary>
public sealed class PcParts
{
    private readonly CableSettings _cable;
    private readonly Lookahead _lookahead;
    private readonly List<ProcessAccount> _processes = [];
    private readonly bool _sharesHost;

    /// <summary>The parts of the PC that plays a role in an experiment.</summary>
    public PcParts(Lane lane, ExperimentSettings experiment, Role role)
    {
        (Lane, Settings, _cable) = (lane, experiment.Pc(role), experiment.Cable);
        _lookahead = new Lookahead(Settings);
        _sharesHost = Settings.Competing is not null || experiment.HostProgram(role) is not null;

        // The phase of the timer against the other PC's is chance: nobody switches two PCs on in step.
        var phase = lane.Random(experiment.Seed, "timer/phase").Below(Settings.TickPeriod.Nanoseconds);
        Ticks = new Ticks(new Instant(phase), Settings.TickPeriod);

        var pin = new InterruptPin();
        Pic = new Pic8259(pin, levelTriggered: Settings.Nic.InterruptLine);
        Ledger = new Ledger(_cable.MilestoneDelay);
        Processor = new Processor(lane, new CostTable(Settings.Costs, Settings.JitterPpm, experiment.Seed), Ledger, pin);
        Chip = new EtherExpressChip(Settings.Nic.TransmitRing, Settings.Nic.ReceiveRing);
        var sequenceNumbers = lane.Random(experiment.Seed, "tcp/initial-sequence-number");
        Stack = new InetStack(Settings.Inet, () => (uint)sequenceNumbers.NextUInt64());
        Vm = Settings.Vm is { } vm ? new VmParts(this, vm, experiment.Seed) : null;
        Keyboard = Settings.Keyboard is { } keyboard ? new KeyboardParts(lane, keyboard, Vm!, experiment.Seed) : null;
    }

    /// <summary>The PC's lane of its timeline.</summary>
    public Lane Lane { get; }

    /// <summary>What the configuration says of it.</summary>
    public PcSettings Settings { get; }

    /// <summary>When its timer ticks.</summary>
    public Ticks Ticks { get; }

    /// <summary>The processor.</summary>
    public Processor Processor { get; }

    /// <summary>Where the processor's time went.</summary>
    public Ledger Ledger { get; }

    /// <summary>The interrupt controller.</summary>
    public Pic8259 Pic { get; }

    /// <summary>The network card's registers, rings and counters.</summary>
    public EtherExpressChip Chip { get; }

    /// <summary>The virtual machine; null if there is none.</summary>
    public VmParts? Vm { get; }

    /// <summary>The keyboards; null if nobody types.</summary>
    public KeyboardParts? Keyboard { get; }

    /// <summary>The Internet layer that the program uses: the guest's or the host's.</summary>
    public InetStack ProgramStack => Vm?.Stack ?? Stack;

    /// <summary>The host's Internet layer.</summary>
    public InetStack Stack { get; }

    /// <summary>The host's processes.</summary>
    public Scheduler Scheduler { get; } = new();

    /// <summary>The turns of the host's processes, if several share it.</summary>
    public IReadOnlyList<ProcessAccount> Processes => _processes;

    /// <summary>What the kernel had to drop.</summary>
    public KernelCounters Kernel { get; } = new();

    /// <summary>What went into the cable here.</summary>
    public CableCounters Cable { get; } = new();

    /// <summary>The measured interval.</summary>
    public MeasuredInterval Interval { get; } = new();

    /// <summary>How far nettest's receiver has come, if this PC runs it.</summary>
    public NettestProgress Nettest { get; } = new();

    /// <summary>What ping found, if this PC runs it.</summary>
    public PingTimes Ping { get; } = new();

    /// <summary>What a computation took, if this PC runs one.</summary>
    public ComputationTime Computation { get; } = new();

    /// <summary>An account for a process of the host; null if it has the host to itself, so that there is nothing to account for.</summary>
    internal ProcessAccount? AddProcess(string name)
    {
        if (!_sharesHost)
            return null;
        _processes.Add(new ProcessAccount(Lane, name));
        return _processes[^1];
    }

    /// <summary>
    /// The first instant after <paramref name="now"/> at which this PC, if nothing comes in, could begin a frame or reach a milestone
    /// whose announcement must arrive a frame's least time across later.
    /// </summary>
    /// <remarks>
    /// Everything begins with software: at the end of the slice under way, at the network card's next interrupt, or at the first tick
    /// that finds a timer due; or with a command that the card already has. With a virtual machine every tick counts, since it makes VMApp look
    /// for frames and the guest for its own timers. From there software needs a <see cref="Lookahead"/> of its own, unless what goes on next is
    /// what tells the card of a frame. While a frame is on the wire none can begin. A milestone is
    /// announced <see cref="CableSettings.MilestoneDelay"/> ahead, so that software may run ahead of this instant by that much less
    /// the least time across.
    /// </remarks>
    public Instant NextStart(Instant now)
    {
        var due = Vm is null ? Instant.Min(Stack.NextTimer, Scheduler.NextAlarm) : Instant.Zero;
        var tick = Ticks.AtOrAfter(Instant.Max(now, due));
        var interrupt = Instant.Min(Chip.NextInterrupt, tick);
        if (Keyboard is { } keyboard)
            interrupt = Instant.Min(interrupt, keyboard.NextInterrupt);
        var software = Instant.Min(Processor.NextStep, interrupt);
        var doorbell = Processor.NextStepMayRingDoorbell
            ? software
            : software + (Processor.World == World.Vmm ? _lookahead.FromVmm : _lookahead.Driver);
        var frame = Chip.EarliestFrameStart(doorbell, Settings.Nic.TransmitLatency);
        return Instant.Min(frame, software + (_cable.MilestoneDelay - _cable.LeastTimeAcross));
    }
}
