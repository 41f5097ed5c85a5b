using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Time;
using Testbed.Tests.Experiments;
using Testbed.Tests.Time;

namespace Testbed.Tests.Examples;

/// <summary>The device of docs/extending.md, on a PC that has nothing else but its timer.</summary>
public sealed class DeviceExampleTests : TimelineFixture
{
    private const int ClockHz = 1024;
    private readonly Ledger _ledger = new(Duration.FromMilliseconds(1));
    private readonly RealTimeClockChip _chip = new();
    private long _ticked;

    [Fact]
    public void Its_interrupts_reach_its_driver_and_are_paid_for()
    {
        Boot(withDriver: true);
        Timeline.StopAt(At(1_000_000_000), "enough");
        Timeline.Run();
        Assert.InRange(_ticked, ClockHz - 1, ClockHz + 1);
        var rows = _ledger.AsOf(At(1_000_000_000), At(1_000_000_000));
        Assert.Equal(_ticked, rows.Single(row => row.Category == "real-time-clock").Count);
        Assert.Equal(1_000_000_000, rows.Sum(row => row.TimeNs));
    }

    [Fact]
    public void Without_its_driver_it_does_not_interrupt()
    {
        Boot(withDriver: false);
        Timeline.StopAt(At(100_000_000), "enough");
        Timeline.Run();
        Assert.Equal(0, _ticked);
        Assert.False(_chip.InterruptRequested);
    }

    [Fact]
    public void The_documentation_shows_what_is_compiled_here()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Testbed.sln")))
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("the repository is not above the tests");
        var example = File.ReadAllText(Path.Combine(root, "tests", "Testbed.Tests", "Examples", "RealTimeClock.cs")).ReplaceLineEndings("\n");
        var documentation = File.ReadAllText(Path.Combine(root, "docs", "extending.md")).ReplaceLineEndings("\n");
        foreach (var type in example.Split("\n/// <summary>")[1..])
            Assert.Contains("/// <summary>" + type.TrimEnd(), documentation, StringComparison.Ordinal);
    }

    private void Boot(bool withDriver)
    {
        var pin = new InterruptPin();
        var pic = new Pic8259(pin);
        var pc = Experiment.Settings("native-733-to-350").Sender;
        var costs = new Dictionary<(World, string), Cost>(pc.Costs) { [(World.Host, "real-time-clock")] = new(1_000_000, 0) };
        var processor = new Processor(Lane, new CostTable(costs, pc.JitterPpm, seed: 1), _ledger, pin);
        var interruptController = Timeline.Root(InterruptController.Props(Lane, pic), "interrupt-controller");
        var ticks = new Ticks(At(1), pc.TickPeriod);
        Timeline.Root(HostTimer.Props(Lane, ticks, interruptController), "timer");
        var clock = Timeline.Root(
            RealTimeClock.Props(Lane, _chip, new Ticks(At(500), new Duration(1_000_000_000 / ClockHz)), interruptController), "real-time-clock");
        var host = Timeline.Root(
            HostKernel.Props(Lane, processor, new InetStack(pc.Inet, () => 1), new Scheduler(), ticks, new KernelCounters(), pic, networkLine: 11, _ => new NoNetwork()),
            "host");
        if (withDriver)
        {
            host.Tell(new LinuxKernel.LoadDriver(RealTimeClockChip.InterruptLine, kernel => new RealTimeClockDriver(
                _chip, clock, kernel, processor.Activity(World.Host, "real-time-clock"), () => _ticked++)));
        }

        host.Tell(LinuxKernel.Boot.Instance);
    }

    private sealed class NoNetwork : INetworkDriver
    {
        public bool HasRoom => false;

        public void Transmit(in OutgoingFrame frame, Action then) => throw new InvalidOperationException("There is no network card.");

        public void HandleInterrupt(Action then) => then();
    }
}
