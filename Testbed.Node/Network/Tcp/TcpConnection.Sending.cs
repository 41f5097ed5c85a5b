using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <content>The sender: send buffer, Nagle, windows, retransmission.</content>
public sealed partial class TcpConnection
{
    private int _peerMss;
    private uint _sendUnacknowledged;
    private uint _sendNext;
    private uint _writeSequence;
    private long _sendWindow;
    private long _maximumSendWindow;
    private uint _windowSequence;
    private uint _windowAcknowledgment;
    private int _sendWindowScale;
    private int _queuedTruesize;
    private int _driverTruesize;
    private bool _finQueued;

    // In timeout recovery: segments at the head of the queue that were sent again and are outstanding.
    private int _retransmitNext;

    /// <summary>Bytes of truesize in use, of <see cref="TcpSettings.SendBuffer"/>.</summary>
    public int SendBufferUsed => _queuedTruesize + _driverTruesize;

    /// <summary>Payload bytes written but not sent yet.</summary>
    public int UnsentBytes
    {
        get
        {
            var bytes = 0;
            for (var i = _sendQueue.Sent; i < _sendQueue.Count; i++)
                bytes += _sendQueue[i].Length;
            return bytes;
        }
    }

    private bool CanWrite => State is (TcpState.Established or TcpState.CloseWait) && !_finQueued;

    private int TailRoom => _settings.TailFilling && _sendQueue.HasUnsent
        ? Math.Min(_sendQueue.Tail.Capacity, Mss) - _sendQueue.Tail.Length
        : 0;

    /// <summary>
    /// Takes at most what fills the unsent tail segment or one new segment; returns the bytes taken, 0 when the writer has to wait.
    /// As in Linux 2.2's <c>tcp_do_sendmsg</c>: a new full segment leaves at once if the windows allow and nothing waits before it,
    /// anything else at <see cref="Push"/> or with the next ACK. <paramref name="data"/> is all that the writer still has:
    /// the segment that takes the last of it carries PSH.
    /// </summary>
    public int Write(ReadOnlySpan<byte> data, Instant now)
    {
        if (data.IsEmpty || !CanWrite)
            return 0;

        int count;
        var room = TailRoom;
        if (room > 0)
        {
            ref var tail = ref _sendQueue.Tail;
            count = Math.Min(room, data.Length);
            data[..count].CopyTo(tail.Buffer.AsSpan(tail.Offset + tail.Length));
            tail.Length += count;
            if (count == data.Length)
                tail.Flags |= TcpFlags.Psh;
            _writeSequence += (uint)count;
            return count;
        }

        if (SendBufferUsed >= _settings.SendBuffer)
            return 0;

        // RFC 1122 section 4.2.3.4: a window below half of the largest seen is not used for smaller segments.
        var usable = _sendWindow - (_sendNext - _sendUnacknowledged);
        var push = usable > _maximumSendWindow / 2;
        count = Math.Min(push ? (int)Math.Min(usable, Mss) : Mss, data.Length);
        var isPartial = count < Math.Min(Mss, _maximumSendWindow / 2);
        var capacity = isPartial ? (int)Math.Min(Mss, Math.Max(_maximumSendWindow, count)) : count;
        var offset = PayloadOffset(TcpFlags.None);
        var segment = new SendSegment
        {
            Sequence = _writeSequence,
            Length = count,
            Flags = push || count == data.Length ? TcpFlags.Psh : TcpFlags.None,
            Buffer = GC.AllocateUninitializedArray<byte>(offset + capacity),
            Offset = offset,
            Capacity = capacity,
            Truesize = Truesize.OfSendBuffer(capacity),
        };
        data[..count].CopyTo(segment.Buffer.AsSpan(offset));
        _queuedTruesize += segment.Truesize;
        _writeSequence += (uint)count;
        var isNext = !_sendQueue.HasUnsent;
        _sendQueue.Append(segment);
        if (!isPartial)
        {
            if (isNext && MaySend(ref _sendQueue.Tail))
                SendNext(now);
            else
                StartProbingIfStuck(now);
        }

        return count;
    }

    /// <summary>The end of a send call: sends what may leave (Linux 2.2: <c>tcp_push_pending_frames</c>).</summary>
    public void Push(Instant now)
    {
        SendWhatMayLeave(now);
        StartProbingIfStuck(now);
    }

    /// <summary>The driver has freed a frame that was charged to this connection.</summary>
    internal void FrameFreed(int truesize)
    {
        var wasFull = SendBufferUsed >= _settings.SendBuffer;
        _driverTruesize -= truesize;
        if (wasFull && SendBufferUsed < _settings.SendBuffer && CanWrite)
            _events |= TcpEvents.Writable;
    }

