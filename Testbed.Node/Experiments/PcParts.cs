using Testbed.Node.Cable;
using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Observing;
using Testbed.Node.Programs;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Experiments;

/// <summary>
/// What the actors of one PC share: its processor, and the registers, rings and tables that are in its memory. Also what a run reads off
/// it at the end.
/// </summary>
public sealed class PcParts : IOutlook
{
    private readonly CableSettings _cable;
    private readonly Lookahead _lookahead;
    private readonly List<ProcessAccount> _processes = [];
    private readonly bool _sharesHost;

    /// <summary>The parts of the PC that plays a role in an experiment.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="role">Its role.</param>
    /// <param name="recording">What is to be recorded of it; null for nothing.</param>
    public PcParts(Lane lane, ExperimentSettings experiment, Role role, RecordingSettings? recording = null)
    {
        (Lane, Settings, _cable) = (lane, experiment.Pc(role), experiment.Cable);
        _lookahead = new Lookahead(Settings);
        _sharesHost = Settings.Competing is not null
            || experiment.HostProgram(role) is not null
            || experiment.Faults?.Faults.Any(fault => fault is { Effect: Load, Target: FaultTarget.Actor target } && target.Paths.Contains($"{Settings.Name}/host")) == true;

        // The phase of the timer against the other PC's is chance: nobody switches two PCs on in step.
        var phase = lane.Random(experiment.Seed, "timer/phase").Below(Settings.TickPeriod.Nanoseconds);
        Ticks = new Ticks(new Instant(phase), Settings.TickPeriod);

        if (experiment.Faults is { } plan)
            lane.Interception = Faults = new PcFaults(lane, plan, experiment.Seed, isSender: role == Role.Sender);
        var pin = new InterruptPin();
        Pic = new Pic8259(pin, levelTriggered: Settings.Nic.InterruptLine);
        Ledger = new Ledger(_cable.MilestoneDelay);
        Processor = new Processor(lane, new CostTable(Settings.Costs, Settings.JitterPpm, experiment.Seed), Ledger, pin);
        Chip = new EtherExpressChip(Settings.Nic.TransmitRing, Settings.Nic.ReceiveRing);
        var sequenceNumbers = lane.Random(experiment.Seed, "tcp/initial-sequence-number");
        Stack = new InetStack(Settings.Inet, () => (uint)sequenceNumbers.NextUInt64());
        Vm = Settings.Vm is { } vm ? new VmParts(this, vm, experiment.Seed) : null;
        if (Settings.Keyboard is { } keyboard)
        {
            Keyboard = new KeyboardParts(lane, keyboard, Vm!, experiment.Seed);
            Vm!.Keyboard = Keyboard.VirtualController;
        }

        if (recording is null)
            return;
        Recorder = new Recorder(lane, recording, Settings.Inet.Mac, _cable.Timing.BitsPerSecond, Vm?.Settings.Inet.Mac);
        Tell(Recorder);
    }

    /// <summary>The PC's lane of its timeline.</summary>
    public Lane Lane { get; }

    /// <summary>What the configuration says of it.</summary>
    public PcSettings Settings { get; }

    /// <summary>The faults that a plan puts here; null if there is none.</summary>
    public PcFaults? Faults { get; }

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

    /// <summary>What the network card's driver has seen of its link.</summary>
    public MediaState Media { get; } = new();

    /// <summary>The kernel's memory for socket buffers.</summary>
    public SocketBuffers Buffers { get; } = new();

    /// <summary>What went into the cable here.</summary>
    public CableCounters Cable { get; } = new();

    /// <summary>What records its run; null if nothing does.</summary>
    public Recorder? Recorder { get; }

    /// <summary>The measured interval.</summary>
    public MeasuredInterval Interval { get; } = new();

    /// <summary>How far nettest's receiver has come, if this PC runs it.</summary>
    public NettestProgress Nettest { get; } = new();

