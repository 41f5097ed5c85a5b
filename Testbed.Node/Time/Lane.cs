using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>
/// One world's share of a timeline: its own count of local events, so that what another world on the same timeline does, or
/// whether there is one, changes nothing in it; and the digest of what happened in it.
/// </summary>
public sealed class Lane
{
    private readonly Timeline _timeline;
    private readonly int _index;
    private long _scheduled;

    internal Lane(Timeline timeline, string name, int index)
    {
        _timeline = timeline;
        _index = index;
        Name = name;
    }

    /// <summary>The name, relative to nothing: part of stream names and digests.</summary>
    public string Name { get; }

    /// <summary>The present instant.</summary>
    public Instant Now => _timeline.Now;

    /// <summary>Everything that happened here, in order, as a hash.</summary>
    public EventDigest Digest { get; } = new();

    /// <summary>Is told what happens here; null if nobody looks.</summary>
    public IObserver? Observer { get; set; }

    /// <summary>What may come between this world's actors and their messages; null if nothing does. Set before the actors are made.</summary>
    public IInterception? Interception { get; set; }

    /// <summary>When the first of all events is that are still to come on the timeline, this world's or another's; never, if there is none.</summary>
    public Instant NextEvent => _timeline.NextEvent;

    /// <summary>A random stream of this world.</summary>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="purpose">Component and purpose, as in <c>jitter/host/system-call</c>.</param>
    public RandomStream Random(long seed, string purpose) => new(seed, $"{Name}/{purpose}");

    /// <summary>Makes something happen at an instant, after what was scheduled before for the same instant.</summary>
    /// <exception cref="InvalidOperationException">The instant has passed.</exception>
    public void Schedule(Instant at, TimedEvent timed) => _timeline.Add(EventKey.Local(at, _index, ++_scheduled), timed);

    /// <summary>Props of a model actor. Children do not inherit a dispatcher, so every model actor's props come from here.</summary>
    /// <param name="make">Makes one incarnation of it.</param>
    public Props Props<TActor>(Func<TActor> make)
        where TActor : ModelActor => Akka.Actor.Props.CreateBy(new Producer<TActor>(make))
            .WithDispatcher(_timeline.DispatcherId)
            .WithMailbox(TimelineMailbox.Path);

    /// <summary>Ends the run as a defect: an actor of this world failed with no rule for it.</summary>
    public void Fail(Exception cause) => _timeline.Fail(cause);

    /// <summary>Ends the run after everything that happens up to and including <paramref name="at"/>.</summary>
    /// <param name="at">The last instant.</param>
    /// <param name="failure">Why the run has failed by then; null if it has not.</param>
    public void EndAt(Instant at, string? failure = null) => _timeline.EndAt(at, failure);

    private sealed class Producer<TActor>(Func<TActor> make) : IIndirectActorProducer
        where TActor : ModelActor
    {
        public Type ActorType => typeof(TActor);

        public ActorBase Produce() => make();

        public void Release(ActorBase actor)
        {
            // Nothing to give back.
        }
    }
}
