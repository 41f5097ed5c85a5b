using Testbed.Node.Time;

namespace Testbed.Node.Vmm;

/// <summary>
/// Send combining (paper, section 5): while world switches are frequent, the VMM leaves a packet in the virtual card's ring and lets the guest go on. The next
/// switch to the host takes along all that wait; when there are as many as the queue's limit the VMM makes the switch itself. Who waits longest waits for the host timer's tick.
/// </summary>
/// <param name="settings">What it is told to do.</param>
public sealed class SendCombining(SendCombining.Settings settings)
{
    private readonly DecayingRate _switches = new(settings.Decay, settings.Threshold);

    /// <summary>What it is told to do.</summary>
    /// <param name="QueueLimit">With this many packets waiting the VMM switches; the paper's is 3.</param>
    /// <param name="Threshold">World switches a second from which packets may wait.</param>
    /// <param name="Decay">After this long a world switch counts about 1/e in their rate.</param>
    public sealed record Settings(int QueueLimit, long Threshold, Duration Decay);

    /// <summary>A world switch begins.</summary>
    public void CountSwitch(Instant now) => _switches.Count(now);

    /// <summary>Whether a packet may wait, with others waiting already.</summary>
    public bool MayWait(int waiting, Instant now) => !Fills(waiting) && _switches.IsHigh(now);

    /// <summary>Whether one more packet makes the queue as long as it may be.</summary>
    public bool Fills(int waiting) => waiting + 1 >= settings.QueueLimit;
}