    /// <summary>What ping found, if this PC runs it.</summary>
    public PingTimes Ping { get; } = new();

    /// <summary>What a computation took, if this PC runs one.</summary>
    public ComputationTime Computation { get; } = new();

    /// <summary>Everything that happens in the PC is told to an observer.</summary>
    public void Tell(IObserver observer)
    {
        Lane.Observer = observer;
        Ledger.Observer = observer;
        Pic.Tap = line => observer.Happened(Observed.InterruptRequest, line);
        if (Vm is not { } vm)
            return;
        vm.Pic.Tap = line => observer.Happened(Observed.VirtualInterruptRequest, line);
        vm.Nic.Tap = frame => observer.Passed(
            EthernetFrame.Source(frame.Span) == vm.Settings.Inet.Mac ? Observed.LanceSent : Observed.LanceReceived, frame);
    }

    /// <summary>An account for a process of the host; null if it has the host to itself, so that there is nothing to account for.</summary>
    internal ProcessAccount? AddProcess(string name)
    {
        if (!_sharesHost)
            return null;
        _processes.Add(new ProcessAccount(Lane, name));
        return _processes[^1];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Everything begins with software: at the end of the slice under way, at the network card's next interrupt, or at the first tick
    /// that finds a timer due; or with a command that the card already has. With a virtual machine every tick counts, since it makes VMApp look
    /// for frames and the guest for its own timers. From there software needs a <see cref="Lookahead"/> of its own, by where it is on the way to
    /// the card. While a frame is on the wire none can begin. A milestone is
    /// announced <see cref="CableSettings.MilestoneDelay"/> ahead, so that software may run ahead of this instant by that much less
    /// the least time across.
    /// </remarks>
    public Instant NextStart(Instant from)
    {
        // What a fault holds back may come at any event; nothing begins between events.
        if (Faults is not null)
            return Instant.Max(from, Lane.NextEvent);
        var interrupt = Instant.Min(Chip.NextInterrupt, TickThatCounts(from));
        if (Keyboard is { } keyboard)
            interrupt = Instant.Min(interrupt, keyboard.NextInterrupt);
        var afterInterrupt = Kernel.FramesForDriver > 0 ? _lookahead.Driver : _lookahead.Protocol;
        var doorbell = Instant.Min(Processor.NextStep + FromNextStep(from), interrupt + afterInterrupt);
        return Instant.Min(FrameStart(doorbell, from), Milestone(Instant.Min(Processor.NextStep, interrupt)));
    }

    /// <inheritdoc/>
    public bool IsSilentAtTimes => Faults is null && Vm is null && Nettest.OnlyReads;

    /// <inheritdoc/>
    /// <remarks>
    /// Only a PC whose program reads from a connection and does nothing else can tell, with nothing on the way to its card and no timer that has been due since the
    /// last tick, whose handler may still be under way; and none that
    /// has dropped a frame, since it would no longer be known which frames its Internet layer has taken in.
    /// </remarks>
    public Silence? Silence(Instant from)
    {
        if (!IsSilentAtTimes || Stack.HasOutput || Kernel.FramesForDriver > 0 || Processor.ToDoorbell is not null || HasDropped
            || TimerMayBeInHand(from)
            || Stack.Silence is not { } silence)
        {
            return null;
        }

        var software = Instant.Min(Processor.NextStep, Instant.Min(Chip.NextInterrupt, TickThatCounts(from)));
        return SilentPeer.ToWire(
            silence,
            framesTaken: Stack.Counters.FramesReceived,
            nextStart: Instant.Min(FrameStart(TickThatCounts(from) + _lookahead.Protocol, from), Milestone(software)),
            nextTick: Ticks.AtOrAfter(from));
    }

    /// <summary>The least time from the processor's next step to a doorbell, by where it is on the way there.</summary>
    private Duration FromNextStep(Instant from)
    {
        var least = Kernel.FramesForDriver > 0 ? _lookahead.Driver
            : HostMaySpeak(from) ? _lookahead.Protocol
            : Processor.World == World.Vmm ? _lookahead.FromVmm
            : _lookahead.VirtualMachine;
        return Processor.ToDoorbell is { } known && known < least ? known : least;
    }

    /// <summary>
    /// Whether a frame may be the host's own: its program's, a timer's whose handler may still be under way, or an answer to one that it has not handled yet; or one that it forwards, or asks a neighbour's
    /// address for.
    /// </summary>
    private bool HostMaySpeak(Instant from) =>
        Vm is null or { PrivateNetwork.Nat: not null }
        || Stack.HasOutput
        || TimerMayBeInHand(from)
        || Chip.Counters.FramesReceived > Kernel.FramesHandled + Kernel.BacklogDrops;

    private bool HasDropped =>
        Chip.Counters.FcsErrors + Chip.Counters.RingFullDrops + Chip.Counters.Filtered + Kernel.BacklogDrops > 0;

    private Instant TickThatCounts(Instant from) =>
        Ticks.AtOrAfter(Vm is null ? Instant.Max(from, FirstTimer) : from);

    /// <summary>Whether a timer has been due since the last tick, whose handler may still be under way.</summary>
    private bool TimerMayBeInHand(Instant from) => FirstTimer <= Ticks.AtOrBefore(from);

    private Instant FirstTimer => Instant.Min(Stack.NextTimer, Scheduler.NextAlarm);

    /// <summary>
    /// When the first frame can start, as if it were a shortest one: a longer one arrives as much later as if it had started later. Frames keep their order, so
    /// the next is the one that the card goes on to by itself; or else the first that has been put out and is not with the card yet.
    /// </summary>
    private Instant FrameStart(Instant doorbell, Instant from)
    {
        var start = Chip.EarliestFrameStart(doorbell, Settings.Nic.TransmitLatency);
        if (Chip.NextFrameBytes is > 0 and var next)
            return start + LongerThanShortest(next);
        if (Vm is null)
            return start + LongerThanShortest(BytesOfNext(Stack, Kernel.FramesToDriver, Kernel));

        // A virtual machine's comes by VMNet. The host's own are counted: none may be on its way, and one that is still to be put out comes later.
        if (Vm is not { PrivateNetwork: null, Settings.Switches.Monitor: MonitorKind.Hosted } vm
            || Stack.Counters.FramesSent + vm.VmNet.FramesSent > Kernel.FramesToDriver
            || HostMaySpeak(from))
        {
            return start;
        }

        var host = Instant.Min(Chip.NextFrameInMemory, TickThatCounts(from)) + _lookahead.Protocol;
        return Instant.Min(
            start + LongerThanShortest(BytesOfNext(vm.Stack, vm.VmNet.FramesSent, vm.Kernel)),
            Chip.EarliestFrameStart(host, Settings.Nic.TransmitLatency));
    }

    /// <summary>
    /// The bytes, with FCS, of the next frame behind those that have left a stack's kernel; 0 if that is not known: it has put out none, or has dropped some, so that they are no longer
    /// the first of those that it put out. (Its buffers are short, or its card is reset, only in a plan of faults.)
    /// </summary>
    private static int BytesOfNext(InetStack stack, long left, KernelCounters kernel) =>
        kernel.DeviceQueueDrops == 0 && stack.LengthOf(left) is > 0 and var length ? length + EthernetFrame.FcsLength : 0;

    private Duration LongerThanShortest(int bytes) =>
        _cable.Timing.Serialization(Math.Max(bytes, EthernetTiming.MinFrameBytes)) - _cable.Timing.Serialization(EthernetTiming.MinFrameBytes);

    /// <summary>When the first milestone can be announced that software reaches, as if it were a frame.</summary>
    private Instant Milestone(Instant software) => software + Lookahead.MilestoneReaction(_cable);
}
