using Akka.Actor;
using Akka.Event;
using CsCheck;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

/// <summary>Messages that go to an actor directly, against the mailbox that they spare.</summary>
public sealed class TimelineMailboxTests : TimelineFixture
{
    private sealed record Forward(int Id, int[] Route);

    private sealed class DeadLetters(List<object> dead, TaskCompletionSource last) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            dead.Add(((DeadLetter)message).Message);
            if (dead[^1] is "last")
                last.SetResult();
        }
    }

    [Fact]
    public void Messages_come_in_the_order_in_which_mailboxes_would_give_them() =>
        Gen.Int[0, 3].Array[1, 5].Array[1, 12].Select(Gen.Int[0, 15]).Sample((routes, byMailbox) =>
        {
            var direct = OrderOf(routes, byMailbox: 0);
            Assert.Equal(routes.Sum(r => r.Length), direct.Count);
            Assert.Equal(direct, OrderOf(routes, byMailbox: 15));
            Assert.Equal(direct, OrderOf(routes, byMailbox));
        }, iter: 100, threads: 1);

    [Fact]
    public void A_message_behind_a_failure_waits_for_the_supervisor_and_reaches_the_next_incarnation()
    {
        var lives = 0;
        IActorRef child = ActorRefs.Nobody;
        var parent = Actor(
            (_, message) =>
            {
                child.Tell(message);
                child.Tell("behind");
                child.Tell("last");
            },
            start: _ => child = TestActor.Child(
                Lane.Props(() =>
                {
                    var life = ++lives;
                    return new TestActor(Lane, (actor, message) =>
                    {
                        Log.Add((actor.Clock, $"{life}: {message}"));
                        if (message is "fail")
                            throw new InvalidOperationException("as planned");
                    }, null);
                }),
                "child"));
        Lane.Schedule(At(5), Do(() => parent.Tell("fail")));
        Lane.Schedule(At(6), Do(() => parent.Tell("fine")));
        Timeline.Run();
        Assert.Equal(
            [
                (At(5), "1: fail"), (At(5), "2: behind"), (At(5), "2: last"),
                (At(6), "2: fine"), (At(6), "2: behind"), (At(6), "2: last"),
            ],
            Log);
    }

    [Fact]
    public void A_stopped_actor_hears_nothing_more()
    {
        var actor = Recorder();
        Lane.Schedule(At(5), Do(() => actor.Tell("one")));
        Lane.Schedule(At(6), Do(() =>
        {
            actor.Tell("two");
            actor.Tell(PoisonPill.Instance);
            actor.Tell("three");
        }));
        Lane.Schedule(At(7), Do(() => actor.Tell("four")));
        Timeline.Run();
        Assert.Equal([(At(5), "one"), (At(6), "two")], Log);
    }

    [Fact]
    public async Task What_an_actor_had_to_do_when_it_failed_for_good_ends_as_dead_letters()
    {
        var dead = new List<object>();
        var last = new TaskCompletionSource();
        System.EventStream.Subscribe(
            System.ActorOf(Props.Create(() => new DeadLetters(dead, last)), "dead"), typeof(DeadLetter));
        IActorRef child = ActorRefs.Nobody;
        var parent = Actor(
            (_, message) => child.Tell(message),
            start: _ => child = TestActor.Child(
                Lane.Props(() => new TestActor(Lane, (actor, _) =>
                {
                    // By itself, and so without a sender.
                    actor.Later("step").OnTime();
                    actor.Me.Tell("last");
                    throw new InvalidOperationException("for good");
                }, null)),
                "child"));
        Lane.Schedule(At(5), Do(() => parent.Tell("fail")));
        Assert.Throws<InvalidOperationException>(Timeline.Run);
        await last.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal([typeof(Continuation), typeof(string)], dead.Select(message => message.GetType()));
    }

    [Fact]
    public void A_killed_actor_hears_nothing_more()
    {
        var actor = Recorder();
        Lane.Schedule(At(5), Do(() =>
        {
            actor.Tell("one");
            actor.Tell(Kill.Instance);
            actor.Tell("two");
        }));
        Timeline.Run();
        Assert.Equal([(At(5), "one")], Log);
    }

    /// <summary>Sends messages each of which goes from actor to actor along its route; the actors of the bit mask get theirs by the mailbox.</summary>
    private static List<(int Id, int At)> OrderOf(int[][] routes, int byMailbox)
    {
        using var system = ActorSystem.Create("order", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");
        var timeline = new Timeline(system);
        var lane = timeline.AddLane("lane");
        var log = new List<(int, int)>();
        var actors = new IActorRef[4];
        for (var i = 0; i < actors.Length; i++)
        {
            var self = i;
            actors[i] = timeline.Root(
                lane.Props(() => new TestActor(lane, (_, message) =>
                {
                    var forward = (Forward)message;
                    log.Add((forward.Id, self));
                    if (forward.Route.Length > 1)
                        actors[forward.Route[1]].Tell(forward with { Route = forward.Route[1..] });
                }, null)),
                $"actor-{i}");
        }

        lane.Schedule(At(1), Do(() =>
        {
            for (var i = 0; i < actors.Length; i++)
            {
                if ((byMailbox >> i & 1) != 0)
                    ((TimelineMessageQueue)((ActorCell)((RepointableActorRef)actors[i]).Underlying).Mailbox!.MessageQueue).LeaveToMailbox();
            }
        }));
        lane.Schedule(At(2), Do(() =>
        {
            for (var i = 0; i < routes.Length; i++)
                actors[routes[i][0]].Tell(new Forward(i, routes[i]));
        }));
        timeline.Run();
        return log;
    }
}
