using System.Numerics;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>What each effect on frames does to them.</summary>
public sealed class CableEffectTests : CableFaultFixture
{
    [Fact]
    public void A_frame_that_no_fault_strikes_arrives_as_it_would_without()
    {
        Open("x.target=cable", "x.effect=drop", "x.from=1 s");
        Send(1_000, 7);
        Timeline.Run();
        var arrived = Assert.Single(Arrivals);
        Assert.Equal((At(1_000 + Shortest + Delay), 7, true), (arrived.At, arrived.Number, arrived.IsGood));
        Assert.Equal((1, 0), (Account.Matches, Account.Strikes));
    }

    [Fact]
    public void A_dropped_frame_does_not_arrive_and_those_behind_it_keep_their_instants()
    {
        Open("x.target=cable", "x.effect=drop", "x.every=2");
        SendMany(6);
        Timeline.Run();
        Assert.Equal([0, 2, 4], Arrivals.Select(arrived => arrived.Number));
        Assert.Equal(At((4 * ShortestAndGap) + Shortest + Delay), Arrivals.Last().At);
        Assert.Equal((6, 3, 0), (Counters.Frames, Counters.Dropped, Counters.Duplicated));
        Assert.Equal((6, 3), (Account.Matches, Account.Strikes));
        Assert.Equal(3, Account.Hits["cable frame"]);
    }

    [Fact]
    public void A_delayed_frame_comes_later_by_what_the_plan_says()
    {
        Open("x.target=cable", "x.effect=delay", "x.delay=1 ms", "x.nth=1");
        SendMany(2);
        Timeline.Run();
        Assert.Equal([1, 0], Arrivals.Select(arrived => arrived.Number));
        Assert.Equal(At(Shortest + Delay + 1_000_000), Arrivals.Last().At);
    }

    [Fact]
    public void A_frame_of_the_other_direction_is_left_alone()
    {
        Open("x.target=cable", "x.effect=drop", "x.direction=to-sender");
        SendMany(3);
        Timeline.Run();
        Assert.Equal(3, Announced.Count);
        Assert.Equal(0, Account.Matches);
    }

    [Fact]
    public void Corruption_inverts_as_many_bits_as_it_says_or_those_that_it_names()
    {
        Open("x.target=cable", "x.effect=corrupt", "x.bits=1", "y.target=cable", "y.effect=corrupt", "y.offsets=[32, 47]", "x.nth=2");
        SendMany(2);
        Timeline.Run();
        Assert.All(Announced, arrived => Assert.False(arrived.IsGood));
        Assert.Equal((0x80, 0x01), (Announced[0].Frame[4], Announced[0].Frame[5]));
        Assert.Equal(2, BitsSet(Announced[0].Frame[..60]));

        // Of a frame that is all zero but for its number.
        Assert.Equal(1, Math.Abs(BitsSet(Announced[1].Frame) - BitsSet(Node.Network.EthernetFrame.AppendFcs([0, 0, 0, 1, .. new byte[56]]))));
    }

    [Fact]
    public void Copies_come_one_after_another_at_the_time_between_them()
    {
        Open("x.target=cable", "x.effect=duplicate", "x.copies=2", "x.delay=10 us");
        Send(0, 1);
        Timeline.Run();
        Assert.Equal([At(Shortest + Delay), At(Shortest + Delay + 10_000), At(Shortest + Delay + 20_000)], Arrivals.Select(arrived => arrived.At));
        Assert.All(Arrivals, arrived => Assert.True(arrived.IsGood));
        Assert.Equal((1, 0, 2), (Counters.Frames, Counters.Dropped, Counters.Duplicated));
    }

    [Fact]
    public void A_copy_comes_no_sooner_than_a_frame_of_its_length_could()
    {
        Open("x.target=cable", "x.effect=duplicate");
        Send(0, 1);
        Send(1_000_000, 2, bytes: 1518);
        Timeline.Run();
        Assert.Equal([Shortest, Longest], [Apart(0), Apart(2)]);

        long Apart(int first) => (Announced[first + 1].At - Announced[first].At).Nanoseconds;
    }

