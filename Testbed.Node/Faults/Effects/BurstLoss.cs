using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>
/// Frames are lost in bursts: each direction is a chain of two states (Gilbert, 1960; Elliott, 1963). It begins good; with each frame in the window it first may change its state, and then the frame is lost
/// with the state's probability. All in parts per billion.
/// </summary>
/// <param name="GoodToBad">The probability of becoming bad.</param>
/// <param name="BadToGood">The probability of becoming good again: the bad state lasts 1/it frames on average.</param>
/// <param name="LossGood">The probability of a loss in the good state.</param>
/// <param name="LossBad">The probability of a loss in the bad state.</param>
public sealed record BurstLoss(long GoodToBad, long BadToGood, long LossGood, long LossBad) : IFrameEffect
{
    /// <inheritdoc/>
    public string Name => "burst-loss";

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Chain(this, account.Draws);

    private sealed class Chain(BurstLoss effect, RandomStream draws) : IFrameFault
    {
        private bool _isBad;

        public bool Strikes(FaultAccount account, int frameBytes) => account.TryStrike(CableFaults.Frame, this, static (chain, _) => chain.Step());

        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            // Nothing of it arrives.
        }

        private bool Step()
        {
            if (draws.Chance(_isBad ? effect.BadToGood : effect.GoodToBad))
                _isBad = !_isBad;
            return draws.Chance(_isBad ? effect.LossBad : effect.LossGood);
        }
    }
}
