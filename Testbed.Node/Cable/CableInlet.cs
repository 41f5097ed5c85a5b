using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>One PC's receiving side of the cable: puts what is announced on its timeline, for its NIC and for its measurement.</summary>
/// <param name="timeline">The PC's timeline.</param>
/// <param name="direction">The direction's number: it and the announcement's decide between arrivals at one instant.</param>
public sealed class CableInlet(Timeline timeline, int direction) : ICableOutlet
{
    /// <summary>The receiving PC's NIC; set before anything is announced.</summary>
    public IActorRef Nic { get; set; } = ActorRefs.Nobody;

    /// <summary>Who hears of the other PC's milestones; set before anything is announced.</summary>
    public IActorRef Measurement { get; set; } = ActorRefs.Nobody;

    /// <summary>What the receiving PC counts; set before anything is announced.</summary>
    public CableCounters Counters { get; init; } = new();

    /// <inheritdoc/>
    public void AnnounceFrame(long number, Instant arrival, ReadOnlyMemory<byte> frame) =>
        timeline.AddArrival(arrival, direction, number, new FrameArrival(this, new CableEnd.FrameArrived(frame)));

    /// <inheritdoc/>
    public void AnnounceMilestone(long number, Instant arrival, Milestone milestone, Instant at) =>
        timeline.AddArrival(arrival, direction, number, new Arrival(Measurement, new CableEnd.MilestoneArrived(milestone, at)));

    private sealed class FrameArrival(CableInlet inlet, CableEnd.FrameArrived frame) : TimedEvent
    {
        public override void OnTime()
        {
            inlet.Counters.Arrived++;
            inlet.Nic.Tell(frame, ActorRefs.NoSender);
        }
    }

    private sealed class Arrival(IActorRef target, object message) : TimedEvent
    {
        public override void OnTime() => target.Tell(message, ActorRefs.NoSender);
    }
}
