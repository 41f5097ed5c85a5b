using Testbed.Node.Faults;
using Testbed.Node.Faults.Effects;
using Testbed.Node.Time;

namespace Testbed.Tests.Faults;

/// <summary>Each effect on each kind of message, on mechanism.</summary>
public sealed class MessageEffectTests : FaultedWorld
{
    private static readonly RandomDuration TenNs = new RandomDuration.Constant(new Duration(10));

    public MessageEffectTests() => (Control.Schedule, Control.Now) = (Lane.Schedule, () => Lane.Now);

    [Fact]
    public void A_dropped_signal_never_comes_and_a_dropped_hand_off_loses_the_thread_of_control()
    {
        Strike(OnVictim(new Drop(), messages: [typeof(Signal), typeof(HandOff)]));
        Tell(1, new Signal("a"));
        Tell(2, new HandOff("b"));
        Assert.Empty(Told());
        Assert.Equal([Victim], Control.Lost);
    }

    [Fact]
    public void Without_a_named_message_a_drop_strikes_signals_only()
    {
        Strike(OnVictim(new Drop()));
        Tell(1, new Signal("a"));
        Tell(2, new HandOff("b"));
        Tell(3, "set-up");
        Assert.Equal([(2, "b"), (3, "set-up")], Told());
    }

    [Fact]
    public void A_delayed_signal_is_overtaken_and_is_not_delayed_again()
    {
        Strike(OnVictim(new Delay(TenNs, Sleeps: false), Always with { Every = 2 }));
        Tell(1, new Signal("a"));
        Tell(2, new Signal("b"));
        Tell(3, new Signal("c"));
        Assert.Equal([(1, "a"), (3, "c"), (12, "b")], Told());
    }

    [Fact]
    public void A_delayed_hand_off_spins_in_short_slices()
    {
        Strike(OnVictim(new Delay(new RandomDuration.Constant(Duration.FromMicroseconds(25)), Sleeps: false), messages: [typeof(HandOff)]));
        Tell(1, new HandOff("a"));
        Assert.Equal([(25_001, "a")], Told());
        Assert.Equal([10_000, 10_000, 5_000], Control.Spins);
    }

    [Fact]
    public void A_delayed_hand_off_of_a_process_sleeps_if_the_plan_says_so()
    {
        Strike(OnVictim(new Delay(TenNs, Sleeps: true), messages: [typeof(HandOff)]));
        Tell(1, new HandOff("a"));
        Assert.Equal([(11, "a")], Told());
        Assert.Empty(Control.Spins);
    }

    [Fact]
    public void A_duplicated_signal_comes_once_more_after_each_interval()
    {
        Strike(OnVictim(new Duplicate(2, new Duration(5)), Always with { Times = 1 }));
        Tell(1, new Signal("a"));
        Tell(3, new Signal("b"));
        Assert.Equal([(1, "a"), (3, "b"), (6, "a"), (11, "a")], Told());
    }

    [Fact]
    public void A_reordered_signal_is_overtaken_by_as_many_as_the_bound_at_most_and_comes_in_the_end()
    {
        Strike(OnVictim(new Reorder(Bound: 3, Duration.FromMilliseconds(1)), Always with { Nth = 1 }));
        for (var i = 0; i < 6; i++)
            Tell(i + 1, new Signal($"{i}"));
        var order = Told().Select(told => told.What).ToList();
        Assert.InRange(order.IndexOf("0"), 1, 3);
        Assert.Equal(["1", "2", "3", "4", "5"], order.Where(name => name != "0"));
    }

    [Fact]
    public void A_reordered_signal_with_none_behind_it_comes_after_its_time()
    {
        Strike(OnVictim(new Reorder(Bound: 3, new Duration(100))));
        Tell(1, new Signal("a"));
        Assert.Equal([(101, "a")], Told());
    }

    [Fact]
    public void Corruption_inverts_the_bits_given_and_leaves_the_original_alone()
    {
        var original = new byte[] { 0, 0xFF };
        Strike(OnVictim(new Corrupt(0, [0, 15, 16])));
        Tell(1, new Bytes(original));
        Assert.Equal([(1, "80FE")], Told());
        Assert.Equal([0, 0xFF], original);
    }

    [Fact]
    public void Corruption_inverts_as_many_bits_as_asked_for_at_most()
    {
        Strike(OnVictim(new Corrupt(3, [])));
        Tell(1, new Bytes(new byte[100]));
        var bytes = Convert.FromHexString(Told().Single().What);
        Assert.InRange(bytes.Sum(b => int.PopCount(b)), 1, 3);
    }

    [Fact]
    public void A_throttle_passes_bytes_in_order_at_its_rate_and_drops_what_finds_no_room()
    {
        // A byte takes 8 ns at 1 Gb/s.
        Strike(OnVictim(new Throttle(1_000_000_000, Bound: 2)));
        Tell(0, new Bytes([1]));
        Tell(0, new Bytes([2]));
        Tell(0, new Bytes([3]));
        Tell(20, new Bytes([4]));
        Assert.Equal([(8, "01"), (16, "02"), (28, "04")], Told());
        Assert.Equal(1, Faults.Accounts[0].Drops);
    }

    [Fact]
    public void A_paused_actor_handles_nothing_until_it_resumes_and_then_all_in_order()
    {
        Strike(OnVictim(new Pause(new RandomDuration.Constant(new Duration(100)), Bound: 10, Sleeps: false), Always with { Times = 1 }));
        Tell(1, new Signal("a"));
        Tell(2, new HandOff("b"));
        Tell(3, new Signal("c"));
        Tell(101, new Signal("d"));
        Tell(102, new Signal("e"));
        var told = Told();
        Assert.Equal(["a", "c", "d"], told.Where(t => t.Ns == 101 && t.What != "b").Select(t => t.What));
        Assert.Contains((101, "b"), told);
        Assert.Equal((102, "e"), told[^1]);
        Assert.Equal(5, told.Count);
    }

    [Fact]
    public void A_paused_actor_holds_no_more_signals_than_its_bound()
    {
        Strike(OnVictim(new Pause(new RandomDuration.Constant(new Duration(100)), Bound: 2, Sleeps: false), Always with { Times = 1 }));
        for (var i = 0; i < 5; i++)
            Tell(i + 1, new Signal($"{i}"));
        Assert.Equal([(101, "0"), (101, "1")], Told());
        Assert.Equal(3, Faults.Accounts[0].Drops);
    }

    [Fact]
    public void A_stopped_actor_is_told_nothing_any_more_and_the_thread_of_control_is_lost()
    {
        Strike(OnVictim(new Stop(), Always with { From = At(5) }));
        Tell(1, new Signal("a"));
        Tell(5, new Signal("b"));
        Tell(6, new HandOff("c"));
        Assert.Equal([(1, "a")], Told());
        Assert.Equal([Victim], Control.Lost);
        Assert.Equal(1, Faults.Accounts[0].Strikes);
    }
}