    internal void OpenActive(Instant now)
    {
        State = TcpState.SynSent;
        QueueSyn(TcpFlags.Syn, now);
    }

    private void QueueSyn(TcpFlags flags, Instant now)
    {
        _sendQueue.Append(new SendSegment { Sequence = _writeSequence, Flags = flags, Buffer = [] });
        _writeSequence++;
        SendNext(now);
    }

    private void QueueFin(Instant now)
    {
        _finQueued = true;
        if (_sendQueue.HasUnsent && _sendQueue.Tail.Length < Mss)
        {
            _sendQueue.Tail.Flags |= TcpFlags.Fin;
        }
        else
        {
            _sendQueue.Append(new SendSegment
            {
                Sequence = _writeSequence,
                Flags = TcpFlags.Fin,
                Buffer = [],
                Truesize = Truesize.OfSendBuffer(0),
            });
            _queuedTruesize += Truesize.OfSendBuffer(0);
        }

        _writeSequence++;
        Push(now);
    }

    /// <summary>Linux 2.2's <c>tcp_snd_test</c>.</summary>
    private bool MaySend(ref SendSegment segment)
    {
        var isFin = (segment.Flags & TcpFlags.Fin) != 0;
        var isOutstanding = _sendQueue.Sent > 0;
        var waitsForMore = isOutstanding && !isFin && _settings.Nagle switch
        {
            NagleRule.Linux22 => segment.Length < Mss / 2,
            NagleRule.Rfc => segment.Length < Mss,
            _ => false,
        };
        return !waitsForMore
            && (_sendQueue.Sent < _congestion.Window || isFin)
            && segment.End - _sendUnacknowledged <= _sendWindow
            && !_congestion.InTimeoutRecovery
            && State is not (TcpState.SynSent or TcpState.SynReceived);
    }

    private void SendWhatMayLeave(Instant now)
    {
        while (_sendQueue.HasUnsent && MaySend(ref _sendQueue[_sendQueue.Sent]))
            SendNext(now);
    }

    private void SendNext(Instant now)
    {
        ref var segment = ref _sendQueue[_sendQueue.Sent];
        _sendQueue.Sent++;
        _sendNext = segment.End;
        _counters.BytesSent += segment.Length;
        Transmit(ref segment, false, now);
        if (_retransmitTimer == Instant.Never)
            StartRetransmitTimer(_timeout.Jiffies, now);
    }

    private void Retransmit(int index, Instant now)
    {
        ref var segment = ref _sendQueue[index];
        segment.WasRetransmitted = true;
        _counters.Retransmissions++;
        Transmit(ref segment, true, now);
    }

    /// <summary>After a timeout, all that was outstanding is sent again as the congestion window opens (go-back-N, as Linux 2.2).</summary>
    private void RetransmitWhatMayLeave(Instant now)
    {
        while (_congestion.InTimeoutRecovery && _retransmitNext < _sendQueue.Sent && _retransmitNext < _congestion.Window)
            Retransmit(_retransmitNext++, now);
    }

    private int PayloadOffset(TcpFlags flags) => TcpSegment.FrameOffset + TcpSegment.HeaderLength + OptionsLength(flags);

    private int OptionsLength(TcpFlags flags)
    {
        var timestamps = _timestamps ? TcpSegment.TimestampsLength : 0;
        if ((flags & TcpFlags.Syn) == 0)
            return (flags & TcpFlags.Rst) == 0 ? timestamps : 0;
        return timestamps + 4 + (OffersWindowScale ? 4 : 0);
    }

    private void Transmit(ref SendSegment segment, bool isRetransmission, Instant now)
    {
        var offset = PayloadOffset(segment.Flags);
        var length = offset + segment.Length;
        byte[] frame;
        if (!isRetransmission && segment.Offset == offset && segment.Buffer.Length == length && length >= EthernetFrame.MinLength)
        {
            // The buffer that the writer filled is the frame. It is handed out below and never written again.
            frame = segment.Buffer;
        }
        else
        {
            frame = EthernetFrame.Allocate(length);
            segment.Buffer.AsSpan(segment.Offset, segment.Length).CopyTo(frame.AsSpan(offset));
            if (!isRetransmission)
            {
                segment.Buffer = frame;
                segment.Offset = offset;
                segment.Capacity = segment.Length;
            }
        }

        segment.SentAt = _settings.Jiffies(now);
        if (segment.Length > 0)
            _counters.DataSegmentsSent++;
        var flags = segment.Flags;
        if (State != TcpState.SynSent)
            flags |= TcpFlags.Ack;
        SendFrame(frame, offset, segment.Length, flags, segment.Sequence, isRetransmission, segment.Truesize, now);
    }

