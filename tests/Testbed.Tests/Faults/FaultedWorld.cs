using Akka.Actor;
using Testbed.Node.Faults;
using Testbed.Node.Time;
using Testbed.Tests.Time;

namespace Testbed.Tests.Faults;

/// <summary>A small world with a victim, which logs every message, and faults that strike it.</summary>
public abstract class FaultedWorld : TimelineFixture
{
    protected const string Victim = "lane/victim";
    private IActorRef _victim = ActorRefs.Nobody;
    private PcFaults? _faults;

    protected FakeControl Control { get; } = new();

    protected PcFaults Faults => _faults!;

    /// <summary>How many incarnations of the victim there have been.</summary>
    protected int Lives { get; private set; }

    protected static FaultSchedule Always { get; } = new(Instant.Zero, Instant.Never, 1, null, 1_000_000_000, null, null);

    protected static Fault OnVictim(IEffect effect, FaultSchedule? when = null, string name = "f", params Type[] messages) =>
        new(name, new FaultTarget.Actor(new HashSet<string> { Victim }, messages.Length == 0 ? null : messages.ToHashSet()), when ?? Always, effect);

    /// <summary>Puts faults into the world, and the victim.</summary>
    protected void Strike(params IReadOnlyList<Fault> faults)
    {
        _faults = new PcFaults(Lane, new FaultPlan(faults), seed: 1, isSender: true) { Control = Control };
        Lane.Interception = _faults;
        Actor((_, _) => { }, start: _ =>
        {
            _faults.Injector = TestActor.Child(Injector.Props(Lane, Control), "injector");
            _victim = TestActor.Child(
                Lane.Props(() =>
                {
                    Lives++;
                    return new TestActor(Lane, (actor, message) => Log.Add((actor.Clock, message)), null);
                }), "victim");
        });
    }

    /// <summary>The victim is sent a message at an instant.</summary>
    protected void Tell(long ns, object message) => Lane.Schedule(At(ns), Do(() => _victim.Tell(message, ActorRefs.NoSender)));

    /// <summary>Runs to the end; what the victim was told, and when.</summary>
    protected IReadOnlyList<(long Ns, string What)> Told()
    {
        Timeline.EndAt(At(1_000_000_000));
        Assert.Null(Timeline.Run());
        return [.. Log.Select(entry => (entry.At.Nanoseconds, entry.Message.ToString()!))];
    }

    protected sealed record Signal(string Name) : ISignal
    {
        public override string ToString() => Name;
    }

    protected sealed record Bytes(byte[] Content) : ISignal, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Content;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => new Bytes(bytes.ToArray());

        public override string ToString() => Convert.ToHexString(Content);
    }

    protected sealed record HandOff(string Name) : IHandOff
    {
        public override string ToString() => Name;
    }

    /// <summary>Remembers what became of the thread of control; a spin and a sleep take no longer than they should.</summary>
    protected sealed class FakeControl : IControl
    {
        public List<string> Lost { get; } = [];

        public List<long> Spins { get; } = [];

        public bool CrashedOnesRestart { get; set; }

        public Action<Instant, TimedEvent>? Schedule { get; set; }

        public Func<Instant>? Now { get; set; }

        public void Lose(Loss loss) => Lost.Add(loss.Actor);

        public void Spin(Duration length, Continuation then)
        {
            Spins.Add(length.Nanoseconds);
            Schedule!(Now!() + length, then);
        }

        public void Sleep(string actor, Instant until, Continuation then) => Schedule!(until, then);

        public bool Restarts(string actor) => CrashedOnesRestart;
    }
}
