using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <summary>When a segment that is not full waits for more data.</summary>
public enum NagleRule
{
    /// <summary>While data is outstanding and it is smaller than half the MSS (Linux 2.2, <c>include/net/tcp.h</c>, <c>tcp_snd_test</c>).</summary>
    Linux22,

    /// <summary>While data is outstanding (RFC 896, RFC 9293 section 3.7.4).</summary>
    Rfc,

    /// <summary>Never: TCP_NODELAY.</summary>
    Off,
}

/// <summary>When received data is acknowledged.</summary>
public enum AckRule
{
    /// <summary>
    /// At once when twice the peer's segment size in bytes has arrived since the last ACK, when the window can grow to more than twice its size,
    /// for the first segment of a connection, and while data is missing; else after a delay that adapts to the peer's
    /// rhythm, of whole clock ticks (Linux 2.2, <c>net/ipv4/tcp_input.c</c>, <c>__tcp_ack_snd_check</c> and <c>tcp_delack_estimator</c>).
    /// </summary>
    Linux22,

    /// <summary>At once for every second segment, while data is missing and when a hole is filled; else after <see cref="TcpSettings.RfcAckDelay"/> (RFC 5681 section 4.2).</summary>
    Rfc,

    /// <summary>At once for every segment.</summary>
    Immediate,
}

/// <summary>How the retransmission timeout follows from the round trips measured.</summary>
public enum RetransmissionRule
{
    /// <summary>
    /// 1.25 times (smoothed round trip + 4 mean deviations), longer while the congestion window is small; the timer runs from the oldest
    /// outstanding segment's sending (Linux 2.2, <c>net/ipv4/tcp_input.c</c>, <c>tcp_set_rto</c> and <c>tcp_ack_packets_out</c>).
    /// </summary>
    Linux22,

    /// <summary>Smoothed round trip + 4 mean deviations; every ACK of new data restarts the timer (RFC 6298).</summary>
    Rfc,
}

/// <summary>How a host's TCP behaves. The defaults are Linux 2.2's on a 100 Hz clock.</summary>
public sealed record TcpSettings
{
    /// <summary>When a segment that is not full waits for more data.</summary>
    public NagleRule Nagle { get; init; } = NagleRule.Linux22;

    /// <summary>When received data is acknowledged.</summary>
    public AckRule Ack { get; init; } = AckRule.Linux22;

    /// <summary>How the retransmission timeout follows from the round trips measured.</summary>
    public RetransmissionRule Retransmission { get; init; } = RetransmissionRule.Linux22;

    /// <summary>Whether a write first fills up the last segment that is still unsent (Linux 2.2, <c>net/ipv4/tcp.c</c>, <c>tcp_do_sendmsg</c>).</summary>
    public bool TailFilling { get; init; } = true;

    /// <summary>Whether to offer timestamps and PAWS (RFC 7323; Linux 2.2: on). They take 12 bytes of every segment.</summary>
    public bool Timestamps { get; init; } = true;

    /// <summary>
    /// Whether to offer window scaling (RFC 7323); without it no window is above 65535 bytes. Linux 2.2 offers it by default; with buffers of 64 KB its
    /// scale is 0, so it changes nothing but 4 bytes of the SYNs.
    /// </summary>
    public bool WindowScaling { get; init; }

    /// <summary>Bytes of truesize at which a writer must wait (Linux 2.2, <c>include/linux/skbuff.h</c>, <c>SK_WMEM_MAX</c>).</summary>
    public int SendBuffer { get; init; } = 65535;

    /// <summary>Bytes of truesize for received data; half of it is offered as window (Linux 2.2, <c>include/linux/skbuff.h</c>, <c>SK_RMEM_MAX</c>).</summary>
    public int ReceiveBuffer { get; init; } = 65535;

    /// <summary>
    /// Whether a frame also occupies the send buffer until the driver frees it, as in Linux 2.2 (<c>net/ipv4/tcp_output.c</c>,
    /// <c>tcp_transmit_skb</c>: the clone is charged once more). The stack's owner then calls <see cref="InetStack.FrameFreed"/> for every frame.
    /// </summary>
    public bool ChargeFramesInDriver { get; init; }

    /// <summary>Segments that a new connection may have outstanding (Linux 2.2, <c>net/ipv4/tcp_ipv4.c</c>: 2).</summary>
    public int InitialWindow { get; init; } = 2;