    /// <summary>Sends a segment without payload that is not queued: an ACK, a probe, a reset.</summary>
    private void SendControl(TcpFlags flags, uint sequence, Instant now)
    {
        var length = PayloadOffset(flags);
        SendFrame(EthernetFrame.Allocate(length), length, 0, flags, sequence, false, Truesize.OfSendBuffer(0), now);
    }

    private void SendAck(Instant now)
    {
        _counters.AcksSent++;
        SendControl(TcpFlags.Ack, _sendNext, now);
    }

    private void SendFrame(
        byte[] frame, int payloadOffset, int payloadBytes, TcpFlags flags, uint sequence, bool isRetransmission, int truesize, Instant now)
    {
        var length = payloadOffset + payloadBytes;
        var segment = frame.AsSpan(TcpSegment.FrameOffset, length - TcpSegment.FrameOffset);
        var isSyn = (flags & TcpFlags.Syn) != 0;
        var acknowledges = (flags & TcpFlags.Ack) != 0;
        TcpSegment.WriteHeader(
            segment,
            Endpoints.LocalPort,
            Endpoints.RemotePort,
            sequence,
            acknowledges ? _receiveNext : 0,
            payloadOffset - TcpSegment.FrameOffset,
            flags,
            isSyn ? (ushort)Math.Min(_receiveWindow, ushort.MaxValue) : SelectWindow());
        var options = segment[TcpSegment.HeaderLength..];
        if (isSyn)
        {
            TcpSegment.WriteMss(options, _mtu - Ipv4.HeaderLength - TcpSegment.HeaderLength);
            options = options[4..];
        }

        if (_timestamps && (flags & TcpFlags.Rst) == 0)
        {
            TcpSegment.WriteTimestamps(options, (uint)_settings.Jiffies(now), acknowledges ? _recentTimestamp : 0);
            options = options[TcpSegment.TimestampsLength..];
        }

        if (isSyn && OffersWindowScale)
            TcpSegment.WriteWindowScale(options, _receiveWindowScale);
        TcpSegment.WriteChecksum(segment, Endpoints.Local, Endpoints.Remote);

        _counters.SegmentsSent++;
        if (acknowledges)
        {
            // Every segment acknowledges: nothing is left to be delayed.
            _unacknowledgedSegments = 0;
            _quickAck = false;
            _filledHole = false;
            _ackTimer = Instant.Never;
            _lastAckSent = _receiveNext;
        }

        var charge = _settings.ChargeFramesInDriver ? truesize : 0;
        _driverTruesize += charge;
        _output.Send(this, frame, length, payloadBytes, isRetransmission, charge, now);
    }

    /// <summary>Takes in the acknowledgment, the window and the echoed timestamp of an acceptable segment; false when the segment must be dropped.</summary>
    private bool ProcessAcknowledgment(in TcpSegment segment, Instant now)
    {
        var acknowledgment = segment.Acknowledgment;
        if (SequenceNumber.After(acknowledgment, _sendNext))
        {
            // RFC 9293 section 3.10.7.4: acknowledges what was never sent.
            _counters.Unacceptable++;
            SendAck(now);
            return false;
        }

        if (SequenceNumber.Before(acknowledgment, _sendUnacknowledged))
            return true;

        var windowChanged = UpdateSendWindow(segment);
        var before = _sendUnacknowledged;
        var outstandingBefore = _sendQueue.Sent;
        if (acknowledgment == before)
        {
            if (outstandingBefore > 0 && segment.Length == 0 && !windowChanged)
                OnDuplicateAck(acknowledgment, now);
            if (_probeTimer != Instant.Never)
                OnProbeAnswered(now);
            return true;
        }

        _sendUnacknowledged = acknowledgment;
        var removed = RemoveAcknowledged(acknowledgment, out var sample, out var wasData);
        _timeoutsInARow = 0;
        if (wasData)
        {
            if (_congestion.InFastRecovery)
            {
                if (_congestion.OnProgressInFastRecovery(acknowledgment, removed) && _sendQueue.Sent > 0)
                {
                    // The next hole shows itself: repeat it without waiting for three more duplicates (RFC 6582).
                    Retransmit(0, now);
                    StartRetransmitTimer(_timeout.Jiffies, now);
                }
            }
            else
            {
                _congestion.OnProgress(acknowledgment);
            }
        }

        MeasureRoundTrip(segment, sample, wasData, now);
        if (_sendQueue.Sent == 0)
            _retransmitTimer = Instant.Never;
        else
            RestartRetransmitTimer(now);
        if (_probeTimer != Instant.Never)
            OnProbeAnswered(now);
        RetransmitWhatMayLeave(now);
        _output.Confirmed(this, now);
        return true;
    }

