using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>The message, or the frame, comes later.</summary>
/// <param name="By">By how much.</param>
/// <param name="Sleeps">Whether a thread of control sleeps for so long; else it spins.</param>
public sealed record Delay(RandomDuration By, bool Sleeps) : IMessageEffect, IFrameEffect
{
    /// <inheritdoc/>
    public string Name => "delay";

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) =>
        Sleeps && !MessageTypes.CarriesControl(message) ? "carries no thread of control that could sleep" : null;

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor, account.Draws);

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Late(this, account.Draws);

    private sealed class Late(Delay effect, RandomStream draws) : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives) =>
            arrives(arrival + effect.By.Draw(draws), frame);
    }

    private sealed class Fault(Delay effect, FaultedActor actor, RandomStream draws) : IMessageFault
    {
        public void Strike(in Struck struck) => actor.ReleaseAt(actor.Now + effect.By.Draw(draws), struck, effect.Sleeps);
    }
}
