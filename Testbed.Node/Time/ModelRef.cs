using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>
/// A model actor, as others on its timeline know it: what it is told goes straight to its messages, in the same order, and not by way of Akka's reference, cell and
/// dispatcher, which would be a third of the way. Akka's way is taken until the actor has been made, when it has come to an end, and by an actor of another kind.
/// </summary>
/// <param name="actor">The actor.</param>
public sealed class ModelRef(IActorRef actor)
{
    private TimelineMessageQueue? _messages;

    /// <summary>Nobody, to whom everything may be told.</summary>
    public static ModelRef Nobody { get; } = new(ActorRefs.Nobody);

    /// <summary>The actor's name, the last part of its path.</summary>
    public string Name => actor.Path.Name;

    /// <summary>Tells the actor something; by an actor of the same timeline, or by what acts for one.</summary>
    public void Tell(object message)
    {
        _messages ??= TimelineMessageQueue.Of(actor);
        if (_messages?.TryAdd(message, sender: null) != true)
            actor.Tell(message, ActorRefs.NoSender);
    }
}
