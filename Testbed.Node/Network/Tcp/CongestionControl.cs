namespace Testbed.Node.Network.Tcp;

/// <summary>
/// Slow start, congestion avoidance, fast retransmit and fast recovery (RFC 5681), NewReno's partial ACKs (RFC 6582).
/// Counts in segments, as Linux 2.2.
/// </summary>
internal sealed class CongestionControl(int initialWindow, uint initialSequence)
{
    // Far more than any receive window holds; keeps the arithmetic from running over in endless runs.
    private const int MaximumWindow = 1 << 20;
    private int _acksInAvoidance;

    /// <summary>Segments that may be outstanding.</summary>
    public int Window { get; private set; } = initialWindow;

    /// <summary>Above it the window grows by one segment per round trip only.</summary>
    public int SlowStartThreshold { get; private set; } = int.MaxValue;

    /// <summary>Duplicate ACKs in a row.</summary>
    public int DuplicateAcks { get; private set; }

    /// <summary>Between the third duplicate ACK and the ACK of all that was outstanding then.</summary>
    public bool InFastRecovery { get; private set; }

    /// <summary>Between a timeout and the ACK of all that was outstanding then.</summary>
    public bool InTimeoutRecovery { get; private set; }

    /// <summary>The sequence number that ends a recovery (RFC 6582: "recover").</summary>
    public uint Recover { get; private set; } = initialSequence;

    /// <summary>New data was acknowledged outside of fast recovery.</summary>
    public void OnProgress(uint acknowledgment)
    {
        DuplicateAcks = 0;
        if (InTimeoutRecovery && !SequenceNumber.Before(acknowledgment, Recover))
            InTimeoutRecovery = false;
        if (Window >= MaximumWindow)
            return;
        if (Window <= SlowStartThreshold)
        {
            Window++;
        }
        else if (++_acksInAvoidance > Window)
        {
            Window++;
            _acksInAvoidance = 0;
        }
    }

    /// <summary>Counts a duplicate ACK; true when it is the one that asks for a fast retransmission.</summary>
    /// <param name="acknowledgment">The repeated acknowledgment number.</param>
    /// <param name="outstanding">Segments outstanding.</param>
    /// <param name="next">SND.NXT.</param>
    public bool OnDuplicateAck(uint acknowledgment, int outstanding, uint next)
    {
        DuplicateAcks++;
        if (InFastRecovery)
        {
            // Each tells that a segment has left the network.
            Window++;
            return false;
        }

        // RFC 6582 section 3.2 step 2: what lies before "recover" was dealt with, its duplicates prove nothing.
        if (DuplicateAcks != 3 || InTimeoutRecovery || !SequenceNumber.After(acknowledgment, Recover))
            return false;
        SlowStartThreshold = Math.Max(Math.Min(outstanding, Window) / 2, 2);
        Window = SlowStartThreshold + 3;
        Recover = next;
        InFastRecovery = true;
        return true;
    }

    /// <summary>New data was acknowledged in fast recovery; true when more of it is missing and must be repeated (a partial ACK).</summary>
    public bool OnProgressInFastRecovery(uint acknowledgment, int acknowledgedSegments)
    {
        DuplicateAcks = 0;
        if (!SequenceNumber.Before(acknowledgment, Recover))
        {
            InFastRecovery = false;
            Window = SlowStartThreshold;
            return false;
        }

        Window = Math.Max(Window - acknowledgedSegments + 1, 1);
        return true;
    }

    /// <summary>The retransmission timer ran out.</summary>
    public void OnTimeout(int outstanding, uint next)
    {
        // Repeated timeouts of one loss halve only once (RFC 5681 section 3.1).
        if (!InTimeoutRecovery)
            SlowStartThreshold = Math.Max(Math.Min(outstanding, Window) / 2, 2);
        Window = 1;
        _acksInAvoidance = 0;
        DuplicateAcks = 0;
        InFastRecovery = false;
        InTimeoutRecovery = true;
        Recover = next;
    }
}
