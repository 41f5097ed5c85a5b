using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <summary>
/// One TCP connection as a pure state machine: segments, calls and timers in; segments, deadlines and wake-ups out.
/// Each call does one small step, so that its owner can charge costs in between. Defaults follow Linux 2.2, where it differs from RFC 9293.
/// </summary>
public sealed partial class TcpConnection
{
    private readonly ITcpOutput _output;
    private readonly TcpSettings _settings;
    private readonly int _mtu;
    private readonly RetransmissionTimeout _timeout;
    private readonly CongestionControl _congestion;
    private readonly SendQueue _sendQueue = new();
    private readonly ReceiveQueue _receiveQueue = new();
    private readonly bool _isPassive;
    private TcpCounters _counters;
    private TcpEvents _events;
    private bool _timestamps;
    private bool _peerFinReceived;
    private bool _closedForReading;

    internal TcpConnection(
        ITcpOutput output, TcpSettings settings, int mtu, TcpEndpoints endpoints, uint initialSequence, bool isPassive)
    {
        _output = output;
        _settings = settings;
        _mtu = mtu;
        Endpoints = endpoints;
        _isPassive = isPassive;
        _timeout = new RetransmissionTimeout(settings);
        _congestion = new CongestionControl(settings.InitialWindow, initialSequence);
        _timestamps = settings.Timestamps;
        _sendUnacknowledged = initialSequence;
        _sendNext = initialSequence;
        _writeSequence = initialSequence;
        _peerMss = mtu - Ipv4.HeaderLength - TcpSegment.HeaderLength;
        SynchronizeMss();
        OfferInitialWindow();
    }

    /// <summary>Both ends' addresses and ports.</summary>
    public TcpEndpoints Endpoints { get; }

    /// <summary>The state.</summary>
    public TcpState State { get; private set; }

    /// <summary>Why the connection ended, if not by two FINs.</summary>
    public TcpError Error { get; private set; }

    /// <summary>What it did so far.</summary>
    public TcpCounters Counters => _counters;

    /// <summary>The most payload bytes of a segment that it sends: MTU − 40, or what the peer asks for, less 12 with timestamps.</summary>
    public int Mss { get; private set; }

    /// <summary>The smoothed round trip.</summary>
    public Duration SmoothedRoundTrip => _settings.Jiffy * _timeout.Smoothed;

    /// <summary>The retransmission timeout.</summary>
    public Duration RetransmissionTimeout => _settings.Jiffy * _timeout.Jiffies;

    /// <summary>The congestion window in segments.</summary>
    public int CongestionWindow => _congestion.Window;

    /// <summary>Whether <see cref="Read"/> would return more than 0.</summary>
    public bool IsReadable => _receiveQueue.Readable > 0;

    /// <summary>Bytes that can be read.</summary>
    public int ReadableBytes => _receiveQueue.Readable;

    /// <summary>Whether the peer's stream has been read to its end, or there will never be more of it.</summary>
    public bool AtEndOfStream =>
        _receiveQueue.Readable == 0 && (_peerFinReceived || _closedForReading || State is TcpState.Closed or TcpState.TimeWait);

    /// <summary>Whether <see cref="Write"/> would accept something.</summary>
    public bool IsWritable => CanWrite && (SendBufferUsed < _settings.SendBuffer || TailRoom > 0);

    /// <summary>Takes the wake-ups since the last call.</summary>
    public TcpEvents TakeEvents()
    {
        var events = _events;
        _events = TcpEvents.None;
        return events;
    }

    /// <summary>
    /// Closes both ways: sends what is queued, then a FIN. With data unread it resets instead, for that data is lost
    /// (RFC 2525 section 2.17; Linux 2.2, <c>tcp_close</c>).
    /// </summary>
    public void Close(Instant now)
    {
        if (_receiveQueue.Readable > 0)
        {
            Abort(now);
            return;
        }

        if (State == TcpState.SynSent)
        {
            Finish(TcpError.None);
            return;
        }

        _closedForReading = true;
        Shutdown(now);
        if (State == TcpState.FinWait2)
            _stateTimer = now + _settings.FinWait2Timeout;
    }

    /// <summary>Closes this side's stream only: sends what is queued, then a FIN; the peer may still send.</summary>
    public void Shutdown(Instant now)
    {
        switch (State)
        {
            case TcpState.SynReceived or TcpState.Established:
                Become(TcpState.FinWait1);
                break;
            case TcpState.CloseWait:
                Become(TcpState.LastAck);
                break;
            default:
                return;
        }

        QueueFin(now);
    }

    /// <summary>Gives the connection up with a reset.</summary>
    public void Abort(Instant now)
    {
        if (State is TcpState.Closed)
            return;
        if (State is not (TcpState.SynSent or TcpState.TimeWait))
        {
            _counters.ResetsSent++;
            SendControl(TcpFlags.Rst | TcpFlags.Ack, _sendNext, now);
        }

        Finish(TcpError.Aborted);
    }

    /// <summary>Ends and state for people.</summary>
    public override string ToString() => $"{Endpoints} {State}";

    private void Become(TcpState state)
    {
        State = state;
        _events |= TcpEvents.StateChanged;
    }

    private void Finish(TcpError error)
    {
        if (State == TcpState.Closed)
            return;
        Error = error;
        Become(TcpState.Closed);
        _events |= TcpEvents.Readable | TcpEvents.Writable;
        StopTimers();
        _sendQueue.Clear();
        _queuedTruesize = 0;

        // What was received in order stays readable after an orderly end only.
        if (error != TcpError.None)
            _receiveQueue.Clear();
        _output.Closed(this);
    }

    private void SynchronizeMss() =>
        Mss = Math.Max(8, Math.Min(_peerMss, _mtu - Ipv4.HeaderLength - TcpSegment.HeaderLength)
            - (_timestamps ? TcpSegment.TimestampsLength : 0));
}
