using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>What a message is to the model, which decides what can happen to it.</summary>
public enum MessageKind
{
    /// <summary>It sets the PC up, before instant 0; faults leave it alone.</summary>
    Setup,

    /// <summary>It announces something (<see cref="ISignal"/>).</summary>
    Signal,

    /// <summary>A timer of the actor's own.</summary>
    Timer,

    /// <summary>It carries the processor (<see cref="IHandOff"/>).</summary>
    HandOff,

    /// <summary>A step of a path that the actor has begun: it carries the processor, too.</summary>
    Step,
}

/// <summary>Tells the kinds apart.</summary>
internal static class MessageKinds
{
    /// <summary>The kind of a message.</summary>
    public static MessageKind Of(object message) => message switch
    {
        Continuation { IsTimer: true } => MessageKind.Timer,
        Continuation => MessageKind.Step,
        ISignal => MessageKind.Signal,
        IHandOff => MessageKind.HandOff,
        _ => MessageKind.Setup,
    };

    /// <summary>Whether its receiver has the processor.</summary>
    public static bool CarriesControl(this MessageKind kind) => kind is MessageKind.HandOff or MessageKind.Step;
}
