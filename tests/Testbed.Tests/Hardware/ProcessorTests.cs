using CsCheck;
using Testbed.Node.Hardware;
using Testbed.Node.Time;
using Testbed.Tests.Time;

namespace Testbed.Tests.Hardware;

public sealed class ProcessorTests : TimelineFixture
{
    private readonly InterruptPin _pin = new();
    private readonly Ledger _ledger = new(Duration.FromMilliseconds(1));
    private readonly Processor _processor;
    private readonly Activity _work;
    private readonly Activity _handler;

    public ProcessorTests()
    {
        _processor = new Processor(Lane, Costs(jitterPpm: 0), _ledger, _pin);
        _work = _processor.Activity(World.Host, "work");
        _handler = _processor.Activity(World.Host, "handler");
    }

    [Fact]
    public void A_slice_takes_its_cost_and_then_goes_on()
    {
        Software(start: me => me.Run(_work, () =>
        {
            Log.Add((me.Clock, "went on"));
            _processor.Halt(me.Later(() => { }));
        }));
        RunTo(5_000);
        Assert.Equal([(At(1_000), "went on")], Log);
        Assert.Equal(1_000, Booked("work").TimeNs);
        Assert.Equal(4_000, Booked(Ledger.Idle).TimeNs);
    }

    [Fact]
    public void A_thread_of_control_that_was_lost_is_a_defect()
    {
        Software(start: me => me.Run(_work, () => me.WakeAt(At(3_000), () => me.Run(_work, () => { }))));
        Assert.Throws<InvalidOperationException>(() => RunTo(5_000));
    }

    [Fact]
    public void A_cost_has_a_part_for_each_byte()
    {
        Software(start: me => me.Run(_work, () => Log.Add((me.Clock, "went on")), bytes: 200));
        RunTo(5_000);
        Assert.Equal([(At(1_400), "went on")], Log);
    }

    [Fact]
    public void Two_threads_of_control_are_a_defect()
    {
        Software(start: me =>
        {
            me.Run(_work, () => { });
            Assert.Throws<InvalidOperationException>(() => me.Run(_work, () => { }));
            Log.Add((me.Clock, "refused"));
        });
        RunTo(5_000);
        Assert.Equal([(At(0), "refused")], Log);
    }

    [Fact]
    public void An_interrupt_raised_during_a_slice_is_taken_at_its_end_and_then_the_slice_goes_on()
    {
        _processor.InterruptsEnabled = true;
        Software(
            start: me => me.Run(_work, () => Log.Add((me.Clock, "went on"))),
            interrupt: me =>
            {
                Log.Add((me.Clock, "taken"));
                _pin.IsHigh = false;
                me.Run(_handler, _processor.ReturnFromInterrupt);
            });
        Lane.Schedule(At(300), Do(() => _pin.IsHigh = true));
        RunTo(5_000);
        Assert.Equal([(At(1_000), "taken"), (At(1_500), "went on")], Log);
    }

    [Fact]
    public void An_interrupt_waits_while_interrupts_are_disabled()
    {
        Software(
            start: me => me.Run(_work, () =>
            {
                Log.Add((me.Clock, "first"));
                _processor.InterruptsEnabled = true;
                me.Run(_work, () => Log.Add((me.Clock, "second")));
            }),
            interrupt: me =>
            {
                Log.Add((me.Clock, "taken"));
                _pin.IsHigh = false;
                me.Run(_handler, _processor.ReturnFromInterrupt);
            });
        Lane.Schedule(At(300), Do(() => _pin.IsHigh = true));
        RunTo(5_000);
        Assert.Equal([(At(1_000), "first"), (At(2_000), "taken"), (At(2_500), "second")], Log);
    }

    [Fact]
    public void A_halted_processor_is_idle_until_an_interrupt_and_goes_on_after_its_handler()
    {
        _processor.InterruptsEnabled = true;
        Software(
            start: me => _processor.Halt(me.Later(() => Log.Add((me.Clock, "woke")))),
            interrupt: me =>
            {
                _pin.IsHigh = false;
                me.Run(_handler, _processor.ReturnFromInterrupt);
            });
        Lane.Schedule(At(700), Do(() => _pin.IsHigh = true));
        RunTo(5_000);
        Assert.Equal([(At(1_200), "woke")], Log);
        Assert.Equal(700, _ledger.AsOf(At(1_000), At(5_000)).Single(row => row.Category == Ledger.Idle).TimeNs);
    }

    [Fact]
    public void Halting_with_an_interrupt_pending_takes_it_at_once()
    {
        _processor.InterruptsEnabled = true;
        Software(
            start: me =>
            {
                _pin.IsHigh = true;
                _processor.Halt(me.Later(() => Log.Add((me.Clock, "woke"))));
            },
            interrupt: me =>
            {
                _pin.IsHigh = false;
                me.Run(_handler, _processor.ReturnFromInterrupt);
            });
        RunTo(5_000);
        Assert.Equal([(At(500), "woke")], Log);
    }

    [Fact]
    public void A_handler_that_enables_interrupts_can_be_interrupted_and_all_return_in_order()
    {
        _processor.InterruptsEnabled = true;
        var depth = 0;
        Software(
            start: me => me.Run(_work, () => Log.Add((me.Clock, "work"))),
            interrupt: me =>
            {
                var mine = ++depth;
                _pin.IsHigh = false;
                _processor.InterruptsEnabled = true;
                me.Run(_handler, () =>
                {
                    Log.Add((me.Clock, $"handler {mine}"));
                    _processor.ReturnFromInterrupt();
                });
            });
        Lane.Schedule(At(500), Do(() => _pin.IsHigh = true));
        Lane.Schedule(At(1_200), Do(() => _pin.IsHigh = true));
        RunTo(5_000);

        // The second comes during the first one's handler, and is done before it.
        Assert.Equal([(At(2_000), "handler 2"), (At(2_000), "handler 1"), (At(2_000), "work")], Log);
    }

