using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Signals with bytes, or frames, pass at a lower rate; those that it cannot pass yet wait in order, and one too many is lost.</summary>
/// <param name="BitsPerSecond">The rate.</param>
/// <param name="Bound">How many may wait.</param>
public sealed record Throttle(long BitsPerSecond, int Bound) : IMessageEffect, IFrameEffect
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
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(actor, account, new Line(this, account));

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Narrow(new Line(this, account));

    /// <summary>What waits in line, and when each will have passed.</summary>
    private sealed class Line(Throttle effect, FaultAccount account)
    {
        private readonly Queue<Instant> _waiting = new();
        private Instant _free;

        /// <summary>When so many bytes that come at an instant have passed; null if there is no room for them.</summary>
        public Instant? Pass(Instant at, int bytes)
        {
            while (_waiting.TryPeek(out var first) && first <= at)
                _waiting.Dequeue();
            if (_waiting.Count == effect.Bound)
            {
                account.CountDrop();
                return null;
            }

            _free = Instant.Max(_free, at) + effect.Time(bytes);
            _waiting.Enqueue(_free);
            return _free;
        }
    }

    private sealed class Fault(FaultedActor actor, FaultAccount account, Line line) : IMessageFault
    {
        public void Strike(in Struck struck)
        {
            if (line.Pass(actor.Now, ((ICarriesBytes)struck.Message).Carried.Length) is { } passed)
                actor.ReleaseAt(passed, struck);
            else
                actor.Discard(struck, account);
        }
    }

    /// <summary>A frame is stored, as it comes in over the cable, and passed on at the lower rate; its preamble is not counted.</summary>
    private sealed class Narrow(Line line) : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            // Frames come in the order in which they begin, so what will wait then is known now.
            if (line.Pass(arrival, frame.Length) is { } passed)
                arrives(passed, frame);
        }
    }
}
