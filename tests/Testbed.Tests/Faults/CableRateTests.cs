using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>A wire whose rate changes in mid-run.</summary>
public sealed class CableRateTests : CableFaultFixture
{
    [Fact]
    public void A_frame_runs_at_the_rate_that_holds_when_it_begins()
    {
        Open("x.target=cable", "x.effect=rate-change", "x.rate=10 Mb/s", "x.from=1 ms", "x.duration=1 ms");
        long[] begins = [999_999, 1_000_000, 1_999_999, 2_000_000];
        for (var i = 0; i < begins.Length; i++)
            Send(begins[i], i);
        Timeline.Run();
        Assert.Equal(
            [At(999_999 + Shortest + Delay), At(1_000_000 + (10 * Shortest) + Delay), At(1_999_999 + (10 * Shortest) + Delay), At(2_000_000 + Shortest + Delay)],
            Announced.Select(arrived => arrived.At));
    }

    [Fact]
    public void The_bounds_hold_at_every_rate_of_the_plan()
    {
        var usual = Settings("x.target=cable", "x.effect=drop").Cable;
        var cable = Settings(
            "x.target=cable", "x.effect=rate-change", "x.rate=1 Gb/s", "x.from=1 s", "y.target=cable", "y.effect=rate-change", "y.rate=1 Mb/s", "y.from=2 s").Cable;
        Assert.Equal(new Duration(72 * 8) + cable.Delay, cable.LeastTimeAcross);
        Assert.Equal(new Duration(84 * 8), cable.LeastTimeBetweenArrivals);
        Assert.Equal(new Duration((1526 + 12) * 8_000), cable.LongestFrame);
        Assert.Equal((cable.LongestFrame * 2) + cable.Delay, cable.MilestoneDelay);
        Assert.Equal(Duration.FromMilliseconds(1) + usual.Delay, usual.MilestoneDelay);
        Assert.Equal(new Duration(Shortest) + usual.Delay, usual.LeastTimeAcross);
    }

    [Fact]
    public void Of_rates_that_hold_together_the_first_counts()
    {
        var cable = Settings(
            "b.target=cable", "b.effect=rate-change", "b.rate=1 Gb/s", "b.from=1 ms", "a.target=cable", "a.effect=rate-change", "a.rate=10 Mb/s", "a.from=2 ms", "a.until=3 ms").Cable;
        Assert.Equal(
            [100_000_000, 1_000_000_000, 10_000_000, 1_000_000_000],
            Enumerable.Range(0, 4).Select(ms => cable.TimingAt(At(ms * 1_000_000)).BitsPerSecond));
    }

    [Fact]
    public void The_card_begins_a_frame_when_the_one_before_it_and_its_gap_are_over_at_their_rate()
    {
        Open("x.target=cable", "x.effect=rate-change", "x.rate=10 Mb/s", "x.from=5 us", "x.until=60 us");
        var begins = new List<Instant>();
        var chip = new EtherExpressChip(8, 8) { FrameStarted = (_, at) => begins.Add(at) };
        var pic = new Pic8259(new InterruptPin(), 11);
        var nic = Timeline.Root(
            EtherExpress.Props(
                Lane, new(8, 8, Duration.Zero, Duration.Zero, InterruptLine: 11), Cable, new MacAddress(0x0090_2700_0733), chip, Actor((_, _) => { }), Actor((_, _) => { }), pic),
            "nic");
        foreach (var command in chip.TransmitRing.Take(4))
            (command.Frame, command.Suspend) = (new byte[60], command == chip.TransmitRing[3]);
        Lane.Schedule(Instant.Zero, Do(() => nic.Tell(EtherExpress.ResumeCommandUnit.Instance)));
        Timeline.Run();
        Assert.Equal([At(0), At(ShortestAndGap), At(11 * ShortestAndGap), At(12 * ShortestAndGap)], begins);
    }
}