    private bool UpdateSendWindow(in TcpSegment segment)
    {
        var isNewer = SequenceNumber.Before(_windowSequence, segment.Sequence)
            || (_windowSequence == segment.Sequence && !SequenceNumber.After(_windowAcknowledgment, segment.Acknowledgment));
        if (!isNewer)
            return false;
        var window = (long)segment.Window << _sendWindowScale;

        // A smaller window without a new acknowledgment would take back what was promised (RFC 9293 section 3.8.6); it is not believed.
        if (_windowAcknowledgment == segment.Acknowledgment && window <= _sendWindow)
            return false;
        _sendWindow = window;
        _windowSequence = segment.Sequence;
        _windowAcknowledgment = segment.Acknowledgment;
        _maximumSendWindow = Math.Max(_maximumSendWindow, window);
        return true;
    }

    private void OnDuplicateAck(uint acknowledgment, Instant now)
    {
        _counters.DuplicateAcks++;
        if (!_congestion.OnDuplicateAck(acknowledgment, _sendQueue.Sent, _sendNext))
            return;
        _counters.FastRetransmits++;
        Retransmit(0, now);
        StartRetransmitTimer(_timeout.Jiffies, now);
    }

    /// <summary>Drops acknowledged segments from the queue; returns how many.</summary>
    /// <param name="acknowledgment">SEG.ACK.</param>
    /// <param name="sample">The tick at which the last of them was sent; -1 when one was sent twice, so that the ACK is ambiguous (Karn).</param>
    /// <param name="wasData">Whether one of them was more than a SYN.</param>
    private int RemoveAcknowledged(uint acknowledgment, out long sample, out bool wasData)
    {
        var removed = 0;
        sample = -1;
        wasData = false;
        var isAmbiguous = false;
        while (_sendQueue.Sent > 0)
        {
            ref var head = ref _sendQueue[0];
            if (SequenceNumber.After(head.End, acknowledgment))
                break;
            removed++;
            sample = head.SentAt;
            isAmbiguous |= head.WasRetransmitted;
            wasData |= (head.Flags & TcpFlags.Syn) == 0;
            _queuedTruesize -= head.Truesize;
            _retransmitNext = Math.Max(0, _retransmitNext - 1);
            _sendQueue.RemoveHead();
        }

        if (isAmbiguous)
            sample = -1;
        if (removed > 0 && CanWrite && SendBufferUsed < _settings.SendBuffer)
            _events |= TcpEvents.Writable;

        return removed;
    }

    private void MeasureRoundTrip(in TcpSegment segment, long sample, bool wasData, Instant now)
    {
        // Linux 2.2 does not measure the handshake; RFC 6298 does.
        if (!wasData && _settings.Retransmission == RetransmissionRule.Linux22)
            return;
        var jiffies = _settings.Jiffies(now);
        if (_timestamps && segment.HasTimestamps)
        {
            var roundTrip = (int)((uint)jiffies - segment.TimestampEcho);
            if (roundTrip >= 0)
                _timeout.Measure(roundTrip, _congestion.Window, _congestion.InTimeoutRecovery);
        }
        else if (sample >= 0)
        {
            _timeout.Measure(jiffies - sample, _congestion.Window, false);
        }
    }

    /// <summary>After every received segment: the ACK or the window in it may let something leave.</summary>
    private void SendAfterReceive(Instant now)
    {
        SendWhatMayLeave(now);
        StartProbingIfStuck(now);
    }

    /// <summary>Splits the next unsent segment so that its first part has <paramref name="length"/> bytes of payload.</summary>
    private void Fragment(int length)
    {
        ref var segment = ref _sendQueue[_sendQueue.Sent];
        var rest = segment.Length - length;
        var offset = PayloadOffset(TcpFlags.None);
        var second = new SendSegment
        {
            Sequence = segment.Sequence + (uint)length,
            Length = rest,
            Flags = segment.Flags,
            Buffer = GC.AllocateUninitializedArray<byte>(offset + rest),
            Offset = offset,
            Capacity = rest,
            Truesize = Truesize.OfSendBuffer(rest),
        };
        segment.Buffer.AsSpan(segment.Offset + length, rest).CopyTo(second.Buffer.AsSpan(offset));
        segment.Length = length;
        segment.Capacity = length;
        segment.Flags &= ~(TcpFlags.Fin | TcpFlags.Psh);
        _queuedTruesize += second.Truesize;
        _sendQueue.Insert(_sendQueue.Sent + 1, second);
    }
}
