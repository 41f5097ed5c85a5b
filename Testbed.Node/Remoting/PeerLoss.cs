using Akka.Actor;
using Akka.Remote;

namespace Testbed.Node.Remoting;

/// <summary>
/// Notices that the connection with another process is gone. Akka publishes these events the moment a connection is reset or closed, and after
/// the failure detector's pause when it falls silent. Remote death watch would need Akka's system messages, which do not cross here.
/// </summary>
public static class PeerLoss
{
    /// <summary>Has <paramref name="subscriber"/> told of every <see cref="RemotingLifecycleEvent"/> until it stops.</summary>
    public static void Subscribe(ActorSystem system, IActorRef subscriber) =>
        system.EventStream.Subscribe(subscriber, typeof(RemotingLifecycleEvent));

    /// <summary>
    /// Whether the event says that the connection with <paramref name="peer"/> is lost. Failed attempts to connect look the same, so it
    /// only counts for a peer that has been heard.
    /// </summary>
    public static bool Concerns(RemotingLifecycleEvent e, Address peer) => e switch
    {
        DisassociatedEvent d => d.RemoteAddress == peer,
        AssociationErrorEvent a => a.RemoteAddress == peer,
        QuarantinedEvent q => q.Address == peer,
        ThisActorSystemQuarantinedEvent t => t.RemoteAddress == peer,
        _ => false,
    };

    /// <summary>
    /// Whether the event says that there will never be a connection with that process again: Akka has met another one at its address, or one side
    /// has given the other up. Anything else may be restored.
    /// </summary>
    public static bool IsForGood(RemotingLifecycleEvent e, Address peer) =>
        e is QuarantinedEvent or ThisActorSystemQuarantinedEvent && Concerns(e, peer);
}