    [Fact]
    public void A_frame_that_is_held_back_is_overtaken_by_as_many_full_frames_as_were_drawn()
    {
        Open("x.target=cable", "x.effect=reorder", "x.bound=3", "x.probability=10 %");
        SendMany(10_000, bytes: 1518);
        Timeline.Run();
        var order = Arrivals.Select(arrived => arrived.Number).ToList();
        var place = new int[order.Count];
        for (var i = 0; i < order.Count; i++)
            place[order[i]] = i;

        // Of those right behind a frame, which may be held back themselves, how many come before it.
        var overtaken = place.Select((at, number) => Enumerable.Range(number + 1, Math.Min(3, place.Length - 1 - number)).Count(behind => place[behind] < at)).ToList();
        Assert.Equal([0, 1, 2, 3], overtaken.Distinct().Order());
        Assert.All(order.Select((number, at) => (number, at)), frame => Assert.InRange(frame.at - frame.number, -3, 3));
        Assert.All(Announced, arrived => Assert.InRange(arrived.At.Nanoseconds, (arrived.Number * LongestAndGap) + Longest + Delay, long.MaxValue));
        Assert.Equal((10_000, 0, 0), (Counters.Frames, Counters.Dropped, Counters.Duplicated));

        // Five standard deviations of a binomial count: √(10,000 × 0.1 × 0.9) = 30.
        Assert.InRange(Account.Strikes, 850, 1150);
    }

    [Fact]
    public void A_frame_is_held_back_no_longer_than_the_plan_lets_it()
    {
        Open("x.target=cable", "x.effect=reorder", "x.bound=1000", "x.delay=2 us");
        SendMany(20);
        Timeline.Run();
        Assert.All(Announced, arrived => Assert.Equal(At((arrived.Number * ShortestAndGap) + Shortest + Delay + 2_000), arrived.At));
    }

    [Fact]
    public void Frames_pass_a_narrow_place_in_order_at_its_rate_and_one_too_many_is_lost()
    {
        // 64 bytes at 10 Mb/s are 51.2 µs; they come every 6.72 µs.
        Open("x.target=cable", "x.effect=throttle", "x.rate=10 Mb/s", "x.bound=3");
        SendMany(6);
        Send(1_000_000, 6);
        Timeline.Run();
        const long First = Shortest + Delay + 51_200;
        Assert.Equal(
            [(0, At(First)), (1, At(First + 51_200)), (2, At(First + 102_400)), (6, At(1_000_000 + First))], Arrivals.Select(arrived => (arrived.Number, arrived.At)));
        Assert.Equal((3, 3), (Account.Drops, Counters.Dropped));
    }

    [Fact]
    public void There_is_room_again_as_soon_as_a_frame_has_passed()
    {
        Open("x.target=cable", "x.effect=throttle", "x.rate=10 Mb/s", "x.bound=1");
        Send(0, 0);
        Send(51_199, 1);
        Send(51_200, 2);
        Timeline.Run();
        Assert.Equal([0, 2], Arrivals.Select(arrived => arrived.Number));
    }

    [Fact]
    public void The_first_fault_that_strikes_has_the_frame()
    {
        Open("a.target=cable", "a.effect=drop", "a.nth=1", "b.target=cable", "b.effect=delay", "b.delay=1 ms");
        SendMany(2);
        Timeline.Run();
        Assert.Equal([At(ShortestAndGap + Shortest + Delay + 1_000_000)], Arrivals.Select(arrived => arrived.At));
        Assert.Equal([1, 1], Faults.Accounts.Select(account => account.Strikes));
    }

    [Fact]
    public void A_fault_may_wait_for_another_and_end_after_some()
    {
        Open("a.target=cable", "a.effect=drop", "a.nth=3", "b.target=cable", "b.effect=drop", "b.after=a", "b.times=2");
        SendMany(8);
        Timeline.Run();
        Assert.Equal([0, 1, 5, 6, 7], Arrivals.Select(arrived => arrived.Number));
        Assert.Equal((At(3 * ShortestAndGap), At(4 * ShortestAndGap)), (Faults.Accounts[1].First, Faults.Accounts[1].Last));
    }

    private static int BitsSet(byte[] bytes) => bytes.Sum(value => BitOperations.PopCount(value));
}