    /// <summary>The tick of the clock behind timestamps, round trips and timers (Linux 2.2 on a PC: 10 ms).</summary>
    public Duration Jiffy { get; init; } = Duration.FromMilliseconds(10);

    /// <summary>The least retransmission timeout (Linux 2.2, <c>net/ipv4/tcp_input.c</c>, <c>tcp_bound_rto</c>: HZ/5).</summary>
    public Duration MinimumRto { get; init; } = Duration.FromMilliseconds(200);

    /// <summary>The greatest retransmission timeout (Linux 2.2, <c>net/ipv4/tcp_input.c</c>, <c>tcp_bound_rto</c>: 120 HZ).</summary>
    public Duration MaximumRto { get; init; } = Duration.FromSeconds(120);

    /// <summary>The retransmission timeout before a round trip is measured (Linux 2.2, <c>TCP_TIMEOUT_INIT</c>: 3 s).</summary>
    public Duration InitialRto { get; init; } = Duration.FromSeconds(3);

    /// <summary>The most that an ACK is delayed by <see cref="AckRule.Rfc"/>.</summary>
    public Duration RfcAckDelay { get; init; } = Duration.FromMilliseconds(200);

    /// <summary>The most that an ACK is delayed by <see cref="AckRule.Linux22"/> (<c>__tcp_ack_snd_check</c>: HZ/2).</summary>
    public Duration MaximumAckDelay { get; init; } = Duration.FromMilliseconds(500);

    /// <summary>How long TIME-WAIT lasts (Linux 2.2, <c>TCP_TIMEWAIT_LEN</c>: 60 s).</summary>
    public Duration TimeWait { get; init; } = Duration.FromSeconds(60);

    /// <summary>How long a closed socket waits for the peer's FIN (Linux 2.2, <c>TCP_FIN_TIMEOUT</c>: 180 s).</summary>
    public Duration FinWait2Timeout { get; init; } = Duration.FromSeconds(180);

    /// <summary>Timeouts of a SYN before the connection is given up (Linux 2.2, <c>TCP_SYN_RETRIES</c>).</summary>
    public int SynRetries { get; init; } = 10;

    /// <summary>Timeouts of a SYN+ACK before the connection is given up (Linux 2.2, <c>TCP_RETR1</c>).</summary>
    public int SynAckRetries { get; init; } = 7;

    /// <summary>Timeouts of data, and unanswered window probes, before the connection is given up (Linux 2.2, <c>TCP_RETR2</c>).</summary>
    public int Retries { get; init; } = 15;

    /// <summary>Ticks since the PC was switched on: what timestamps carry.</summary>
    internal long Jiffies(Instant now) => now.Nanoseconds / Jiffy.Nanoseconds;

    /// <summary>The tick that ends <paramref name="jiffies"/> ticks after the one of <paramref name="now"/> began.</summary>
    internal Instant AfterJiffies(Instant now, long jiffies) => new((Jiffies(now) + jiffies) * Jiffy.Nanoseconds);

    /// <summary>A duration in ticks, at least 1.</summary>
    internal long InJiffies(Duration duration) => Math.Max(1, duration.Nanoseconds / Jiffy.Nanoseconds);

    internal void Validate()
    {
        if (SendBuffer < 2048 || ReceiveBuffer < 2048 || SendBuffer > 1 << 30 || ReceiveBuffer > 1 << 30)
            throw new ArgumentException("TCP buffers must be 2048 bytes to 1 GiB");
        if (InitialWindow < 1 || SynRetries < 0 || SynAckRetries < 0 || Retries < 0)
            throw new ArgumentException("TCP's initial window must be at least 1 segment and its retries at least 0");
        if (Jiffy <= Duration.Zero || MinimumRto < Jiffy || MaximumRto < MinimumRto || InitialRto < MinimumRto || InitialRto > MaximumRto)
            throw new ArgumentException("TCP's clock tick must be positive and its timeouts ordered: tick, minimum, initial, maximum");
        if (RfcAckDelay < Jiffy || MaximumAckDelay < Jiffy || TimeWait < Jiffy || FinWait2Timeout < Jiffy)
            throw new ArgumentException("TCP's delays must be at least one clock tick");
    }
}
