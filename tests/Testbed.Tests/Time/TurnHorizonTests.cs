using Testbed.Node.Time;

namespace Testbed.Tests.Time;

public sealed class TurnHorizonTests : TimelineFixture
{
    [Fact]
    public void A_turn_ends_after_its_events_and_the_next_goes_on_there()
    {
        var horizon = new TurnHorizon(new Until(100), eventsPerTurn: 3);
        Timeline.EndAt(At(50));
        for (var i = 1; i <= 7; i++)
            Lane.Schedule(At(i), Logged($"{i}"));

        var afterTurns = new List<int>();
        do
        {
            horizon.Begin();
            if (Timeline.Advance(horizon))
                break;
            Assert.True(horizon.IsTurnOver);
            afterTurns.Add(Log.Count);
        }
        while (true);

        Assert.Equal([3, 6], afterTurns);
        Assert.Equal(["1", "2", "3", "4", "5", "6", "7"], Log.Select(e => e.Message));
        Assert.Equal(At(50), Timeline.Now);
    }

    [Fact]
    public void What_the_horizon_does_not_admit_is_no_turns_end()
    {
        var horizon = new TurnHorizon(new Until(3), eventsPerTurn: 10);
        for (var i = 1; i <= 7; i++)
            Lane.Schedule(At(i), Logged($"{i}"));

        horizon.Begin();

        Assert.False(Timeline.Advance(horizon));
        Assert.False(horizon.IsTurnOver);
        Assert.Equal(["1", "2"], Log.Select(e => e.Message));
    }

    [Fact]
    public void Something_urgent_ends_the_turn_with_the_event_under_way()
    {
        var horizon = new TurnHorizon(new Until(100), eventsPerTurn: 10);
        Lane.Schedule(At(1), Logged("1"));
        Lane.Schedule(At(2), Do(horizon.End));
        Lane.Schedule(At(3), Logged("3"));

        horizon.Begin();

        Assert.False(Timeline.Advance(horizon));
        Assert.True(horizon.IsTurnOver);
        Assert.Equal(["1"], Log.Select(e => e.Message));
    }

    private sealed class Until(long ns) : Horizon
    {
        public override bool Admits(Instant at, bool isArrival) => at < At(ns);

        public override bool TryMove(Instant next) => false;
    }
}
