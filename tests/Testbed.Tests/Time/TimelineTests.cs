using Akka.Actor;
using CsCheck;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

public sealed class TimelineTests : TimelineFixture
{
    [Fact]
    public void Events_of_a_lane_at_one_instant_happen_in_the_order_in_which_they_were_scheduled()
    {
        foreach (var name in new[] { "first", "second", "third" })
            Lane.Schedule(At(5), Logged(name));
        Timeline.Run();
        Assert.Equal([(At(5), "first"), (At(5), "second"), (At(5), "third")], Log);
    }

    [Fact]
    public void Arrivals_come_before_local_events_of_the_same_instant_whenever_they_were_added()
    {
        Lane.Schedule(At(5), Logged("local"));
        Timeline.AddArrival(At(5), direction: 1, number: 1, Logged("arrival 1/1"));
        Timeline.AddArrival(At(5), direction: 0, number: 8, Logged("arrival 0/8"));
        Timeline.AddArrival(At(5), direction: 0, number: 7, Logged("arrival 0/7"));
        Timeline.Run();
        Assert.Equal(["arrival 0/7", "arrival 0/8", "arrival 1/1", "local"], Log.Select(entry => entry.Message));
    }

    [Fact]
    public void The_order_does_not_depend_on_the_order_of_adding() =>
        Gen.Select(Gen.Long[0, 3], Gen.Int[0, 2], Gen.Long[1, 50]).Array[2, 40].Select(keys => keys.Distinct().ToArray())
            .SelectMany(keys => Gen.Shuffle(keys).Select(shuffled => (keys, shuffled)))
            .Sample(sample =>
            {
                var queue = new EventQueue();
                foreach (var (at, direction, number) in sample.shuffled)
                    queue.Add(EventKey.Arrival(At(at), direction, number), Do(() => { }));
                var taken = new List<EventKey>();
                while (queue.TryPeek(out var key, out _))
                {
                    taken.Add(key);
                    queue.RemoveFirst();
                }

                var expected = sample.keys.Order().Select(key => EventKey.Arrival(At(key.Item1), key.Item2, key.Item3));
                Assert.Equal(expected, taken);
            });

    [Fact]
    public void The_queue_gives_the_earliest_first_however_adding_and_taking_alternate() =>
        Gen.Int[-1, 1000].Array[0, 300].Sample(steps =>
        {
            var queue = new EventQueue();
            var reference = new SortedSet<EventKey>();
            var number = 0L;
            foreach (var step in steps)
            {
                if (step >= 0)
                {
                    var key = EventKey.Local(At(step), 0, ++number);
                    queue.Add(key, Do(() => { }));
                    reference.Add(key);
                }
                else if (queue.TryPeek(out var first, out _))
                {
                    Assert.Equal(reference.Min, first);
                    reference.Remove(first);
                    queue.RemoveFirst();
                }

                Assert.Equal(reference.Count, queue.Count);
            }
        });

    [Fact]
    public void What_is_scheduled_from_inside_an_event_for_the_same_instant_happens_after_what_was_scheduled_before()
    {
        Lane.Schedule(At(5), Do(() =>
        {
            Log.Add((Timeline.Now, "outer"));
            Lane.Schedule(At(5), Logged("inner"));
        }));
        Lane.Schedule(At(5), Logged("next"));
        Lane.Schedule(At(6), Logged("later"));
        Timeline.Run();
        Assert.Equal([(At(5), "outer"), (At(5), "next"), (At(5), "inner"), (At(6), "later")], Log);
    }

    [Fact]
    public void A_message_is_now_and_all_messages_of_an_instant_are_handled_before_the_next_event()
    {
        IActorRef pong = Actor((actor, message) =>
        {
            Log.Add((actor.Clock, message));
            if (message is int left and > 0)
                actor.Me.Tell(left - 1);
        });
        Lane.Schedule(At(10), Do(() => pong.Tell(3)));
        Lane.Schedule(At(10), Logged("same instant"));
        Lane.Schedule(At(11), Logged("next instant"));
        Timeline.Run();
        Assert.Equal(
            [(At(10), 3), (At(10), 2), (At(10), 1), (At(10), 0), (At(10), "same instant"), (At(11), "next instant")], Log);
    }

    [Fact]
    public void Actors_take_turns_in_the_order_in_which_they_were_told_something()
    {
        var a = Recorder();
        var b = Recorder();
        Lane.Schedule(At(1), Do(() =>
        {
            a.Tell("a1");
            a.Tell("a2");
            a.Tell("a3");
            a.Tell("a4");
            b.Tell("b1");
            b.Tell("b2");
            b.Tell("b3");
        }));
        Timeline.Run();
        // Akka handles two messages a turn at the least throughput that it knows.
        Assert.Equal(["a1", "a2", "b1", "b2", "a3", "a4", "b3"], Log.Select(entry => entry.Message));
    }

    [Fact]
    public void A_tree_is_complete_before_instant_0()
    {
        var grandchildren = 0;
        Actor(
            (_, _) => { },
            start: _ => TestActor.Child(Lane.Props(() => new TestActor(Lane, (_, _) => { }, _ =>
                TestActor.Child(Lane.Props(() => new TestActor(Lane, (_, _) => { }, _ => grandchildren++)), "grandchild"))), "child"));
        Lane.Schedule(Instant.Zero, Do(() => Log.Add((Timeline.Now, grandchildren))));
        Timeline.Run();
        Assert.Equal([(At(0), 1)], Log);
    }

    [Fact]
    public void A_cancelled_timer_neither_fires_nor_moves_the_clock()
    {
        var timer = new Lifetime();
        Recorder(start: actor =>
        {
            actor.Schedule(At(5), "cancelled", timer);
            actor.Schedule(At(3), "kept");
        });
        Lane.Schedule(At(4), Do(timer.End));
        Timeline.Run();
        Assert.Equal([(At(3), "kept")], Log);
        Assert.Equal(At(4), Timeline.Now);
    }

