using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>The message, or the frame, is lost. With a hand-off its context hangs.</summary>
public sealed record Drop : IMessageEffect, IFrameEffect
{
    /// <inheritdoc/>
    public string Name => "drop";

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(actor, account);

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Lost();

    private sealed class Lost : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            // Nothing of it arrives.
        }
    }

    private sealed class Fault(FaultedActor actor, FaultAccount account) : IMessageFault
    {
        public void Strike(in Struck struck) => actor.Discard(struck, account);
    }
}
