using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>An effect on frames on the cable.</summary>
internal interface IFrameEffect : IEffect
{
    /// <summary>The effect in one direction.</summary>
    /// <param name="lane">The lane of the PC that sends.</param>
    /// <param name="account">The fault there.</param>
    /// <param name="cable">The cable.</param>
    IFrameFault At(Lane lane, FaultAccount account, CableSettings cable);
}

/// <summary>An effect in one direction of the cable.</summary>
internal interface IFrameFault
{
    /// <summary>A frame's serialization begins, now: does the fault strike it?</summary>
    /// <param name="account">The fault in this direction.</param>
    /// <param name="frameBytes">The frame's length, its FCS included.</param>
    bool Strikes(FaultAccount account, int frameBytes) => account.TryStrike(CableFaults.Frame);

    /// <summary>A frame is struck: of it only that arrives which the effect says.</summary>
    /// <param name="frame">The frame with its FCS; not to be changed.</param>
    /// <param name="arrival">When it would arrive; nothing may arrive before.</param>
    /// <param name="arrives">Called at once for everything that will arrive.</param>
    void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives);
}
