using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <content>The receiver: handshake, acceptability, receive window, ACKs.</content>
public sealed partial class TcpConnection
{
    // Linux 2.2, include/net/tcp.h: without scaling no larger window is offered at first, for the sake of hosts that take it as signed.
    private const int MaximumUnscaledOffer = 32767;
    private const int MaximumScale = 14;
    private uint _receiveNext;
    private uint _windowUpdateSequence;
    private long _receiveWindow;
    private long _windowClamp;
    private int _receiveWindowScale;
    private bool _windowScaleAgreed;
    private PeerSegments _peerSegments;
    private uint _recentTimestamp;
    private uint _lastAckSent;
    private int _unacknowledgedSegments;
    private bool _quickAck;
    private bool _filledHole;
    private long _ackTimeout;
    private long _lastReceivedAt;

    /// <summary>The receive window as the peer knows it, in bytes from RCV.NXT.</summary>
    public long ReceiveWindow => Math.Max(0, _receiveWindow - (int)(_receiveNext - _windowUpdateSequence));

    private bool OffersWindowScale => _settings.WindowScaling && (State == TcpState.SynSent || _windowScaleAgreed);

    /// <summary>
    /// Copies out what is in order and fits; returns the bytes copied. When that makes room for at least twice the window
    /// that the peer knows, it is told (Linux 2.2, <c>net/ipv4/tcp.c</c>, <c>cleanup_rbuf</c>). One call is one receive call of a process.
    /// </summary>
    public int Read(Span<byte> destination, Instant now)
    {
        var copied = _receiveQueue.Read(destination);
        if (copied == 0 || State is TcpState.Closed or TcpState.TimeWait)
            return copied;
        var known = ReceiveWindow;
        var possible = PossibleWindow();
        if (possible > 0 && possible >= known * 2 && known + Mss <= _windowClamp)
        {
            _counters.WindowUpdates++;
            SendAck(now);
        }

        return copied;
    }

    /// <summary>
    /// The segments that it will take in without sending anything before the next tick, as long as its process does nothing but read; null when it
    /// cannot tell.
    /// </summary>
    public SilentReception? Silence(MacAddress mac)
    {
        // With anything of its own outstanding, an acknowledgment may let something leave; out of the ordinary, every segment is answered.
        if (State != TcpState.Established || _sendQueue.Count > 0 || _finQueued || _peerFinReceived || _closedForReading
            || _receiveQueue.Early > 0 || _filledHole || _quickAck || _ackTimeout == 0 || _settings.Ack == AckRule.Immediate)
        {
            return null;
        }

        // While the peer knows of more than half of the largest window, reading makes no room that it would be told of.
        var bytesLeft = ReceiveWindow - (Math.Min(_settings.ReceiveBuffer / 2, _windowClamp) / 2) - 1;
        if (bytesLeft < 0)
            return null;
        return new SilentReception
        {
            Mac = mac,
            Endpoints = Endpoints,
            Next = _receiveNext,
            Acknowledgment = _sendNext,
            LeastTimestamp = _timestamps ? _recentTimestamp : null,
            LastAcknowledged = _windowUpdateSequence,
            PeerSegments = _peerSegments,
            SegmentsLeft = _settings.Ack == AckRule.Rfc ? 1 - _unacknowledgedSegments : int.MaxValue,
            BytesLeft = bytesLeft,
            TruesizeLeft = (2L * _settings.ReceiveBuffer) - _receiveQueue.Charged,
        };
    }

    /// <summary>Takes in the SYN that a listener got for this new connection, and answers it.</summary>
    internal void OpenPassive(in TcpSegment syn, Instant now)
    {
        CountReceived(syn);
        State = TcpState.SynReceived;
        AcceptSyn(syn);
        QueueSyn(TcpFlags.Syn, now);
    }

