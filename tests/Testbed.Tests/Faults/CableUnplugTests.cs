using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>A cable that is unplugged, and one of which one direction is cut.</summary>
public sealed class CableUnplugTests : CableFaultFixture
{
    private readonly Port _port = new();

    [Fact]
    public void Frames_that_begin_while_it_is_unplugged_are_lost()
    {
        Open("x.target=cable", "x.effect=unplug", "x.from=1 ms", "x.duration=500 us");
        foreach (var (ns, number) in new[] { (900_000, 0), (1_000_000, 1), (1_499_999, 2), (1_500_000, 3) })
            Send(ns, number);
        Timeline.Run();
        Assert.Equal([(0, true), (3, true)], Arrivals.Select(arrived => (arrived.Number, arrived.IsGood)));
        Assert.Equal((4, 2), (Counters.Frames, Counters.Dropped));
        Assert.Equal((4, 2), (Account.Matches, Account.Strikes));
    }

    [Theory]
    [InlineData(1_000_000 - Shortest, true)]
    [InlineData(1_000_000 - Shortest + 1, false)]
    [InlineData(1_000_000 - 1, false)]
    public void The_frame_on_the_wire_arrives_at_its_instant_and_damaged(long begins, bool isGood)
    {
        Open("x.target=cable", "x.effect=unplug", "x.from=1 ms", "x.until=2 ms");
        Send(begins, 5);
        Timeline.Run();
        var arrived = Assert.Single(Arrivals);
        Assert.Equal((At(begins + Shortest + Delay), 5, isGood), (arrived.At, arrived.Number, arrived.IsGood));
        Assert.Equal(isGood ? 0 : 1, Account.Strikes);
        Assert.Equal(0, Counters.Dropped);
    }

    [Fact]
    public void Without_an_end_it_stays_unplugged()
    {
        Open("x.target=cable", "x.effect=unplug", "x.from=0 s");
        SendMany(5);
        Timeline.Run();
        Assert.Empty(Arrivals);
    }

    [Fact]
    public void No_other_fault_saves_a_frame_that_has_no_cable()
    {
        Open("a.target=cable", "a.effect=delay", "a.delay=10 ms", "z.target=cable", "z.effect=unplug", "z.from=0 s");
        SendMany(3);
        Timeline.Run();
        Assert.Empty(Arrivals);
        Assert.Equal([0, 3], Faults.Accounts.Select(account => account.Strikes));
    }

    [Theory]
    [InlineData("to-receiver", true, false, true)]
    [InlineData("to-receiver", false, true, false)]
    [InlineData("to-sender", true, true, false)]
    [InlineData("to-sender", false, false, true)]
    public void A_cut_silences_one_direction_and_only_the_PC_that_it_leads_to_sees_its_link_go_down(string direction, bool atSender, bool linkGoesDown, bool isLost)
    {
        Open(atSender, _port, "x.target=cable", "x.effect=cut", $"x.direction={direction}", "x.from=1 ms", "x.duration=1 ms");
        Send(1_500_000, 0);
        Timeline.Run();
        Assert.Equal(isLost, Announced.Count == 0);
        Assert.Equal(linkGoesDown ? [false, true] : [], _port.Changes);
    }

    [Fact]
    public void An_unplugged_cable_is_seen_at_both_ends_and_is_back_only_when_no_fault_has_it_unplugged()
    {
        Open(
            isSender: true, _port, "x.target=cable", "x.effect=unplug", "x.from=1 ms", "x.duration=2 ms", "y.target=cable", "y.effect=unplug", "y.from=2 ms", "y.duration=2 ms");
        Look(999_999, up: true);
        Look(1_000_001, up: false);
        Look(3_999_999, up: false);
        Look(4_000_001, up: true);
        Timeline.Run();
        Assert.Equal([false, true], _port.Changes);
        Assert.Equal([1, 1], Faults.Accounts.Select(account => account.Hits["cable link"]));

        void Look(long ns, bool up) => Lane.Schedule(At(ns), Do(() => Assert.Equal(up, _port.LinkIsUp)));
    }

    [Theory]
    [InlineData(500, 500, 2, 0)]
    [InlineData(2_390, 20, 2, 2)]
    [InlineData(500, 2_000, 2, 2)]
    [InlineData(2_500, 2_500, 2, 2)]
    [InlineData(500, 100_000, 1, 1)]
    public void The_driver_sees_what_its_media_timer_finds(int fromMs, int lengthMs, int changes, int seen)
    {
        // It looks at 2.4 s, and every 2 s from then on.
        var chip = new EtherExpressChip(2, 2);
        var state = new MediaState();
        Open(isSender: false, chip, "x.target=cable", "x.effect=unplug", $"x.from={fromMs} ms", $"x.duration={lengthMs} ms");
        Timeline.Root(MediaTimer.Props(Lane, new Ticks(Instant.Zero, Duration.FromMilliseconds(10)), chip, state), "media-timer");
        Lane.EndAt(Instant.Zero + Duration.FromSeconds(10));
        Timeline.Run();
        Assert.Equal((changes, seen), (chip.Counters.LinkChanges, state.Changes));
        Assert.Equal((chip.LinkIsUp, changes == 2), (state.IsUp, chip.LinkIsUp));
    }

    private sealed class Port : ICablePort
    {
        private bool _isUp = true;

        public List<bool> Changes { get; } = [];

        public bool LinkIsUp
        {
            get => _isUp;
            set
            {
                if (value != _isUp)
                    Changes.Add(value);
                _isUp = value;
            }
        }
    }
}
