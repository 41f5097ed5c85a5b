using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Tests.Time;

/// <summary>An actor system with a timeline, and actors that write down what they are told and when.</summary>
public abstract class TimelineFixture : IDisposable
{
    protected TimelineFixture()
    {
        Timeline = new Timeline(System);
        Lane = Timeline.AddLane("lane");
    }

    protected ActorSystem System { get; } = ActorSystem.Create("test", "akka.loglevel = OFF\nakka.stdout-loglevel = OFF");

    protected Timeline Timeline { get; }

    protected Lane Lane { get; }

    protected List<(Instant At, object Message)> Log { get; } = [];

    public void Dispose()
    {
        System.Terminate().Wait(TimeSpan.FromSeconds(30));
        GC.SuppressFinalize(this);
    }

    protected static Instant At(long ns) => new(ns);

    /// <summary>A top-level model actor that does <paramref name="receive"/> with every message.</summary>
    protected IActorRef Actor(Action<TestActor, object> receive, Action<TestActor>? start = null, Lane? lane = null, string? name = null) =>
        Timeline.Root((lane ?? Lane).Props(() => new TestActor(lane ?? Lane, receive, start)), name ?? $"actor-{Guid.NewGuid():N}");

    /// <summary>A top-level model actor that logs every message.</summary>
    protected IActorRef Recorder(Action<TestActor>? start = null) => Actor((actor, message) => Log.Add((actor.Clock, message)), start);

    /// <summary>Something that logs its name when its instant comes.</summary>
    protected TimedEvent Logged(string name) => new Step(() => Log.Add((Timeline.Now, name)));

    /// <summary>Something that does <paramref name="what"/> when its instant comes.</summary>
    protected static TimedEvent Do(Action what) => new Step(what);

    public sealed class TestActor(Lane lane, Action<TestActor, object> receive, Action<TestActor>? start) : ModelActor(lane)
    {
        public Instant Clock => Now;

        public IActorRef Me => Self;

        public new void Schedule(Instant at, object message) => base.Schedule(at, message);

        public new void Schedule(Instant at, object message, Lifetime timer) => base.Schedule(at, message, timer);

        public Continuation Later(object message) => Then(message);


        public static IActorRef Child(Props props, string name) => Context.ActorOf(props, name);

        protected override void PreStart() => start?.Invoke(this);

        protected override void PostRestart(Exception reason)
        {
            // A fresh incarnation schedules nothing by itself, so that a test sees what is left of the old one.
        }

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
        {
            if (cause is InvalidOperationException { Message: "as planned" })
                return Directive.Restart;
            Lane.Fail(cause);
            return Directive.Stop;
        });

        protected override void OnReceive(object message) => receive(this, message);
    }

    private sealed class Step(Action what) : TimedEvent
    {
        public override void OnTime() => what();
    }
}
