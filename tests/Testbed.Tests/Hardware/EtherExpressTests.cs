using Akka.Actor;
using CsCheck;
using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Kernel;
using Testbed.Node.Network;
using Testbed.Node.Time;
using Testbed.Tests.Time;

namespace Testbed.Tests.Hardware;

public sealed class EtherExpressTests : TimelineFixture
{
    private const int RingSize = 8;
    private static readonly MacAddress Own = new(0x0090_2700_0733);
    private static readonly MacAddress Other = new(0x0090_2700_0350);
    private static readonly EtherExpressSettings Settings =
        new(RingSize, RingSize, Duration.FromMicroseconds(1), Duration.FromMicroseconds(2), InterruptLine: 11);

    private readonly InterruptPin _pin = new();
    private readonly Pic8259 _pic;
    private readonly EtherExpressChip _chip = new(RingSize, RingSize);
    private readonly List<(Instant At, byte[] Frame)> _wire = [];
    private readonly List<(Instant At, bool High)> _line = [];
    private readonly IActorRef _nic;
    private readonly InstantKernel _kernel = new();
    private readonly KernelCounters _counters = new();
    private readonly EtherExpressDriver _driver;

    public EtherExpressTests()
    {
        var cable = Actor(
            (me, message) => _wire.Add((me.Clock, ((CableEnd.FrameStarted)message).Frame.ToArray())), name: "cable");
        _pic = new Pic8259(_pin, Settings.InterruptLine);
        var pic = Actor(
            (me, message) =>
            {
                _line.Add((me.Clock, ((InterruptController.LineChanged)message).High));
                _pic.SetLine(Settings.InterruptLine, high: true);
            },
            name: "pic");
        _nic = Timeline.Root(EtherExpress.Props(Lane, Settings, new CableSettings(new EthernetTiming(100_000_000), Duration.Zero, 1500, 0), Own, _chip, cable, pic, _pic), "nic");
        _driver = new EtherExpressDriver(_chip, _nic, _kernel, _counters, ticksPerSecond: 100);
    }

    [Fact]
    public void A_frame_starts_after_the_latency_and_carries_its_check_sequence()
    {
        AtInstant(100, () => Send(1));
        Timeline.Run();
        var (at, frame) = Assert.Single(_wire);
        Assert.Equal(At(1_100), at);
        Assert.Equal(64, frame.Length);
        Assert.True(EthernetFrame.VerifyFcs(frame));
    }

    [Fact]
    public void Frames_queued_follow_each_other_at_the_gap()
    {
        AtInstant(0, () =>
        {
            Send(1, length: 1514);
            Send(2, length: 60);
            Send(3, length: 60);
        });
        Timeline.Run();

        // (8 + 1518 + 12) × 80 ns = 123.04 µs; (8 + 64 + 12) × 80 ns = 6.72 µs.
        Assert.Equal([At(1_000), At(1_000 + 123_040), At(1_000 + 123_040 + 6_720)], _wire.Select(sent => sent.At));
    }

    [Fact]
    public void The_frame_that_starts_next_whatever_software_does_is_known_by_its_length()
    {
        var next = new List<int>();
        AtInstant(0, () =>
        {
            Send(1, length: 1514);
            Send(2, length: 200);
        });

        // Before the first, which is fetched; on its way, with the second behind it; between the two; and with none behind the second.
        foreach (var at in new[] { 500, 2_000, 123_500, 125_000 })
            AtInstant(at, () => next.Add(_chip.NextFrameBytes));
        Timeline.Run();
        Assert.Equal([1518, 204, 204, 0], next);
    }

    [Fact]
    public void A_frame_given_while_another_is_on_the_wire_follows_at_the_gap_and_not_before()
    {
        AtInstant(0, () => Send(1));
        AtInstant(3_000, () => Send(2));
        Timeline.Run();
        Assert.Equal([At(1_000), At(7_720)], _wire.Select(sent => sent.At));
    }

