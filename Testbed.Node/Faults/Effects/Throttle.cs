using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Signals with bytes, or frames, pass at a lower rate; those that it cannot pass yet wait in order, and one too many is lost.</summary>
/// <param name="BitsPerSecond">The rate.</param>
/// <param name="Bound">How many may wait.</param>
public sealed record Throttle(long BitsPerSecond, int Bound) : IMessageEffect
{
    /// <inheritdoc/>
    public string Name => "throttle";

    /// <summary>How long so many bytes take.</summary>
    public Duration Time(int bytes) => new((long)((((Int128)bytes * 8_000_000_000) + BitsPerSecond - 1) / BitsPerSecond));

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) =>
        SignalsOnly.Refuse(message) ?? (MessageTypes.CarriesBytes(message) ? null : "carries no bytes that take time at a rate");

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal && message is ICarriesBytes;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor, account);

    private sealed class Fault(Throttle effect, FaultedActor actor, FaultAccount account) : IMessageFault
    {
        private readonly Queue<Instant> _waiting = new();
        private Instant _free;

        public void Strike(in Struck struck)
        {
            while (_waiting.TryPeek(out var first) && first <= actor.Now)
                _waiting.Dequeue();
            if (_waiting.Count == effect.Bound)
            {
                account.CountDrop();
                actor.Discard(struck);
                return;
            }

            _free = Instant.Max(_free, actor.Now) + effect.Time(((ICarriesBytes)struck.Message).Carried.Length);
            _waiting.Enqueue(_free);
            actor.ReleaseAt(_free, struck);
        }
    }
}
