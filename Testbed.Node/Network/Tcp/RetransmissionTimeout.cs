namespace Testbed.Node.Network.Tcp;

/// <summary>
/// The estimator of the round trip and the timeout that follows from it, in clock ticks and fixed point
/// (RFC 6298; Linux 2.2, <c>net/ipv4/tcp_input.c</c>, <c>tcp_rtt_estimator</c>: the mean times 8, the deviation times 4).
/// </summary>
internal sealed class RetransmissionTimeout(TcpSettings settings)
{
    private readonly long _minimum = settings.InJiffies(settings.MinimumRto);
    private readonly long _maximum = settings.InJiffies(settings.MaximumRto);
    private long _smoothed8;
    private long _deviation4;

    /// <summary>The timeout in ticks, backoff included.</summary>
    public long Jiffies { get; private set; } = settings.InJiffies(settings.InitialRto);

    /// <summary>Doublings since the last good measurement.</summary>
    public int Backoff { get; private set; }

    /// <summary>The mean round trip in ticks; 0 before the first measurement.</summary>
    public long Smoothed => _smoothed8 >> 3;

    /// <summary>Takes in one round trip.</summary>
    /// <param name="jiffies">Ticks that it took; less than one counts as one.</param>
    /// <param name="congestionWindow">Segments; Linux 2.2 is more patient while there are few of them.</param>
    /// <param name="keepBackoff">Whether lost data is still being repeated.</param>
    public void Measure(long jiffies, int congestionWindow, bool keepBackoff)
    {
        var sample = Math.Clamp(jiffies, 1, _maximum);
        if (_smoothed8 == 0)
        {
            _smoothed8 = sample << 3;
            _deviation4 = sample << 1;
            if (settings.Retransmission == RetransmissionRule.Linux22)
                _deviation4 = sample << 2;
        }
        else
        {
            var error = sample - (_smoothed8 >> 3);
            _smoothed8 += error;
            _deviation4 += Math.Abs(error) - (_deviation4 >> 2);
        }

        var timeout = (_smoothed8 >> 3) + Math.Max(1, _deviation4);
        if (settings.Retransmission == RetransmissionRule.Linux22)
            timeout += (timeout >> 2) + (timeout >> Math.Min(congestionWindow - 1, 62));
        if (!keepBackoff)
            Backoff = 0;
        Jiffies = Math.Clamp(timeout << Math.Min(Backoff, 16), _minimum, _maximum);
    }

    /// <summary>Doubles the timeout (RFC 6298 section 5.5).</summary>
    public void BackOff()
    {
        Backoff++;
        Jiffies = Math.Min(Jiffies << 1, _maximum);
    }

    /// <summary>The interval of window probes after <paramref name="probes"/> unanswered ones.</summary>
    public long ProbeInterval(int probes) => Math.Min(Jiffies << Math.Min(probes, 16), _maximum);
}