    [Fact]
    public void A_level_that_stays_high_is_taken_again_before_the_interrupted_goes_on()
    {
        _processor.InterruptsEnabled = true;
        var taken = 0;
        Software(
            start: me => me.Run(_work, () => Log.Add((me.Clock, "went on"))),
            interrupt: me =>
            {
                if (++taken == 3)
                    _pin.IsHigh = false;
                me.Run(_handler, _processor.ReturnFromInterrupt);
            });
        Lane.Schedule(At(1), Do(() => _pin.IsHigh = true));
        RunTo(5_000);
        Assert.Equal([(At(2_500), "went on")], Log);
    }

    [Fact]
    public void Jitter_keeps_the_mean_and_its_bounds()
    {
        var jittered = new Processor(Timeline.AddLane("jittered"), Costs(jitterPpm: 150_000), new Ledger(Duration.Zero), new InterruptPin())
            .Activity(World.Host, "work");
        var draws = Enumerable.Range(0, 100_000).Select(_ => jittered.Draw(0).Nanoseconds).ToArray();
        Assert.InRange(draws.Min(), 850, 852);
        Assert.InRange(draws.Max(), 1_148, 1_150);

        // Five standard errors of the mean of an even spread of ± 150 ns: 150 / √3 / √100,000.
        Assert.InRange(draws.Average(), 1_000 - 1.4, 1_000 + 1.4);
    }

    [Fact]
    public void A_cost_scales_with_the_clock() =>
        Assert.Equal(new Cost(2_094_286, 6_911), new Cost(1_000_000, 3_300).AtClock(733_000_000, 350_000_000));

    [Fact]
    public void The_ledger_sums_to_the_elapsed_time_at_every_instant() =>
        Gen.Select(Gen.Int[0, 2], Gen.Long[0, 400]).Array[1, 60].Sample(steps =>
        {
            var ledger = new Ledger(new Duration(1_000_000));
            var rows = new[] { ledger.AddRow(World.Host, "a"), ledger.AddRow(World.Vmm, "b") };
            var reference = new List<(long From, long To, string Category)>();
            var (now, open) = (0L, Ledger.Idle);
            foreach (var (kind, length) in steps)
            {
                reference.Add((now, now + length, open));
                now += length;
                if (kind == 2)
                    ledger.OpenIdle(At(now));
                else
                    ledger.Open(At(now), rows[kind]);
                open = kind == 2 ? Ledger.Idle : kind == 0 ? "a" : "b";
            }

            var end = now + 100;
            reference.Add((now, end, open));
            for (var at = 0L; at <= end; at += Math.Max(1, end / 37))
            {
                var state = ledger.AsOf(At(at), At(end));
                Assert.Equal(at, state.Sum(row => row.TimeNs));
                foreach (var row in state)
                {
                    var slices = reference.Where(slice => slice.Category == row.Category && slice.From < at);
                    Assert.Equal(slices.Sum(slice => Math.Min(slice.To, at) - slice.From), row.TimeNs);
                }
            }
        });

    [Fact]
    public void The_ledger_refuses_an_instant_that_it_has_forgotten()
    {
        var ledger = new Ledger(new Duration(100));
        ledger.Open(At(50), ledger.AddRow(World.Host, "a"));
        ledger.OpenIdle(At(500));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.AsOf(At(399), At(500)));
        Assert.Throws<ArgumentOutOfRangeException>(() => ledger.AsOf(At(501), At(500)));
        Assert.Equal(400, ledger.AsOf(At(400), At(500)).Sum(row => row.TimeNs));
    }

    private static CostTable Costs(long jitterPpm) => new(
        new Dictionary<(World, string), Cost>
        {
            [(World.Host, "work")] = new(1_000_000, 2_000),
            [(World.Host, "handler")] = new(500_000, 0),
        },
        jitterPpm,
        seed: 1);

    private void Software(Action<Machine> start, Action<Machine>? interrupt = null)
    {
        // Under a root of its own, so that a failure is the model's.
        Timeline.Root(
            Lane.Props(() => new TestActor(Lane, (_, _) => { }, _ => _processor.HandleInterrupts(
                World.Host, TestActor.Child(Lane.Props(() => new Machine(Lane, _processor, start, interrupt)), "machine")))),
            "software");
    }

    private void RunTo(long ns)
    {
        Timeline.EndAt(At(ns));
        Timeline.Run();
        Assert.Equal(ns, _ledger.AsOf(At(ns), At(ns)).Sum(row => row.TimeNs));
    }

    private LedgerRow Booked(string category) => _ledger.AsOf(Timeline.Now, Timeline.Now).Single(row => row.Category == category);

    private sealed class Machine(Lane lane, Processor processor, Action<Machine> start, Action<Machine>? interrupt) : ModelActor(lane)
    {
        public Instant Clock => Now;

        public Continuation Later(Action step) => Then(step);

        public void WakeAt(Instant at, Action step) => Schedule(at, step);

        public void Run(Activity activity, Action then, long bytes = 0) => processor.Execute(activity, Then(then), bytes);

        protected override void PreStart() => start(this);

        protected override void OnReceive(object message)
        {
            if (message is InterruptTaken)
                interrupt!(this);
            else
                Unhandled(message);
        }
    }
}
