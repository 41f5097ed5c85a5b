using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Experiments;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Tests.Experiments;

public sealed class DeterminismTests
{
    [Theory]
    [InlineData("native-733-to-350", "nettest.bytes=300KiB")]
    [InlineData("native-733-to-350", "nettest.bytes=300KiB", "cable.loss=0.02")]
    [InlineData("native-350-to-733", "nettest.bytes=300KiB", "cable.delay=2 ms")]
    [InlineData("native-733-to-350", "nettest.bytes=100KiB", "cable.rate=10 Mb/s", "nettest.chunk=512")]
    [InlineData("native-733-to-350", "nettest.bytes=300KiB", "cable.rate=1 Gb/s", "nettest.chunk=65536", "cable.delay=0")]
    [InlineData("native-733-to-350", "nettest.bytes=100KiB", "cable.mtu=576", "tcp.nagle=off", "tcp.acknowledgements=immediate")]
    [InlineData(
        "native-733-to-350", "nettest.bytes=14KiB", "nettest.chunk=1", "tcp.nagle=off", "tcp.tail-filling=off", "tcp.send-buffer=16MiB", "tcp.receive-buffer=16MiB",
        "pcs.pc-733.nic.transmit-ring=4096", "pcs.pc-733.clock=10GHz", "pcs.pc-350.clock=170MHz")]
    [InlineData("vm733-to-350", "nettest.bytes=100KiB")]
    [InlineData("vm733-to-vm350", "nettest.bytes=100KiB", "cable.loss=0.02")]
    [InlineData("350-to-vm733", "nettest.bytes=100KiB", "receiver.vm.select-interval=200us", "cable.rate=1 Gb/s", "cable.delay=0")]
    [InlineData("vm350-to-733", "nettest.bytes=50KiB", "jitter=50 %", "costs.vmm.world-switch.fixed=0 ns", "costs.host.vmnet-transmit.fixed=0 ns")]
    [InlineData("733-to-vm350", "nettest.bytes=50KiB", "jitter=0", "costs.host.driver-transmit.fixed=0 ns", "costs.host.interrupt.fixed=0 ns")]
    [InlineData("vm-compute", "compute.work=30 ms")]
    [InlineData("vm-ping", "ping.count=20", "cable.loss=0.1")]
    [InlineData("keyboard-idle", "idle.length=200 ms", "sender.keyboard.keys=5", "sender.keyboard.interval=20 ms", "cable.delay=0")]
    [InlineData("keyboard-under-load", "nettest.bytes=100KiB", "sender.keyboard.keys=10", "sender.keyboard.interval=2 ms", "sender.keyboard.hold=1 ms")]
    [InlineData("vm733-to-350-contended", "nettest.bytes=50KiB")]
    [InlineData("vm733-to-350-contended", "nettest.bytes=50KiB", "sender.competing.kind=bursty", "sender.competing.burst=1 ms", "sender.competing.pause=3 ms", "receiver.competing.processes=2")]
    [InlineData("hostonly-vm733", "nettest.bytes=50KiB")]
    [InlineData("hostonly-vm733", "program=ping")]
    [InlineData("nat-vm733-to-350", "nettest.bytes=100KiB", "cable.loss=0.02")]
    [InlineData("nat-vm733-to-350", "nettest.bytes=50KiB", "cable.delay=0", "costs.host.masquerade.fixed=0 ns", "costs.host.other-receive.fixed=0 ns", "jitter=50 %")]
    [InlineData("nat-vm733-to-350", "program=ping", "ping.count=20", "nat.icmp=5 ms", "receiver.system=workstation-2.0")]
    [InlineData("ping", "ping.count=20")]
    [InlineData("ping", "ping.count=20", "cable.loss=0.2", "ping.interval=30 ms")]
    public async Task Two_timelines_give_what_one_gives(string name, params string[] sets)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            var settings = Experiment.Settings(name, [.. sets, $"seed={seed}"]);
            var one = Experiment.OnOneTimeline(settings);
            Assert.Null(one.Failure);
            var two = await Experiment.OnTwoTimelinesAsync(settings);
            Experiment.AssertSame(one.Sender, two.Sender, $"seed {seed}");
            Experiment.AssertSame(one.Receiver, two.Receiver, $"seed {seed}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(2_200)]
    [InlineData(4_600)]
    public async Task An_alarm_just_after_a_tick_waits_for_the_next_on_both(long afterTickNs)
    {
        // Between the tick and its handler's look at the clock: the other PC was promised that nothing happens before the next tick.
        var settings = Experiment.Settings("native-733-to-350", "nettest.bytes=10KiB");
        using var system = Experiment.System();
        var tick = new OneProcessRun(system, settings).Sender.Ticks.AtOrAfter(new Instant(50_000_000));
        var start = tick + new Duration(afterTickNs);
        settings = Experiment.Settings("native-733-to-350", "nettest.bytes=10KiB", $"sender.start={start.Nanoseconds} ns");
        var one = Experiment.OnOneTimeline(settings);
        Assert.Null(one.Failure);
        Assert.InRange(one.Sender.FirstByteSentNs!.Value, (tick + settings.Sender.TickPeriod).Nanoseconds, long.MaxValue);
        var two = await Experiment.OnTwoTimelinesAsync(settings);
        Experiment.AssertSame(one.Sender, two.Sender, "seed 1");
        Experiment.AssertSame(one.Receiver, two.Receiver, "seed 1");
    }

    [Fact]
    public async Task A_limit_just_after_the_end_is_no_obstacle_and_one_before_it_stops_both_alike()
    {
        var end = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", "nettest.bytes=10KiB")).Sender.VirtualNs;
        var enough = Experiment.Settings("native-733-to-350", "nettest.bytes=10KiB", $"virtual-limit={end} ns");
        var one = Experiment.OnOneTimeline(enough);
        Assert.Null(one.Failure);
        var two = await Experiment.OnTwoTimelinesAsync(enough);
        Experiment.AssertSame(one.Sender, two.Sender, "seed 1");
        Experiment.AssertSame(one.Receiver, two.Receiver, "seed 1");

        var tooShort = Experiment.Settings("native-733-to-350", "nettest.bytes=10KiB", $"virtual-limit={end - 1} ns");
        one = Experiment.OnOneTimeline(tooShort);
        Assert.NotNull(one.Failure);
        two = await Experiment.OnTwoTimelinesAsync(tooShort);
        Assert.Equal((one.Failure, one.Failure), (two.Sender.Failure, two.Receiver.Failure));
        Assert.Equal(one.Sender.ToJson(), two.Sender.DeterministicJson);
        Assert.Equal(one.Receiver.ToJson(), two.Receiver.DeterministicJson);
    }

    [Fact]
    public async Task A_slow_and_jittery_link_between_the_timelines_changes_nothing()
    {
        var settings = Experiment.Settings("vm733-to-350", "nettest.bytes=20KiB", "cable.loss=0.02");
        var one = Experiment.OnOneTimeline(settings);
        var random = new RandomStream(7, "link");
        var two = await Experiment.OnTwoTimelinesAsync(settings, () =>
        {
            lock (random)
                return TimeSpan.FromMilliseconds(random.Below(5));
        });
        Experiment.AssertSame(one.Sender, two.Sender, "seed 7");
        Experiment.AssertSame(one.Receiver, two.Receiver, "seed 7");
    }

    [Fact]
    public void The_same_seed_gives_the_same_and_another_seed_another_run()
    {
        string[] sets = ["nettest.bytes=200KiB", "cable.loss=0.02"];
        var first = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [.. sets, "seed=5"]));
        var again = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [.. sets, "seed=5"]));
        var other = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [.. sets, "seed=6"]));
        Assert.Equal(first.Receiver.ToJson(), again.Receiver.ToJson());
        Assert.NotEqual(first.Receiver.Node.Digest, other.Receiver.Node.Digest);
    }

    [Fact]
    public void A_gap_in_the_stream_ends_the_run() =>
        AssertRefused(sync => sync.Receive(new CableBatch { Number = 2, ProcessedThroughNs = 5, NextStartNs = 10 }), "batch 2 came where 1 was due");

    [Fact]
    public void A_frame_for_an_instant_that_has_passed_ends_the_run() => AssertRefused(
        sync =>
        {
            // 5.76 µs at 100 Mb/s, no delay: H = 10 + 5.76 µs, and an event at 15 µs has happened.
            sync.Receive(new CableBatch { Number = 1, ProcessedThroughNs = 5_000, NextStartNs = 10_000 });
            sync.TryMove(new Instant(15_000));
            Assert.True(sync.Admits(new Instant(15_000), isArrival: false));
            sync.Receive(new CableBatch
            {
                Number = 2,
                ProcessedThroughNs = 6_000,
                NextStartNs = 20_000,
                Announcements = { new Announcement { Number = 1, ArrivalNs = 15_000, Mark = new Mark { Kind = Mark.Types.Kind.Finished } } },
            });
        },
        "nothing was to come before");

    [Fact]
    public void Local_events_run_before_the_horizon_and_arrivals_up_to_it()
    {
        using var system = Experiment.System();
        var sync = Sync(new Timeline(system), []);
        sync.Receive(new CableBatch { Number = 1, ProcessedThroughNs = 5_000, NextStartNs = 10_000 });
        sync.TryMove(new Instant(20_000));
        Assert.True(sync.Admits(new Instant(15_759), isArrival: false));
        Assert.False(sync.Admits(new Instant(15_760), isArrival: false));
        Assert.True(sync.Admits(new Instant(15_760), isArrival: true));
        Assert.False(sync.Admits(new Instant(15_761), isArrival: true));
    }

    [Fact]
    public void Sending_a_frame_draws_the_horizon_in_to_the_first_answer_that_it_could_have()
    {
        using var system = Experiment.System();
        var sync = Sync(new Timeline(system), []);
        sync.Receive(new CableBatch { Number = 1, ProcessedThroughNs = 5_000, NextStartNs = 900_000 });
        sync.TryMove(new Instant(1_000_000));
        sync.AnnounceFrame(1, new Instant(100_000), new byte[64]);

        // Arrival + the least reaction of 1 µs + the least time across of 5.76 µs.
        Assert.True(sync.Admits(new Instant(106_759), isArrival: false));
        Assert.False(sync.Admits(new Instant(106_760), isArrival: false));
    }

    [Fact]
    public void While_a_frame_is_on_the_wire_no_other_can_come()
    {
        using var system = Experiment.System();
        var sync = Sync(new Timeline(system), []);
        sync.Receive(new CableBatch
        {
            Number = 1,
            ProcessedThroughNs = 5_000,
            NextStartNs = 6_000,
            Announcements = { new Announcement { Number = 1, ArrivalNs = 130_000, Frame = Google.Protobuf.ByteString.CopyFrom(new byte[64]) } },
        });
        sync.TryMove(new Instant(1_000_000));

        // The gap of 0.96 µs and a shortest frame of 5.76 µs behind it.
        Assert.True(sync.Admits(new Instant(136_719), isArrival: false));
        Assert.False(sync.Admits(new Instant(136_720), isArrival: false));
    }

    [Fact]
    public void An_answer_is_asked_for_as_soon_as_nothing_can_come_before_it()
    {
        using var system = Experiment.System();
        var sent = new List<CableBatch>();
        var outlook = new Said { Start = new Instant(100_000) };
        var sync = WaitedFor(system, sent, outlook);

        // An answer at 101 µs at the earliest; the least reaction of 1 µs, once more, is what it may take.
        sync.AnnounceFrame(1, new Instant(100_000), new byte[64]);
        AdmitSome(sync);
        Assert.Empty(sent);
        outlook.Start = new Instant(102_001);
        AdmitSome(sync);

        var asked = Assert.Single(sent);
        Assert.True(asked.Waiting);
        Assert.Equal(102_001, asked.NextStartNs);
        Assert.Single(asked.Announcements);

        // It has been asked for: nothing more is said before it comes, whatever is sent meanwhile.
        sync.AnnounceFrame(2, new Instant(110_000), new byte[64]);
        AdmitSome(sync);
        Assert.False(sync.TryMove(new Instant(1_000_000)));
        Assert.Single(sent);
        sync.Receive(new CableBatch { Number = 2, ProcessedThroughNs = 108_000, NextStartNs = 108_500, Waiting = true });
        Assert.True(sync.TryMove(new Instant(1_000_000)));
        Assert.False(sync.TryMove(new Instant(1_000_000)));
        Assert.Equal(2, sent.Count);
        Assert.Single(sent[1].Announcements);
    }

    [Fact]
    public void One_that_will_be_silent_asks_when_it_is()
    {
        using var system = Experiment.System();
        var sent = new List<CableBatch>();
        var outlook = new Said { Start = Instant.Never, IsSilentAtTimes = true };
        var sync = WaitedFor(system, sent, outlook);
        sync.AnnounceFrame(1, new Instant(100_000), new byte[64]);
        AdmitSome(sync);
        Assert.Empty(sent);

        outlook.Now = new Silence { FramesTaken = 7 };
        AdmitSome(sync);
        Assert.Equal(7, Assert.Single(sent).Silence.FramesTaken);
    }

    /// <summary>One whose peer waits for it, and begins nothing before 900 µs.</summary>
    private static ConservativeSync WaitedFor(ActorSystem system, List<CableBatch> sent, IOutlook outlook)
    {
        var sync = Sync(new Timeline(system), sent, outlook);
        sync.Receive(new CableBatch { Number = 1, ProcessedThroughNs = 5_000, NextStartNs = 900_000, Waiting = true });
        sync.TryMove(new Instant(1_000_000));
        return sync;
    }

    /// <summary>Enough events for another look.</summary>
    private static void AdmitSome(ConservativeSync sync)
    {
        for (var i = 0; i < 10; i++)
            Assert.True(sync.Admits(new Instant(20_000), isArrival: false));
    }

    private static void AssertRefused(Action<ConservativeSync> provoke, string reason)
    {
        using var system = Experiment.System();
        var sync = Sync(new Timeline(system), []);
        provoke(sync);
        var refused = Assert.Throws<CableProtocolException>(() => sync.TryMove(new Instant(1_000_000)));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    private static ConservativeSync Sync(Timeline timeline, List<CableBatch> sent, IOutlook? outlook = null) => new(
        timeline,
        new CableSettings(new EthernetTiming(100_000_000), Duration.Zero, 1500, 0),
        new PeerOutlook(Duration.FromMicroseconds(1), Duration.FromMilliseconds(1), Duration.FromMilliseconds(10), Duration.Zero, 32, _ => throw new InvalidOperationException()),
        outlook ?? new AtOnce(),
        new CableInlet(timeline, direction: 0),
        sent.Add);

    private sealed class AtOnce : IOutlook
    {
        public bool IsSilentAtTimes => false;

        public Instant NextStart(Instant from) => from;

        public Silence? Silence(Instant from) => null;
    }

    private sealed class Said : IOutlook
    {
        public Instant Start { get; set; }

        public Silence? Now { get; set; }

        public bool IsSilentAtTimes { get; init; }

        public Instant NextStart(Instant from) => Start;

        public Silence? Silence(Instant from) => Now;
    }
}