    [Fact]
    public void A_frame_given_within_the_gap_waits_for_its_end()
    {
        AtInstant(0, () => Send(1));

        // The frame ends at 1.00 + 5.76 = 6.76 µs and the gap at 7.72 µs; the doorbell's latency would be over before at 6.90 µs.
        AtInstant(6_770, () => Send(2));
        Timeline.Run();
        Assert.Equal(At(7_770), _wire[1].At);
    }

    [Fact]
    public void The_interrupt_comes_when_the_queue_has_drained_and_not_for_each_frame()
    {
        // The first of each quarter of the ring asks for one itself; get it out of the way.
        AtInstant(0, () => Send(0));
        AtInstant(20_000, AcknowledgeAll);
        AtInstant(30_000, () => Send(1));
        AtInstant(31_000, () => Send(2));
        Timeline.Run();
        Assert.Equal(2, _line.Count);

        // 2 is a quarter of this ring of 8 again: its own interrupt and the drained queue's are one.
        Assert.Equal(ScbStatus.CommandExecuted | ScbStatus.CommandUnitNotActive, _chip.Status);
        Assert.Equal(At(31_000 + 5_760 + 960 + 5_760), _line[1].At);
    }

    [Fact]
    public void A_good_frame_is_in_memory_after_the_latency_without_its_check_sequence()
    {
        AtInstant(500, () => Arrive(Frame(7)));
        Timeline.Run();
        Assert.Equal([(At(2_500), true)], _line);
        _driver.HandleInterrupt(() => { });
        Assert.Equal(Frame(7), Assert.Single(_kernel.TakenIn).ToArray());
    }

    [Fact]
    public void A_frame_with_one_wrong_bit_is_dropped_and_counted()
    {
        AtInstant(500, () =>
        {
            var frame = EthernetFrame.AppendFcs(Frame(7));
            frame[20] ^= 1;
            _nic.Tell(new CableEnd.FrameArrived(frame));
        });
        Timeline.Run();
        Assert.Empty(_line);
        Assert.Equal(1, _chip.Counters.FcsErrors);
    }

    [Fact]
    public void A_frame_for_another_station_is_stored_only_in_promiscuous_mode()
    {
        AtInstant(0, () => Arrive(Frame(1, to: Other)));
        AtInstant(1, () => Arrive(Frame(1, to: MacAddress.Broadcast)));
        AtInstant(2, () =>
        {
            _chip.Promiscuous = true;
            Arrive(Frame(1, to: Other));
        });
        Timeline.Run();
        Assert.Equal((2, 1), (_chip.Counters.FramesReceived, _chip.Counters.Filtered));
    }

