using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>The signal, or the frame, comes more than once.</summary>
/// <param name="Copies">How many come besides.</param>
/// <param name="After">How long after the one before each of them comes; for a frame it is at least as long as the frame itself takes on the wire.</param>
public sealed record Duplicate(int Copies, Duration After) : IMessageEffect, IFrameEffect
{
    /// <inheritdoc/>
    public string Name => "duplicate";

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) => SignalsOnly.Refuse(message);

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor);

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Repeated(this, lane, cable);

    private sealed class Repeated(Duplicate effect, Lane lane, CableSettings cable) : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            var after = Duration.Max(effect.After, cable.TimingAt(lane.Now).Serialization(frame.Length));
            for (var copy = 0; copy <= effect.Copies; copy++)
                arrives(arrival + (after * copy), frame);
        }
    }

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