    [Fact]
    public void A_timer_cancelled_at_its_own_instant_does_not_reach_the_actor_even_from_its_mailbox()
    {
        var timer = new Lifetime();
        IActorRef actor = Actor(
            (me, message) =>
            {
                Log.Add((me.Clock, message));
                if ((string)message == "cancel")
                    timer.End();
            },
            start: me =>
            {
                me.Schedule(At(5), "cancel");
                me.Schedule(At(5), "cancelled", timer);
            });
        Timeline.Run();
        Assert.Equal([(At(5), "cancel")], Log);
    }

    [Fact]
    public void The_past_cannot_be_changed()
    {
        Lane.Schedule(At(5), Do(() => Lane.Schedule(At(4), Logged("too late"))));
        Assert.Throws<InvalidOperationException>(() => Timeline.Run());
    }

    [Fact]
    public void A_crashed_actor_is_restarted_within_the_instant_and_hears_nothing_meant_for_its_former_self()
    {
        // A child: its failure is its parent's to handle, on the model's dispatcher. A top-level actor's would be Akka's guardian's.
        IActorRef actor = ActorRefs.Nobody;
        Actor((_, _) => { }, start: _ => actor = TestActor.Child(Lane.Props(() => new TestActor(
            Lane,
            (me, message) =>
            {
                Log.Add((me.Clock, message));
                switch (message)
                {
                    case "prepare":
                        me.Schedule(At(7), "crash");
                        me.Schedule(At(7), "scheduled for the instant of the crash");
                        me.Schedule(At(9), "scheduled for later");
                        break;
                    case "crash":
                        me.Later("already in the mailbox").OnTime();
                        throw new InvalidOperationException("as planned");
                    case "hello":
                        me.Schedule(me.Clock + new Duration(1), "scheduled by the new self");
                        break;
                    default:
                        break;
                }
            },
            null)), "child"));
        Lane.Schedule(At(1), Do(() => actor.Tell("prepare")));
        Lane.Schedule(At(6), Do(() => Lane.Schedule(At(7), Do(() => actor.Tell("hello")))));
        Timeline.Run();
        Assert.Equal([(At(1), "prepare"), (At(7), "crash"), (At(7), "hello"), (At(8), "scheduled by the new self")], Log);
    }

    [Fact]
    public void A_stopped_actors_events_are_void()
    {
        IActorRef actor = Recorder(start: me => me.Schedule(At(9), "void"));
        Lane.Schedule(At(5), Do(() => actor.Tell(PoisonPill.Instance)));
        Timeline.Run();
        Assert.Empty(Log);
        Assert.Equal(At(5), Timeline.Now);
    }

    [Fact]
    public void A_run_ends_after_everything_at_its_end_and_its_clock_stands_there()
    {
        Lane.Schedule(At(5), Logged("at the end"));
        Lane.Schedule(At(5), Do(() => Lane.Schedule(At(5), Logged("at the end, later"))));
        Lane.Schedule(At(8), Logged("after the end"));
        Timeline.EndAt(At(6));
        Assert.Null(Timeline.Run());
        Assert.Equal(["at the end", "at the end, later"], Log.Select(entry => entry.Message));
        Assert.Equal(At(6), Timeline.Now);
    }

    [Fact]
    public void A_run_that_reaches_its_limit_says_so()
    {
        Lane.Schedule(At(5), Logged("before"));
        Lane.Schedule(At(7), Logged("after"));
        Timeline.StopAt(At(6), "too long");
        Assert.Equal("too long", Timeline.Run());
        Assert.Equal([(At(5), "before")], Log);
    }

    [Fact]
    public void A_defect_ends_the_run_with_its_own_exception()
    {
        Lane.Schedule(At(5), Do(() => Lane.Fail(new FormatException("a defect"))));
        Lane.Schedule(At(6), Logged("after"));
        Assert.Throws<FormatException>(() => Timeline.Run());
        Assert.Empty(Log);
    }

    [Fact]
    public void Messages_that_go_round_for_ever_at_one_instant_are_a_defect()
    {
        Actor((me, message) => me.Me.Tell(message), start: me => me.Me.Tell("again"));
        Assert.Throws<InvalidOperationException>(() => Timeline.Run());
    }

    [Fact]
    public void A_million_events_happen_in_order()
    {
        const int Count = 1_000_000;
        var random = new RandomStream(1, "a million");
        var happened = 0;
        var last = Instant.Zero;
        for (var i = 0; i < Count; i++)
        {
            Lane.Schedule(At(random.Below(1_000_000_000)), Do(() =>
            {
                Assert.True(last <= Timeline.Now);
                last = Timeline.Now;
                happened++;
            }));
        }

        Timeline.Run();
        Assert.Equal(Count, happened);
        Assert.Equal(Count, Timeline.EventCount);
    }

    [Fact]
    public void Another_lane_changes_nothing_in_a_lane()
    {
        var other = Timeline.AddLane("other");
        for (var i = 0; i < 10; i++)
        {
            var n = i;
            Lane.Schedule(At(5), Do(() => Lane.Digest.Add(Timeline.Now, 1, n)));
            other.Schedule(At(5), Do(() => other.Digest.Add(Timeline.Now, 2, n)));
        }

        Timeline.Run();
        var alone = new EventDigest();
        for (var i = 0; i < 10; i++)
            alone.Add(At(5), 1, i);
        Assert.Equal(alone.ToString(), Lane.Digest.ToString());
        Assert.NotEqual(other.Digest.ToString(), Lane.Digest.ToString());
    }
}
