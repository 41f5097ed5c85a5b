using Akka.Actor;

namespace Testbed.Node.Time;

/// <summary>Comes between the actors of a world and their messages: how faults reach them.</summary>
public interface IInterception
{
    /// <summary>What comes between an actor and its messages; null if nothing does. All incarnations of the actor have the same.</summary>
    IInterceptor? Of(IActorRef actor);
}

/// <summary>Comes between one actor and its messages.</summary>
public interface IInterceptor
{
    /// <summary>A message is about to reach the actor. What is taken does not reach it, unless it is sent on later (<see cref="Released"/>).</summary>
    /// <param name="message">The message.</param>
    /// <param name="sender">Its sender; null if it has none.</param>
    /// <returns>Whether it has been taken.</returns>
    bool Takes(object message, IActorRef? sender);

    /// <summary>A step of the thread of control has reached an actor that no longer knows of it, having been restarted: nobody goes on with it.</summary>
    void ControlIsLost();
}

/// <summary>A message that has been taken and now reaches its actor: it is not taken again.</summary>
/// <param name="message">The message.</param>
public sealed class Released(object message)
{
    /// <summary>The message.</summary>
    public object Message { get; } = message;
}