    /// <summary>Whether a SYN may reopen this connection's ports at once (RFC 1122 section 4.2.2.13): TIME-WAIT, and a newer sequence number.</summary>
    internal bool GivesWayTo(in TcpSegment segment) =>
        State == TcpState.TimeWait
        && segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Rst) && !segment.Has(TcpFlags.Ack)
        && SequenceNumber.After(segment.Sequence, _receiveNext);

    /// <summary>Leaves TIME-WAIT before its time.</summary>
    internal void EndTimeWait() => Finish(TcpError.None);

    /// <summary>Takes in a segment whose checksum is good and that is this connection's (RFC 9293 section 3.10.7).</summary>
    internal void Receive(in TcpSegment segment, Instant now)
    {
        CountReceived(segment);
        switch (State)
        {
            case TcpState.Closed:
                return;
            case TcpState.SynSent:
                ReceiveInSynSent(segment, now);
                return;
            case TcpState.TimeWait:
                ReceiveInTimeWait(segment, now);
                return;
            default:
                ReceiveSynchronized(segment, now);
                return;
        }
    }

    private void CountReceived(in TcpSegment segment)
    {
        _counters.SegmentsReceived++;
        if (segment.Payload.Length > 0)
            _counters.DataSegmentsReceived++;
        else if (!segment.Has(TcpFlags.Syn) && !segment.Has(TcpFlags.Fin))
            _counters.AcksReceived++;
    }

    private void ReceiveInSynSent(in TcpSegment segment, Instant now)
    {
        var acknowledges = segment.Has(TcpFlags.Ack);
        var isGood = acknowledges && segment.Acknowledgment == _sendNext;
        if (acknowledges && !isGood)
        {
            _counters.Unacceptable++;
            if (!segment.Has(TcpFlags.Rst))
            {
                _counters.ResetsSent++;
                SendControl(TcpFlags.Rst, segment.Acknowledgment, now);
            }

            return;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            if (isGood)
            {
                _counters.ResetsReceived++;
                Finish(TcpError.ConnectionRefused);
            }

            return;
        }

        if (!segment.Has(TcpFlags.Syn))
            return;
        AcceptSyn(segment);
        if (isGood)
        {
            RemoveAcknowledged(segment.Acknowledgment, out var sample, out _);
            _sendUnacknowledged = segment.Acknowledgment;
            _timeoutsInARow = 0;
            MeasureRoundTrip(segment, sample, false, now);
            _retransmitTimer = Instant.Never;
            Establish(segment);
            SendAck(now);
        }
        else
        {
            // Both SYNs crossed (RFC 9293 figure 8): ours goes again, now with an ACK.
            Become(TcpState.SynReceived);
            Retransmit(0, now);
            StartRetransmitTimer(_timeout.Jiffies, now);
        }
    }

    private void ReceiveInTimeWait(in TcpSegment segment, Instant now)
    {
        if (segment.Has(TcpFlags.Rst))
        {
            // RFC 1337 would ignore it; Linux 2.2 lets it end the wait. Only an exact one is believed.
            if (segment.Sequence == _receiveNext)
                Finish(TcpError.None);
            return;
        }

        // The peer repeats its FIN because our ACK was lost.
        if (segment.Length > 0)
        {
            SendAck(now);
            _stateTimer = now + _settings.TimeWait;
        }
    }

    private void ReceiveSynchronized(TcpSegment segment, Instant now)
    {
        if (State == TcpState.SynReceived && segment.Has(TcpFlags.Syn) && segment.Has(TcpFlags.Ack) && segment.Sequence + 1 == _receiveNext)
        {
            // A crossed SYN, repeated with an ACK: only the ACK is new.
            segment = segment with { Sequence = segment.Sequence + 1, Flags = segment.Flags & ~TcpFlags.Syn };
        }

        if (_timestamps && segment.HasTimestamps && !segment.Has(TcpFlags.Rst)
            && (int)(segment.TimestampValue - _recentTimestamp) < 0 && segment.Length > 0)
        {
            _counters.PawsDrops++;
            SendAck(now);
            return;
        }

        // Before the check of acceptability, as Linux 2.2 does (tcp_replace_ts_recent): the answer to a repeated last segment, whose ACK was lost,
        // must echo the repetition, or the peer measures a round trip as long as its timeout.
        if (_timestamps && segment.HasTimestamps && !SequenceNumber.After(segment.Sequence, _lastAckSent)
            && !SequenceNumber.Before(segment.End, _receiveNext) && (int)(segment.TimestampValue - _recentTimestamp) >= 0)
        {
            _recentTimestamp = segment.TimestampValue;
        }

        if (!IsAcceptable(segment))
        {
            _counters.Unacceptable++;
            if (segment.Has(TcpFlags.Rst))
                return;
            if (State == TcpState.SynReceived && segment.Has(TcpFlags.Syn))
            {
                // The peer repeats its SYN: our answer was lost.
                Retransmit(0, now);
                return;
            }

            SendAck(now);
            return;
        }

        if (segment.Has(TcpFlags.Rst))
        {
            ReceiveReset(segment, now);
            return;
        }

        if (segment.Has(TcpFlags.Syn))
        {
            // RFC 5961 section 4: a peer that has really started anew will answer the ACK with a reset.
            _counters.ChallengeAcks++;
            SendAck(now);
            return;
        }

        if (!segment.Has(TcpFlags.Ack))
            return;
        if (State == TcpState.SynReceived)
        {
            if (segment.Acknowledgment != _sendQueue[0].End)
            {
                _counters.Unacceptable++;
                _counters.ResetsSent++;
                SendControl(TcpFlags.Rst, segment.Acknowledgment, now);
                return;
            }

            Establish(segment);
            _output.Established(this);
        }

        if (segment.Payload.Length > 0)
            EstimateRhythm(now);
        if (!ProcessAcknowledgment(segment, now))
            return;
        if (_finQueued && _sendQueue.Count == 0 && FinAcknowledged(now))
            return;
        if (segment.Length > 0)
            ReceiveText(segment, now);
        if (State == TcpState.Closed)
            return;
        SendAfterReceive(now);
        AcknowledgeOrDelay(now);
    }

    private void ReceiveReset(in TcpSegment segment, Instant now)
    {
        if (segment.Sequence != _receiveNext)
        {
            // RFC 5961 section 3: in the window but not exact may be a guess.
            _counters.ChallengeAcks++;
            SendAck(now);
            return;
        }

        _counters.ResetsReceived++;
        Finish(State == TcpState.SynReceived && !_isPassive ? TcpError.ConnectionRefused : TcpError.ConnectionReset);
    }

    /// <summary>The peer's SYN: sequence numbers and options.</summary>
    private void AcceptSyn(in TcpSegment syn)
    {
        _receiveNext = syn.Sequence + 1;
        _windowUpdateSequence = _receiveNext;
        _lastAckSent = _receiveNext;
        _timestamps &= syn.HasTimestamps;
        if (syn.HasTimestamps)
            _recentTimestamp = syn.TimestampValue;
        _windowScaleAgreed = _settings.WindowScaling && syn.WindowScale >= 0;
        _sendWindowScale = _windowScaleAgreed ? syn.WindowScale : 0;
        if (!_windowScaleAgreed)
        {
            _receiveWindowScale = 0;
            _windowClamp = Math.Min(_windowClamp, ushort.MaxValue);
        }

        // RFC 9293 section 3.7.1: 536 if the peer does not say.
        _peerMss = syn.Mss == 0 ? 536 : syn.Mss;
        SynchronizeMss();
        _peerSegments = new PeerSegments(Mss, 0);

        // The window in a SYN is never scaled (RFC 7323 section 2.2).
        _sendWindow = syn.Window;
        _maximumSendWindow = syn.Window;
        _windowSequence = syn.Sequence;
        _windowAcknowledgment = _sendUnacknowledged;
    }

    private void Establish(in TcpSegment segment)
    {
        Become(TcpState.Established);
        _events |= TcpEvents.Writable;
        if (segment.Has(TcpFlags.Syn))
            _windowAcknowledgment = segment.Acknowledgment;
    }

    /// <summary>Whether any of it lies in the window; an empty one may also lie at its right edge (Linux 2.2, <c>tcp_sequence</c>).</summary>
    private bool IsAcceptable(in TcpSegment segment)
    {
        var window = ReceiveWindow;
        if (segment.Sequence == _receiveNext)
            return window > 0 || segment.Length == 0;
        var end = _receiveNext + (uint)window;
        if (window > 0 && SequenceNumber.After(segment.End, _receiveNext) && SequenceNumber.Before(segment.Sequence, end))
            return true;
        return segment.Sequence == end && segment.Length == 0;
    }

    /// <summary>Our FIN is acknowledged; true when that ends the connection.</summary>
    private bool FinAcknowledged(Instant now)
    {
        switch (State)
        {
            case TcpState.FinWait1:
                Become(TcpState.FinWait2);
                if (_closedForReading)
                    _stateTimer = now + _settings.FinWait2Timeout;
                return false;
            case TcpState.Closing:
                EnterTimeWait(now);
                return true;
            case TcpState.LastAck:
                Finish(TcpError.None);
                return true;
            default:
                return false;
        }
    }

    private void EnterTimeWait(Instant now)
    {
        Become(TcpState.TimeWait);
        StopTimers();
        _stateTimer = now + _settings.TimeWait;
    }

    private void ReceiveText(in TcpSegment segment, Instant now)
    {
        if (_peerFinReceived)
            return;
        if (_closedForReading && segment.Payload.Length > 0 && SequenceNumber.After(segment.End, _receiveNext))
        {
            // Nobody will ever read it: say so, rather than let the peer believe that it arrived (RFC 9293 section 3.6.1).
            Abort(now);
            return;
        }

        _peerSegments = _peerSegments.After(segment.Payload.Length);
        var truesize = Truesize.OfReceivedFrame(segment.FrameLength);
        if (_receiveQueue.Charged > _settings.ReceiveBuffer)
        {
            // Linux 2.2, prune_queue: first the early segments go, at twice the limit also new ones.
            _counters.Pruned += _receiveQueue.Prune();
            if (_receiveQueue.Charged >= 2L * _settings.ReceiveBuffer)
            {
                _counters.ReceiveBufferDrops++;
                return;
            }
        }

        if (SequenceNumber.After(segment.Sequence, _receiveNext))
        {
            _counters.OutOfOrder++;
            _unacknowledgedSegments++;
            _quickAck = true;
            _receiveQueue.Keep(segment.Sequence, segment.Payload, truesize, segment.Has(TcpFlags.Fin));
            return;
        }

        var before = _receiveNext;
        var old = (int)(_receiveNext - segment.Sequence);
        var fin = segment.Has(TcpFlags.Fin);
        if (old < segment.Payload.Length)
            _receiveQueue.Append(segment.Payload[old..], truesize);
        _receiveNext = segment.End;
        if (!fin && _receiveQueue.Early > 0)
        {
            _receiveNext = _receiveQueue.Advance(_receiveNext, out fin);
            _filledHole = true;
        }

        _counters.BytesReceived += (int)(_receiveNext - before) - (fin ? 1 : 0);
        _events |= TcpEvents.Readable;
        _unacknowledgedSegments++;
        RememberSmallPush(segment);
        if (fin)
            ReceiveFin(now);
    }

    private void ReceiveFin(Instant now)
    {
        _peerFinReceived = true;
        _receiveQueue.Prune();
        SendAck(now);
        switch (State)
        {
            case TcpState.Established:
                Become(TcpState.CloseWait);
                break;
            case TcpState.FinWait1:
                Become(TcpState.Closing);
                break;
            case TcpState.FinWait2:
                EnterTimeWait(now);
                break;
            default:
                break;
        }
    }

    /// <summary>Adapts the ACK delay to the peer's rhythm (Linux 2.2, <c>tcp_delack_estimator</c>): half the old one plus the last interval, in ticks.</summary>
    private void EstimateRhythm(Instant now)
    {
        var jiffies = _settings.Jiffies(now);
        if (_ackTimeout == 0)
        {
            // The first ACK goes at once: the sender's slow start waits for it.
            _ackTimeout = 1;
            _quickAck = true;
        }
        else
        {
            var interval = Math.Max(1, jiffies - _lastReceivedAt);
            _quickAck = false;
            _ackTimeout = interval > _timeout.Jiffies ? _timeout.Jiffies : (_ackTimeout >> 1) + interval;
        }

        _lastReceivedAt = jiffies;
    }

    /// <summary>A small segment with PSH is a request that waits for its answer: no longer than two ticks (Linux 2.2, <c>tcp_remember_ack</c>: HZ/50).</summary>
    private void RememberSmallPush(in TcpSegment segment)
    {
        if (segment.Has(TcpFlags.Psh) && segment.Payload.Length < Mss / 2)
            _ackTimeout = Math.Min(_ackTimeout, 2);
    }

    private void AcknowledgeOrDelay(Instant now)
    {
        if (_unacknowledgedSegments == 0 || State is TcpState.Closed or TcpState.TimeWait)
            return;
        var isMissing = _receiveQueue.Early > 0;
        var atOnce = _settings.Ack switch
        {
            AckRule.Linux22 => _receiveNext - _windowUpdateSequence >= 2 * _peerSegments.Size
                || CanRaiseWindow() || _quickAck || isMissing,
            AckRule.Rfc => _unacknowledgedSegments >= 2 || CanRaiseWindow() || isMissing || _filledHole,
            _ => true,
        };
        if (atOnce)
        {
            SendAck(now);
            return;
        }

        var delay = _settings.Ack == AckRule.Linux22
            ? Math.Min(_ackTimeout, _settings.InJiffies(_settings.MaximumAckDelay))
            : _settings.InJiffies(_settings.RfcAckDelay);
        _ackTimer = Instant.Min(_ackTimer, _settings.AfterJiffies(now, delay));
    }

    /// <summary>Linux 2.2's <c>tcp_select_initial_window</c>: half the buffer, whole segments.</summary>
    private void OfferInitialWindow()
    {
        long space = _settings.ReceiveBuffer / 2;
        var mss = _mtu - Ipv4.HeaderLength - TcpSegment.HeaderLength;
        if (space > mss)
            space = space / mss * mss;
        _receiveWindow = Math.Min(space, MaximumUnscaledOffer);
        if (_settings.WindowScaling)
        {
            for (; space > ushort.MaxValue && _receiveWindowScale < MaximumScale; space >>= 1)
                _receiveWindowScale++;
        }

        _windowClamp = (long)ushort.MaxValue << _receiveWindowScale;
    }

    /// <summary>
    /// The window that the buffer allows now (Linux 2.2, <c>__tcp_select_window</c>): half the free space in whole segments, kept as it is
    /// while it is within one segment of that; 0 when less than half a segment is free (silly window avoidance, RFC 1122 section 4.2.3.3).
    /// </summary>
    private long PossibleWindow()
    {
        var free = Math.Min((_settings.ReceiveBuffer - _receiveQueue.Charged) / 2, _windowClamp);
        var mss = Math.Min(Mss, _windowClamp);
        if (free < _settings.ReceiveBuffer / 4 && free < mss / 2)
            return 0;
        var window = _receiveWindow;
        return window <= free - mss || window > free ? free / mss * mss : window;
    }

    /// <summary>The window to advertise, scaled; what was offered once is never taken back (RFC 9293 section 3.8.6).</summary>
    private ushort SelectWindow()
    {
        var known = ReceiveWindow;
        var window = PossibleWindow();
        if (window < known)
        {
            window = known;
        }
        else
        {
            _receiveWindow = window;
            _windowUpdateSequence = _receiveNext;
        }

        return (ushort)Math.Min(window >> _receiveWindowScale, ushort.MaxValue);
    }

    private bool CanRaiseWindow()
    {
        var possible = PossibleWindow();
        return possible > 0 && possible > ReceiveWindow * 2;
    }
}
