using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>The signal, or the frame, comes more than once.</summary>
/// <param name="Copies">How many come besides.</param>
/// <param name="After">How long after the one before each of them comes; for a frame it is at least as long as the wire needs.</param>
public sealed record Duplicate(int Copies, Duration After) : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "duplicate";

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) => SignalsOnly.Refuse(message);

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor);

    private sealed class Fault(Duplicate effect, FaultedActor actor) : IMessageFault
    {
        public void Strike(in Struck struck)
        {
            actor.Release(struck.Message, struck.Sender);
            for (var copy = 1; copy <= effect.Copies; copy++)
                actor.ReleaseCopyAt(actor.Now + (effect.After * copy), struck);
        }
    }
}
