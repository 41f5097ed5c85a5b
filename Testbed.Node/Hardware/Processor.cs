using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>
/// A PC's one processor: one thread of control in one of two worlds. Whoever has it either executes (a slice of time, booked in the
/// ledger, and then goes on), hands it on with a message, or halts. Only interrupts nest.
/// </summary>
public sealed class Processor : IProcessor
{
    /// <summary>More nested interrupts than any kernel survives; reaching it is a defect.</summary>
    private const int MaxNesting = 64;

    /// <summary>The most activities that make up one slice.</summary>
    private const int MaxParts = 8;

    private static readonly long HaltCode = EventDigest.NameCode("halt");
    private static readonly long OccupiedCode = EventDigest.NameCode("occupied");
    private static readonly long InterruptCode = EventDigest.NameCode("interrupt");

    private readonly Lane _lane;
    private readonly CostTable _costs;
    private readonly InterruptPin _interruptPin;
    private readonly Dictionary<(World World, string Category, string? Cost), Activity> _activities = [];
    private readonly Stack<(Continuation Then, bool InterruptsEnabled, Duration? ToDoorbell, World World)> _interrupted = new();
    private readonly ModelRef[] _interruptHandlers = [ModelRef.Nobody, ModelRef.Nobody];
    private readonly Instant[] _partEnds = new Instant[MaxParts];
    private readonly SliceIsOver _sliceIsOver;
    private Continuation? _then;
    private Instant _sliceEnd;
    private Instant _freeSince;
    private bool _halted;
    private Duration? _toDoorbell;
    private Duration? _interruptedToDoorbell;

    /// <summary>A processor in the host world, interrupts disabled, as at power-on.</summary>
    public Processor(Lane lane, CostTable costs, Ledger ledger, InterruptPin interruptPin)
    {
        (_lane, _costs, Ledger, _interruptPin) = (lane, costs, ledger, interruptPin);
        _sliceIsOver = new SliceIsOver(this);
        interruptPin.Rose = OnInterruptPin;
    }

    /// <summary>Where the time went.</summary>
    public Ledger Ledger { get; }

    /// <summary>The world that has the processor.</summary>
    public World World { get; private set; }

    /// <summary>The interrupt flag (IF): set by STI and IRET, cleared by CLI and on taking an interrupt.</summary>
    public bool InterruptsEnabled { get; set; }

    /// <summary>How many interrupts it has taken.</summary>
    public long InterruptsTaken { get; private set; }

    /// <summary>The first instant at which software on this processor can do anything, if nothing comes from outside: never, if it is halted.</summary>
    public Instant NextStep => _halted ? Instant.Never : _sliceEnd;

    /// <summary>
    /// The least time from <see cref="NextStep"/> until the network card is told of a frame by the slice under way, or by one that was
    /// interrupted and goes on when its interrupt's handler returns; null if none is on the way there (see <see cref="Activity.ToDoorbell"/>).
    /// </summary>
    public Duration? ToDoorbell => Least(_toDoorbell, _interruptedToDoorbell);

    /// <summary>A row of the ledger with its cost: the entry of the same name, unless another is named. Whoever asks for the same gets the same.</summary>
    public Activity Activity(World world, string category, string? cost = null)
    {
        if (!_activities.TryGetValue((world, category, cost), out var activity))
            _activities[(world, category, cost)] = activity = _costs.Activity(_lane, Ledger, world, category, cost);
        return activity;
    }

    /// <summary>The same activity, but for the row of the ledger: the same draws at the same cost, told apart by when they happen.</summary>
    public Activity OnRow(Activity activity, string row) => activity.OnRow(Ledger.AddRow(activity.World, row));

    /// <summary>Names the actor that is handed the processor (<see cref="InterruptTaken"/>) when it takes an interrupt in a world.</summary>
    public void HandleInterrupts(World world, IActorRef handler) => _interruptHandlers[(int)world] = new ModelRef(handler);

    /// <summary>Gives the processor to a world: the end of a world switch, whose cost its caller has executed.</summary>
    public void EnterWorld(World world)
    {
        World = world;
        _lane.Observer?.Happened(Observed.WorldSwitch, (long)world);
    }

    /// <summary>Occupies the processor for the activity's cost, then delivers <paramref name="then"/>; an interrupt may come in between.</summary>
    /// <exception cref="InvalidOperationException">The processor is occupied: somebody went on without having been handed it.</exception>
    public void Execute(Activity activity, Continuation then, long bytes = 0)
    {
        RequireFree();
        var now = _lane.Now;
        var length = activity.Draw(bytes);
        Ledger.Open(now, activity.Row);
        _lane.Digest.Add(now, activity.Code, length.Nanoseconds);
        _then = then;
        _toDoorbell = activity.ToDoorbell;
        _partEnds[0] = _sliceEnd = now + length;
        var part = 0;
        for (var next = activity.Next; next is not null; next = next.Next)
        {
            length = next.Draw(bytes);
            Ledger.OpenAt(_sliceEnd, next.Row);
            _lane.Digest.Add(_sliceEnd, next.Code, length.Nanoseconds);
            _partEnds[++part] = _sliceEnd += length;
        }

        _lane.Schedule(_sliceEnd, _sliceIsOver);
    }

    /// <summary>Occupies the processor for a length that no cost sets, on a row of its own in the ledger; else as the other.</summary>
    public void Occupy(Duration length, string row, Continuation then)
    {
        RequireFree();
        Ledger.Open(_lane.Now, Ledger.AddRow(World, row));
        _lane.Digest.Add(_lane.Now, OccupiedCode, length.Nanoseconds);
        _then = then;
        _toDoorbell = null;
        _sliceEnd = _lane.Now + length;
        _lane.Schedule(_sliceEnd, _sliceIsOver);
    }

