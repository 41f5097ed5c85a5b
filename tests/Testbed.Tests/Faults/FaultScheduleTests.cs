using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;

namespace Testbed.Tests.Faults;

/// <summary>When a fault strikes.</summary>
public sealed class FaultScheduleTests : FaultedWorld
{
    [Fact]
    public void In_a_window_from_its_first_instant_until_before_its_last() =>
        Assert.Equal([1, 2, 5, 6], Left(Always with { From = At(3), Until = At(5) }));

    [Fact]
    public void Every_third_of_those_in_its_window() => Assert.Equal([1, 2, 3, 5, 6], Left(Always with { From = At(2), Every = 3 }));

    [Fact]
    public void The_third_only() => Assert.Equal([1, 2, 4, 5, 6], Left(Always with { Nth = 3 }));

    [Fact]
    public void At_most_so_many_times() => Assert.Equal([3, 4, 5, 6], Left(Always with { Times = 2 }));

    [Fact]
    public void Never_with_no_probability() => Assert.Equal([1, 2, 3, 4, 5, 6], Left(Always with { PartsPerBillion = 0 }));

    [Fact]
    public void With_its_probability_and_the_same_ones_again()
    {
        Strike(OnVictim(new Drop(), Always with { PartsPerBillion = 200_000_000 }));
        for (var i = 0; i < 10_000; i++)
            Tell(i, new Signal("s"));
        Told();
        Assert.InRange(Faults.Accounts[0].Strikes, 1_850, 2_150);
        Assert.Equal(10_000, Faults.Accounts[0].Matches);
    }

    [Fact]
    public void Only_once_another_has_struck()
    {
        Strike(
            OnVictim(new Drop(), Always with { After = "second" }, "first"),
            OnVictim(new Drop(), Always with { Nth = 3 }, "second"));
        for (var i = 1; i <= 6; i++)
            Tell(i, new Signal($"{i}"));
        Assert.Equal([1, 2], Told().Select(told => told.Ns));
    }

    [Fact]
    public void What_was_struck_is_counted_with_its_first_and_last_instant()
    {
        Strike(OnVictim(new Drop(), Always with { From = At(2), Until = At(6) }));
        for (var i = 1; i <= 9; i++)
            Tell(i, new Signal("s"));
        Told();
        var account = Faults.Accounts[0];
        Assert.Equal((9, 4, At(2), At(5)), (account.Matches, account.Strikes, account.First, account.Last));
        Assert.Equal([new KeyValuePair<string, long>($"{Victim} FaultedWorld.Signal", 4)], account.Hits);
    }

    [Fact]
    public void A_fault_that_is_added_shifts_no_other_one_s_chance()
    {
        var half = Always with { PartsPerBillion = 500_000_000 };
        Strike(
            OnVictim(new Drop(), half, "a", typeof(HandOff)),
            OnVictim(new Drop(), half, "b", typeof(Signal)));
        for (var i = 1; i <= 100; i++)
        {
            Tell(i, new Signal("s"));
            Tell(i, new HandOff("h"));
        }

        Told();
        using var alone = new Alone();
        Assert.Equal(alone.Strikes(OnVictim(new Drop(), half, "b", typeof(Signal))), Faults.Accounts[1].Strikes);
    }

    private long[] Left(FaultSchedule when)
    {
        Strike(OnVictim(new Drop(), when));
        for (var i = 1; i <= 6; i++)
            Tell(i, new Signal($"{i}"));
        return [.. Told().Select(told => told.Ns)];
    }

    private sealed class Alone : FaultedWorld
    {
        public long Strikes(Fault fault)
        {
            Strike(fault);
            for (var i = 1; i <= 100; i++)
                Tell(i, new Signal("s"));
            Told();
            return Faults.Accounts[0].Strikes;
        }
    }
}
