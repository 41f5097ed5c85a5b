using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <content>Deadlines: retransmission, window probes, delayed ACKs, the last states.</content>
public sealed partial class TcpConnection
{
    private Instant _retransmitTimer = Instant.Never;
    private Instant _probeTimer = Instant.Never;
    private Instant _ackTimer = Instant.Never;
    private Instant _stateTimer = Instant.Never;
    private int _timeoutsInARow;
    private int _probesOut;
    private int _probeBackoff;

    /// <summary>When <see cref="OnTimer"/> has something to do; it may be called later, as ticks allow.</summary>
    public Instant NextTimer =>
        Instant.Min(Instant.Min(_retransmitTimer, _probeTimer), Instant.Min(_ackTimer, _stateTimer));

    /// <summary>Does what is due.</summary>
    public void OnTimer(Instant now)
    {
        if (_ackTimer <= now)
            OnAckTimer(now);
        if (_retransmitTimer <= now)
            OnRetransmitTimer(now);
        if (_probeTimer <= now)
            OnProbeTimer(now);
        if (_stateTimer <= now)
        {
            // TIME-WAIT is over, or the peer never sent its FIN (Linux 2.2 lets go of such a connection without a word).
            Finish(TcpError.None);
        }
    }

    private void OnAckTimer(Instant now)
    {
        _ackTimer = Instant.Never;
        if (_unacknowledgedSegments == 0)
            return;
        _counters.DelayedAcks++;
        SendAck(now);
    }

    private void OnRetransmitTimer(Instant now)
    {
        _retransmitTimer = Instant.Never;
        if (_sendQueue.Sent == 0)
            return;
        _counters.RetransmissionTimeouts++;
        var limit = State switch
        {
            TcpState.SynSent => _settings.SynRetries,
            TcpState.SynReceived => _settings.SynAckRetries,
            _ => _settings.Retries,
        };
        if (_timeoutsInARow++ >= limit)
        {
            Finish(TcpError.TimedOut);
            return;
        }

        if (State is not (TcpState.SynSent or TcpState.SynReceived))
        {
            _congestion.OnTimeout(_sendQueue.Sent, _sendNext);
            _retransmitNext = 1;
        }

        Retransmit(0, now);
        _timeout.BackOff();
        StartRetransmitTimer(_timeout.Jiffies, now);
    }

    private void StartRetransmitTimer(long jiffies, Instant now) =>
        _retransmitTimer = _settings.AfterJiffies(now, jiffies);

    private void RestartRetransmitTimer(Instant now)
    {
        var jiffies = _timeout.Jiffies;
        if (_settings.Retransmission == RetransmissionRule.Linux22 && !_congestion.InTimeoutRecovery)
            jiffies = Math.Max(1, jiffies - (_settings.Jiffies(now) - _sendQueue[0].SentAt));
        StartRetransmitTimer(jiffies, now);
    }

    /// <summary>With nothing outstanding no ACK will come to open the window: ask for it from time to time (RFC 9293 section 3.8.6.1).</summary>
    private void StartProbingIfStuck(Instant now)
    {
        if (_probeTimer == Instant.Never && _sendQueue.Sent == 0 && _sendQueue.HasUnsent && CanProbe)
            _probeTimer = _settings.AfterJiffies(now, _timeout.ProbeInterval(_probeBackoff));
    }

    private bool CanProbe => State is TcpState.Established or TcpState.CloseWait or TcpState.FinWait1 or TcpState.Closing or TcpState.LastAck;

    private void OnProbeTimer(Instant now)
    {
        _probeTimer = Instant.Never;
        if (!_sendQueue.HasUnsent || _sendQueue.Sent > 0 || !CanProbe)
            return;
        if (_probesOut > _settings.Retries)
        {
            Finish(TcpError.TimedOut);
            return;
        }

        _counters.WindowProbes++;
        var usable = _sendWindow - (_sendNext - _sendUnacknowledged);
        if (usable > 0)
        {
            // The window is open, but silly: fill it rather than wait for ever (Linux 2.2, tcp_write_wakeup).
            ref var next = ref _sendQueue[_sendQueue.Sent];
            if (usable < next.End - next.Sequence)
                Fragment((int)usable);
            SendNext(now);
            return;
        }

        // An empty segment with an old sequence number must be answered with an ACK, and that tells the window.
        _probesOut++;
        _probeBackoff++;
        _counters.AcksSent++;
        SendControl(TcpFlags.Ack, _sendNext - 1, now);
        _probeTimer = _settings.AfterJiffies(now, _timeout.ProbeInterval(_probeBackoff));
    }

    private void OnProbeAnswered(Instant now)
    {
        _probesOut = 0;
        if (_sendQueue.HasUnsent && _sendQueue.Sent == 0
            && _sendQueue[0].End - _sendUnacknowledged > _sendWindow)
        {
            _probeTimer = _settings.AfterJiffies(now, _timeout.ProbeInterval(_probeBackoff));
        }
        else
        {
            _probeBackoff = 0;
            _probeTimer = Instant.Never;
        }
    }

    private void StopTimers()
    {
        _retransmitTimer = Instant.Never;
        _probeTimer = Instant.Never;
        _ackTimer = Instant.Never;
        _stateTimer = Instant.Never;
    }
}
