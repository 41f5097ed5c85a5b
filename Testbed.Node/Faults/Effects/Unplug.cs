using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Faults.Effects;

/// <summary>
/// The cable is unplugged, and plugged in again; or one of its two pairs of wires is cut. It comes apart at the sending end: what has left it arrives. Frames that begin while it is so are lost, and the one that is
/// on the wire when it comes apart arrives at its instant with a wrong FCS.
/// </summary>
/// <remarks>
/// A PC's link is down while nothing comes in. One that still hears the other end does not notice that the other no longer hears it: the rate is taken to be set at both ends, so that nothing is
/// negotiated anew (an assumption; auto-negotiation would take both links down).
/// </remarks>
/// <param name="Both">Whether both directions are.</param>
public sealed record Unplug(bool Both) : IFrameEffect, ICableState
{
    /// <inheritdoc/>
    public string Name => Both ? "unplug" : "cut";

    /// <inheritdoc/>
    string ICableState.CountedAs => "cable link";

    /// <inheritdoc/>
    bool ICableState.SilencesLink => true;

    /// <inheritdoc/>
    IFrameFault IFrameEffect.At(Lane lane, FaultAccount account, CableSettings cable) => new Apart(lane, account.Fault.When, cable);

    private sealed class Apart(Lane lane, FaultSchedule when, CableSettings cable) : IFrameFault
    {
        public bool Strikes(FaultAccount account, int frameBytes) => account.Strike(CableFaults.Frame, when.Holds(lane.Now) || IsInTwo(frameBytes));

        public void Strike(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives)
        {
            if (when.Holds(lane.Now))
                return;

            // An error of at most 32 bits in a row is always found.
            var damaged = frame.ToArray();
            damaged[^1] ^= 0xFF;
            arrives(arrival, damaged);
        }

        private bool IsInTwo(int frameBytes) => lane.Now < when.From && lane.Now + cable.TimingAt(lane.Now).Serialization(frameBytes) > when.From;
    }
}