    [Fact]
    public void A_full_receive_ring_drops_counts_and_goes_on_when_the_driver_makes_room()
    {
        for (var i = 0; i < RingSize + 3; i++)
        {
            var n = i;
            AtInstant(i * 7_000, () => Arrive(Frame((byte)n)));
        }

        AtInstant(200_000, () => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], TakeAll()));
        AtInstant(210_000, () => Arrive(Frame(99)));
        Timeline.Run();
        Assert.Equal(3, _chip.Counters.RingFullDrops);
        Assert.Equal([99], TakeAll());
    }

    [Fact]
    public void Acknowledging_every_cause_lowers_the_line_and_a_new_cause_raises_it_again()
    {
        AtInstant(0, () => Arrive(Frame(1)));
        AtInstant(10_000, () =>
        {
            Assert.True(_pin.IsHigh);
            AcknowledgeAll();
            Assert.False(_pin.IsHigh);
        });
        AtInstant(20_000, () => Arrive(Frame(2)));
        Timeline.Run();
        Assert.Equal([(At(2_000), true), (At(22_000), true)], _line);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void While_the_card_gets_on_or_has_nothing_to_do_ticks_change_nothing()
    {
        for (var i = 0; i < 300; i++)
        {
            var n = i;
            AtInstant(i * 1_000_000L, () =>
            {
                if (n < 50)
                    Send((byte)n);
                _driver.OnTick(() => { });
                _driver.HandleInterrupt(() => { });
            });
        }

        Timeline.Run();
        Assert.Equal((0, 0), (_counters.InterruptsAskedFor, _counters.CardResets));
    }

    [Fact]
    public void A_command_unit_that_is_stuck_is_reset_after_two_seconds_and_its_ring_is_sent_in_order()
    {
        var frames = 0;
        _chip.TransmitterSticks = () => ++frames == 2;
        AtInstant(0, () => SendMany(5));
        AtInstant(100_000, () => _driver.HandleInterrupt(() => { }));
        var askedAt = Tick(TicksUntilReset + 1, () => _counters.InterruptsAskedFor == 1);
        AtInstant(TickAt(TicksUntilReset) - 1, () => Assert.Equal((1, 0), (_counters.InterruptsAskedFor, _counters.CardResets)));
        Timeline.Run();
        Assert.Equal(1, _counters.CardResets);
        Assert.Equal([0, 1, 2, 3, 4], _wire.Select(sent => (int)sent.Frame[20]));
        Assert.Equal(At(TickAt(TicksUntilReset) + 1_000), _wire[1].At);
        Assert.Equal(TicksUntilReset - 2, askedAt());
    }

    [Fact]
    public void A_cause_that_nobody_acknowledges_makes_the_driver_ask_for_an_interrupt()
    {
        AtInstant(0, () => Arrive(Frame(7)));
        Tick(TicksUntilReset + 100, () => false);
        Timeline.Run();

        // The rise that was lost, and the one that the driver has asked for; the next would come as long after it.
        Assert.Equal(2, _line.Count);
        Assert.Equal(At(TickAt(TicksUntilReset - 3)), _line[1].At);
        Assert.Equal(ScbStatus.FrameReceived | ScbStatus.SoftwareInterrupt, _chip.Status);
        Assert.Equal([7], TakeAll());
    }

    [Fact]
    public void A_line_raised_without_a_cause_falls_again_unless_a_cause_has_come()
    {
        AtInstant(0, () => _chip.RaiseWithoutCause(high: true));
        AtInstant(10, () => Assert.True(_pin.IsHigh));
        AtInstant(20, () => _driver.HandleInterrupt(() => { }));
        AtInstant(30, () => Assert.True(_pin.IsHigh));
        AtInstant(40, () => _chip.RaiseWithoutCause(high: false));
        AtInstant(50, () => Assert.False(_pin.IsHigh));
        AtInstant(60, () => _chip.RaiseWithoutCause(high: true));
        AtInstant(70, () => Arrive(Frame(1)));
        AtInstant(5_000, () => _chip.RaiseWithoutCause(high: false));
        AtInstant(5_010, () => Assert.True(_pin.IsHigh));
        Timeline.Run();
        Assert.Equal([1], TakeAll());
        Assert.False(_pin.IsHigh);
    }

    [Fact]
    public void Frames_that_overrun_the_FIFO_are_lost_and_counted()
    {
        var frames = 0;
        _chip.ReceiverOverruns = () => ++frames is 2 or 3;
        for (var i = 0; i < 4; i++)
        {
            var n = i;
            AtInstant(i * 7_000, () => Arrive(Frame((byte)n)));
        }

        Timeline.Run();
        Assert.Equal(2, _chip.Counters.Overruns);
        Assert.Equal([0, 3], TakeAll());
    }

    [Fact]
    public void Without_memory_a_descriptor_stays_empty_until_there_is_some()
    {
        _kernel.HasMemory = false;
        for (var i = 0; i < RingSize + 2; i++)
        {
            var n = i;
            AtInstant(i * 7_000, () => Arrive(Frame((byte)n)));
        }

        AtInstant(200_000, () => Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7], TakeAll()));
        AtInstant(210_000, () => Arrive(Frame(50)));
        AtInstant(220_000, () =>
        {
            Assert.Equal(3, _chip.Counters.RingFullDrops);
            _kernel.HasMemory = true;
            Assert.Empty(TakeAll());
        });
        AtInstant(230_000, () => Arrive(Frame(99)));
        Timeline.Run();
        Assert.Equal([99], TakeAll());
        Assert.True(_counters.RefillFailures > 0);
    }

    [Fact]
    public void Whatever_the_timing_every_frame_leaves_once_and_in_order_and_its_descriptor_comes_back() =>
        Gen.Select(Gen.Int[0, 30_000], Gen.Int[60, 1514]).Array[1, 60].Sample(
            steps =>
            {
                using var rig = new EtherExpressTests();
                rig.SendAll(steps);
            },
            iter: 30);

    private void SendAll((int GapNs, int Length)[] steps)
    {
        var freed = 0;
        var given = new Queue<int>(Enumerable.Range(0, steps.Length));
        var at = 0L;
        foreach (var (gap, _) in steps)
        {
            at += gap;
            AtInstant(at, Work);
        }

        // The driver's interrupt: looked at now and then, so that the ring fills up and drains.
        for (var i = 1; i <= 3 * steps.Length; i++)
            AtInstant(at + (i * 130_000L), Work);
        Timeline.Run();
        Assert.Equal(Enumerable.Range(0, steps.Length), _wire.Select(sent => (int)sent.Frame[20]));
        Assert.Equal(steps.Select(step => step.Length + 4), _wire.Select(sent => sent.Frame.Length));
        Assert.Equal(steps.Length, freed);

        void Work()
        {
            _driver.HandleInterrupt(() => { });
            while (_kernel.Freed.TryDequeue(out var frame))
                Assert.Equal(freed++, frame.Bytes[20]);

            while (_driver.HasRoom && given.TryDequeue(out var next))
                Send((byte)next, steps[next].Length);
        }
    }

    /// <summary>2 s, from the tick that finds the ring as it was at the one before.</summary>
    private const int TicksUntilReset = 201;

    private static long TickAt(int tick) => tick * 10_000_000L;

    private void SendMany(int count)
    {
        for (var i = 0; i < count; i++)
            Send((byte)i);
    }

    /// <summary>So many ticks, none of which finds an interrupt handled; in which a condition first held.</summary>
    private Func<int> Tick(int count, Func<bool> condition)
    {
        var first = 0;
        for (var i = 1; i <= count; i++)
        {
            var tick = i;
            AtInstant(TickAt(tick), () =>
            {
                _driver.OnTick(() => { });
                if (first == 0 && condition())
                    first = tick;
            });
        }

        return () => first;
    }

    private void AtInstant(long ns, Action what) => Lane.Schedule(At(ns), Do(what));

    private void Send(byte content, int length = 60)
    {
        var bytes = Frame(content, length: length);
        _driver.Transmit(new OutgoingFrame(bytes, FrameKind.Other, 0, false, null, 0), () => { });
    }

    private void Arrive(byte[] frame) => _nic.Tell(new CableEnd.FrameArrived(EthernetFrame.AppendFcs(frame)));

    private void AcknowledgeAll() => _chip.Acknowledge(_chip.Status);

    private List<int> TakeAll()
    {
        var taken = new List<int>();
        _driver.HandleInterrupt(() => { });
        while (_kernel.TakenIn.TryDequeue(out var frame))
            taken.Add(frame.Span[20]);

        return taken;
    }

    private static byte[] Frame(byte content, MacAddress? to = null, int length = 60)
    {
        var frame = new byte[length];
        EthernetFrame.WriteHeader(frame, to ?? Own, Other, EthernetFrame.TypeIpv4);
        frame[20] = content;
        return frame;
    }

    /// <summary>A kernel in which nothing takes time.</summary>
    private sealed class InstantKernel : IDriverKernel
    {
        public Queue<ReadOnlyMemory<byte>> TakenIn { get; } = new();

        public Queue<OutgoingFrame> Freed { get; } = new();

        public KernelActivities Activities { get; } = new(_ => null!);

        public bool InterruptsEnabled { get; set; }

        public void Execute(Activity activity, Action then, long bytes = 0) => then();

        public bool HasMemory { get; set; } = true;

        public bool TryAllocate() => HasMemory;

        public void Received(ReadOnlyMemory<byte> frame) => TakenIn.Enqueue(frame);

        public void Transmitted(in OutgoingFrame frame) => Freed.Enqueue(frame);
    }
}
