using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Time;

namespace Testbed.Tests.Examples;

/// <summary>The registers of a PC's real-time clock (Motorola MC146818), as far as its periodic interrupt needs them.</summary>
public sealed class RealTimeClockChip
{
    public const int IndexPort = 0x70;
    public const int DataPort = 0x71;
    public const int InterruptLine = 8;
    public const byte RegisterB = 0x0B;
    public const byte RegisterC = 0x0C;
    public const byte PeriodicInterrupt = 0x40;

    private byte _index;
    private byte _enabled;
    private byte _flags;

    /// <summary>IRQF: an interrupt that is enabled has come, and register C has not been read since.</summary>
    public bool InterruptRequested => (_enabled & _flags) != 0;

    /// <summary>The period is over.</summary>
    public void Tick() => _flags |= PeriodicInterrupt;

    /// <summary>The processor writes a port.</summary>
    public void Write(int port, byte value)
    {
        if (port == IndexPort)
            _index = value;
        else if (_index == RegisterB)
            _enabled = (byte)(value & PeriodicInterrupt);
    }

    /// <summary>The processor reads the data port. Reading register C clears it.</summary>
    public byte Read()
    {
        if (_index != RegisterC)
            return _index == RegisterB ? _enabled : (byte)0;
        const byte InterruptRequestFlag = 0x80;
        var flags = (byte)(_flags | (InterruptRequested ? InterruptRequestFlag : 0));
        _flags = 0;
        return flags;
    }
}

/// <summary>The real-time clock beside the processor: at the end of each period it raises interrupt line 8.</summary>
public sealed class RealTimeClock : ModelActor
{
    private readonly RealTimeClockChip _chip;
    private readonly Ticks _ticks;
    private readonly IActorRef _interruptController;

    private RealTimeClock(Lane lane, RealTimeClockChip chip, Ticks ticks, IActorRef interruptController)
        : base(lane) => (_chip, _ticks, _interruptController) = (chip, ticks, interruptController);

    /// <summary>A clock whose periods end at <paramref name="ticks"/>.</summary>
    public static Props Props(Lane lane, RealTimeClockChip chip, Ticks ticks, IActorRef interruptController) =>
        lane.Props(() => new RealTimeClock(lane, chip, ticks, interruptController));

    /// <summary>Software has read register C or written register B.</summary>
    public sealed class PortAccessed : ISignal
    {
        public static readonly PortAccessed Instance = new();
    }

    protected override void PreStart() => Schedule(_ticks.First, Period.Instance);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Period:
                _chip.Tick();
                SetLine();
                Schedule(Now + _ticks.Period, Period.Instance);
                break;
            case PortAccessed:
                SetLine();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void SetLine() =>
        _interruptController.Tell(new InterruptController.LineChanged(RealTimeClockChip.InterruptLine, _chip.InterruptRequested));

    private sealed class Period
    {
        public static readonly Period Instance = new();
    }
}

/// <summary>Its driver, as Linux 2.2's drivers/char/rtc.c: register C says why, and reading it lets the next interrupt come.</summary>
public sealed class RealTimeClockDriver(RealTimeClockChip chip, IActorRef clock, IDriverKernel kernel, Activity handle, Action ticked)
    : IInterruptHandler
{
    public void Initialize(Action then)
    {
        chip.Write(RealTimeClockChip.IndexPort, RealTimeClockChip.RegisterB);
        chip.Write(RealTimeClockChip.DataPort, RealTimeClockChip.PeriodicInterrupt);
        then();
    }

    public void HandleInterrupt(Action then)
    {
        chip.Write(RealTimeClockChip.IndexPort, RealTimeClockChip.RegisterC);
        var isPeriodic = (chip.Read() & RealTimeClockChip.PeriodicInterrupt) != 0;
        clock.Tell(RealTimeClock.PortAccessed.Instance);
        kernel.Execute(handle, () =>
        {
            if (isPeriodic)
                ticked();
            then();
        });
    }
}