    /// <summary>Whether what was interrupted, and goes on when its handler returns, is the host's: an interrupt's handler is at work, and not a process.</summary>
    public bool HandlesInterrupt => _interrupted.Any(interrupted => interrupted.World == World.Host);

    /// <summary>The thread of control in the VMM's world is given up, with all that was interrupted there: the host's world goes on.</summary>
    public void LeaveVmm()
    {
        while (_interrupted.TryPeek(out var interrupted) && interrupted.World == World.Vmm)
            _interrupted.Pop();
        if (World == World.Vmm)
            EnterWorld(World.Host);
    }

    /// <summary>Nobody goes on: the processor is idle for ever, and no interrupt is taken.</summary>
    public void HangUp()
    {
        InterruptsEnabled = false;
        Ledger.OpenIdle(_lane.Now);
        _toDoorbell = null;
        _halted = true;
    }

    /// <summary>When a part of the slice that was begun last ends: 0 is the activity itself, 1 what follows it.</summary>
    public Instant PartEnd(int part) => _partEnds[part];

    /// <summary>STI: an interrupt that is requested is taken now, and <paramref name="then"/> is where its handler returns to.</summary>
    /// <returns>Whether there was one; else its caller goes on.</returns>
    public bool EnableInterrupts(Continuation then)
    {
        RequireFree();
        InterruptsEnabled = true;
        if (!_interruptPin.IsHigh)
            return false;
        _then = then;
        _toDoorbell = null;
        TakeInterrupt();
        return true;
    }

    /// <summary>HLT: idle until the next interrupt; <paramref name="then"/> is where its handler returns to.</summary>
    public void Halt(Continuation then)
    {
        RequireFree();
        _lane.Digest.Add(_lane.Now, HaltCode, 0);
        Ledger.OpenIdle(_lane.Now);
        _then = then;
        _toDoorbell = null;
        _halted = true;
        if (InterruptsEnabled && _interruptPin.IsHigh)
            TakeInterrupt();
    }

    /// <summary>IRET: goes on with what was interrupted, with its interrupt flag; or takes the next interrupt first.</summary>
    public void ReturnFromInterrupt()
    {
        RequireFree();
        (_then, InterruptsEnabled, _toDoorbell, _) = _interrupted.Pop();
        if (_toDoorbell is not null)
        {
            _interruptedToDoorbell = null;
            foreach (var interrupted in _interrupted)
                _interruptedToDoorbell = Least(_interruptedToDoorbell, interrupted.ToDoorbell);
        }

        GoOn();
    }

    private void GoOn()
    {
        if (InterruptsEnabled && _interruptPin.IsHigh)
        {
            TakeInterrupt();
            return;
        }

        var then = _then!;
        _then = null;
        _freeSince = _lane.Now;
        then.OnTime();
    }

    private void OnInterruptPin()
    {
        // Otherwise a slice is under way, and its end looks at the pin.
        if (_halted && InterruptsEnabled)
            TakeInterrupt();
    }

    private void TakeInterrupt()
    {
        if (_interrupted.Count == MaxNesting)
            throw new InvalidOperationException($"{MaxNesting} nested interrupts.");
        InterruptsTaken++;
        _lane.Observer?.Happened(Observed.Interrupt, (long)World);
        _lane.Digest.Add(_lane.Now, InterruptCode, _interrupted.Count);
        _interrupted.Push((_then!, InterruptsEnabled, _toDoorbell, World));
        _interruptedToDoorbell = Least(_interruptedToDoorbell, _toDoorbell);
        _then = null;
        _toDoorbell = null;
        _halted = false;
        _freeSince = _lane.Now;
        InterruptsEnabled = false;
        _interruptHandlers[(int)World].Tell(InterruptTaken.Instance);
    }

    private static Duration? Least(Duration? a, Duration? b) => a is null ? b : b is null || a < b ? a : b;

    private void RequireFree()
    {
        if (_then is not null || _freeSince != _lane.Now)
            ThrowNotFree();
    }

    private void ThrowNotFree()
    {
        if (_then is not null)
            throw new InvalidOperationException($"{_lane.Name}'s processor is occupied at {_lane.Now}: two threads of control.");
        throw new InvalidOperationException($"{_lane.Name}'s processor was nobody's from {_freeSince} to {_lane.Now}: its thread of control was lost.");
    }

    /// <summary>The end of a slice cannot be cancelled: only what goes on then can be void.</summary>
    private sealed class SliceIsOver(Processor processor) : TimedEvent
    {
        public override void OnTime() => processor.GoOn();
    }
}

/// <summary>The processor takes an interrupt: its receiver has the processor, interrupts disabled, and must acknowledge the controller.</summary>
public sealed class InterruptTaken : IHandOff
{
    /// <summary>It says nothing more: the controller knows which line.</summary>
    public static readonly InterruptTaken Instance = new();

    private InterruptTaken()
    {
    }
}

/// <summary>The wire from an interrupt controller to its processor (INTR).</summary>
public sealed class InterruptPin
{
    private bool _isHigh;

    /// <summary>Whether an interrupt is requested.</summary>
    public bool IsHigh
    {
        get => _isHigh;
        set
        {
            var rose = value && !_isHigh;
            _isHigh = value;
            if (rose)
                Rose?.Invoke();
        }
    }

    /// <summary>Called when it goes high.</summary>
    public Action? Rose { get; set; }
}
