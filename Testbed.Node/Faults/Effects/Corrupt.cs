using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>Bits of the bytes that a message carries, or of a frame, are inverted.</summary>
/// <param name="Bits">How many, each anywhere; 0 if places are given.</param>
/// <param name="Places">Which: counted from the first byte's most significant bit. Those beyond the end are passed over.</param>
public sealed record Corrupt(int Bits, IReadOnlyList<long> Places) : IMessageEffect, IFrameEffect
{
    /// <inheritdoc/>
    public string Name => "corrupt";

    /// <summary>The bytes with bits inverted.</summary>
    /// <param name="bytes">As they were; left alone.</param>
    /// <param name="draws">Where the random ones are.</param>
    public byte[] Invert(ReadOnlyMemory<byte> bytes, RandomStream draws)
    {
        var inverted = bytes.ToArray();
        for (var i = 0; i < Bits; i++)
            Flip(inverted.Length == 0 ? 0 : draws.Below(inverted.Length * 8L));
        foreach (var place in Places)
            Flip(place);
        return inverted;

        void Flip(long place)
        {
            if (place < inverted.Length * 8L)
                inverted[place / 8] ^= (byte)(0x80 >> (int)(place % 8));
        }
    }

    /// <inheritdoc/>
    string? IMessageEffect.Refuses(Type message) => MessageTypes.CarriesBytes(message) ? null : "carries no bytes that could be corrupted";

    /// <inheritdoc/>
    bool IMessageEffect.StrikesUnnamed(object message, MessageKind kind) => kind == MessageKind.Signal && message is ICarriesBytes;

    /// <inheritdoc/>
    IMessageFault IMessageEffect.At(FaultedActor actor, FaultAccount account) => new Fault(this, actor, account.Draws);

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Noise(this, account.Draws);

    private sealed class Noise(Corrupt effect, RandomStream draws) : IFrameFault
    {
        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives) =>
            arrives(arrival, effect.Invert(frame, draws));
    }

    private sealed class Fault(Corrupt effect, FaultedActor actor, RandomStream draws) : IMessageFault
    {
        public void Strike(in Struck struck)
        {
            var carrier = (ICarriesBytes)struck.Message;
            actor.Release(carrier.With(effect.Invert(carrier.Carried, draws)), struck.Sender);
        }
    }
}
