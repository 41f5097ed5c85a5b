using System.Diagnostics;
using Google.Protobuf;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Cable;

/// <summary>
/// Keeps the timeline of this PC's process in step with the other's (conservative parallel simulation, after Chandy, Misra and Bryant):
/// it runs only as far as it is certain that no frame from the other PC can arrive earlier.
/// </summary>
/// <remarks>
/// The horizon is H = min(the instant at which the other PC can next begin a frame by itself, the earliest arrival there that it has not
/// processed yet + its least reaction time) + the least time across the cable. It is safe because whatever the other PC announces later
/// begins either by itself, not before its own report of that instant, or in answer to something that it had not processed when it
/// reported. Whatever it is, it also has to wait until the wire is free: no frame arrives before the last one announced, the gap and a
/// shortest frame. The later of the two bounds holds. A bound, once found, goes on to hold, whatever the other PC reports later: only a frame
/// that this PC sends can draw it in. Local events run strictly before H, arrivals up to and including it.
///
/// Faults of the cable leave the first bound true: they make a frame later, never earlier, and the least time across is that of the fastest rate that the plan sets. Copies and frames that are held back are
/// announced with the rest, so that they count as frames which may be answered. The second bound does not hold under a plan.
/// </remarks>
public sealed class ConservativeSync : Horizon, ICableOutlet
{
    /// <summary>Announcements that may wait before a batch goes out although this PC can still run on.</summary>
    private const int MaxBatch = 64;

    /// <summary>Events from one look to the next whether the peer could come to its answer.</summary>
    private const int EventsBetweenLooks = 4;

    private readonly Lock _inboxLock = new();
    private readonly UnansweredFrames _unanswered;
    private readonly Duration _leastTimeAcross;
    private readonly Duration _leastFollowing;
    private readonly Duration _peersReaction;
    private readonly bool _keepsOrder;
    private readonly Timeline _timeline;
    private readonly ICableOutlet _inlet;
    private readonly IOutlook _outlook;
    private readonly Action<CableBatch> _send;
    private List<CableBatch> _inbox = [];
    private List<CableBatch> _applying = [];
    private CableBatch _outgoing = new();
    private Instant _horizon;
    private Instant _earliest;
    private Instant _peerProcessedThrough = new(-1);
    private Instant _lastFrame;
    private Instant _reportedThrough = new(-1);
    private Instant _reportedStart = Instant.Zero;
    private bool _reportedWaiting;
    private bool _peerIsWaiting = true;
    private bool _mayAskAhead;
    private bool _hasAskedAhead;
    private int _eventsToLook;
    private long? _waitingSince;
    private long _batchesReceived;
    private long _announcementsReceived;
    private long _announcementsBeforeWait;

    /// <summary>The synchronization of one PC's timeline.</summary>
    /// <param name="timeline">The timeline.</param>
    /// <param name="cable">The cable.</param>
    /// <param name="peer">What is known of the other PC.</param>
    /// <param name="outlook">What this PC can say of itself.</param>
    /// <param name="inlet">Takes what the other PC announces.</param>
    /// <param name="send">Sends a batch to the other PC's process.</param>
    public ConservativeSync(
        Timeline timeline, CableSettings cable, PeerOutlook peer, IOutlook outlook, ICableOutlet inlet, Action<CableBatch> send)
    {
        (_timeline, _outlook, _inlet, _send) = (timeline, outlook, inlet, send);
        _unanswered = new UnansweredFrames(peer);
        _leastTimeAcross = cable.LeastTimeAcross;
        _leastFollowing = cable.LeastTimeBetweenArrivals;
        _peersReaction = peer.Reaction;
        _keepsOrder = cable.KeepsOrder;
        _lastFrame = Instant.Zero - _leastFollowing;
        _horizon = _earliest = Instant.Zero + _leastTimeAcross;
    }

    /// <summary>What it took.</summary>
    public SyncStatistics Statistics { get; } = new();

    /// <summary>Takes a batch from the other PC's process, in order; from any thread.</summary>
    public void Receive(CableBatch batch)
    {
        lock (_inboxLock)
            _inbox.Add(batch);
    }

    /// <inheritdoc/>
    public override bool Admits(Instant at, bool isArrival)
    {
        if (isArrival ? at > _horizon : at >= _horizon)
            return false;
        if (_mayAskAhead && --_eventsToLook < 0)
            AskAhead(at);
        return true;
    }

    /// <inheritdoc/>
    public override bool TryMove(Instant next)
    {
        if (TryApplyInbox())
        {
            if (_waitingSince is { } since)
            {
                Statistics.Blocked += Stopwatch.GetElapsedTime(since);
                Statistics.FruitfulWaits += _announcementsReceived > _announcementsBeforeWait ? 1 : 0;
            }

            _waitingSince = null;
            return true;
        }

        if (_waitingSince is null)
        {
            Statistics.Waits++;
            _waitingSince = Stopwatch.GetTimestamp();
            _announcementsBeforeWait = _announcementsReceived;
        }

        // Nothing happens from here to the horizon: the next event is not admitted.
        ReportWaiting(_horizon - new Duration(1));
        return false;
    }

    /// <summary>Tells the other process that this PC has reached the experiment's end and will announce nothing more.</summary>
    public void Finish(Instant end) => Send(end, Instant.Never, isWaiting: true, silence: null);

    /// <inheritdoc/>
    public void AnnounceFrame(long number, Instant arrival, ReadOnlyMemory<byte> frame)
    {
        var answer = _unanswered.Add(arrival, frame);
        _earliest = Instant.Min(_earliest, answer + _leastTimeAcross);
        _horizon = Horizon();

        // A peer that stands still could answer it while this PC goes on. What it takes in silence can wait for the next that it does not.
        if (_peerIsWaiting && answer <= arrival + _peersReaction)
            (_mayAskAhead, _eventsToLook) = (true, 0);

        // The bytes are final, so the message may share them.
        Announce(new Announcement { Number = number, ArrivalNs = arrival.Nanoseconds, Frame = UnsafeByteOperations.UnsafeWrap(frame) });
    }

    /// <inheritdoc/>
    public void AnnounceMilestone(long number, Instant arrival, Milestone milestone, Instant at) => Announce(new Announcement
    {
        Number = number,
        ArrivalNs = arrival.Nanoseconds,
        Mark = new Mark { Kind = ToWire(milestone), AtNs = at.Nanoseconds },
    });

    private void Announce(Announcement announcement)
    {
        Statistics.Announcements++;
        _outgoing.Announcements.Add(announcement);
        if (_outgoing.Announcements.Count == MaxBatch)
            Send(_reportedThrough, _reportedStart, isWaiting: false, silence: null);
    }

    /// <summary>
    /// Between instants, and with more to do (the next is <paramref name="next"/>): asks for the answer that this PC will have to wait for, as soon as it can say that
    /// nothing more comes before the other PC can have made it. The other PC can go on with that, as it has a frame more and nothing to wait for until
    /// its answer; so it reports when it has to wait in turn.
    /// </summary>
    private void AskAhead(Instant next)
    {
        _eventsToLook = EventsBetweenLooks;
        var from = Instant.Max(_timeline.Now, Instant.Min(next, _horizon));
        var start = _outlook.NextStart(from);
        if (start <= _unanswered.Answer + _peersReaction)
            return;
        var silence = _outlook.Silence(from);
        if (silence is null && _outlook.IsSilentAtTimes)
            return;
        Send(from - new Duration(1), start, isWaiting: true, silence);
        (_hasAskedAhead, _peerIsWaiting) = (true, false);
    }

    /// <summary>
    /// Tells the other PC that this one waits for it, unless it knows: it goes on by itself, and the last that it heard from here was that this PC waits.
    /// Then it sends a batch when it has to wait in turn.
    /// </summary>
    private void ReportWaiting(Instant through)
    {
        if (_hasAskedAhead || (!_peerIsWaiting && _reportedWaiting && _outgoing.Announcements.Count == 0))
            return;
        var from = through + new Duration(1);
        var start = _outlook.NextStart(from);
        if (_outgoing.Announcements.Count == 0 && _reportedWaiting && through == _reportedThrough && start == _reportedStart)
            return;
        Send(through, start, isWaiting: true, _outlook.Silence(from));
    }

    private void Send(Instant through, Instant start, bool isWaiting, Silence? silence)
    {
        (_reportedThrough, _reportedStart, _reportedWaiting) = (through, start, isWaiting);
        Statistics.Requests += isWaiting ? 1 : 0;
        _outgoing.Number = ++Statistics.Reports;
        _outgoing.ProcessedThroughNs = through.Nanoseconds;
        _outgoing.NextStartNs = start.Nanoseconds;
        _outgoing.Waiting = isWaiting;
        _outgoing.Silence = silence;
        _mayAskAhead = _hasAskedAhead = false;
        _send(_outgoing);
        _outgoing = new CableBatch();
    }

    private bool TryApplyInbox()
    {
        lock (_inboxLock)
            (_inbox, _applying) = (_applying, _inbox);
        foreach (var batch in _applying)
            Apply(batch);
        var any = _applying.Count > 0;
        _applying.Clear();
        return any;
    }

    private void Apply(CableBatch batch)
    {
        if (batch.Number != ++_batchesReceived)
            throw new CableProtocolException($"batch {batch.Number} came where {_batchesReceived} was due");
        foreach (var announcement in batch.Announcements)
        {
            var arrival = new Instant(announcement.ArrivalNs);
            if (announcement.Number != ++_announcementsReceived)
                throw new CableProtocolException($"announcement {announcement.Number} came where {_announcementsReceived} was due");
            if (arrival < _horizon)
                throw new CableProtocolException($"announcement {announcement.Number} is for {arrival}, and nothing was to come before {_horizon}");
            switch (announcement.WhatCase)
            {
                case Announcement.WhatOneofCase.Frame:
                    _lastFrame = arrival;
                    _inlet.AnnounceFrame(announcement.Number, arrival, announcement.Frame.Memory);
                    break;
                case Announcement.WhatOneofCase.Mark:
                    _inlet.AnnounceMilestone(announcement.Number, arrival, FromWire(announcement.Mark.Kind), new Instant(announcement.Mark.AtNs));
                    break;
                default:
                    throw new CableProtocolException($"announcement {announcement.Number} says nothing");
            }
        }

        if (batch.ProcessedThroughNs < _peerProcessedThrough.Nanoseconds)
            throw new CableProtocolException($"the other PC's clock went back from {_peerProcessedThrough}");
        _peerProcessedThrough = new Instant(batch.ProcessedThroughNs);
        _peerIsWaiting = batch.Waiting;
        _hasAskedAhead = false;
        _unanswered.OnReport(_peerProcessedThrough, batch.Silence);
        var start = new Instant(batch.NextStartNs);
        if (_unanswered.AreTakenInSilence)
            start = Instant.Max(start, new Instant(batch.Silence.NextStartNs));
        _earliest = Instant.Max(_earliest, Instant.Min(start, _unanswered.Answer) + _leastTimeAcross);
        _horizon = Horizon();
    }

    /// <summary>The later of the two bounds; there is only the first where frames may overtake each other.</summary>
    private Instant Horizon() => _keepsOrder ? Instant.Max(_earliest, _lastFrame + _leastFollowing) : _earliest;

    private static Mark.Types.Kind ToWire(Milestone milestone) => milestone switch
    {
        Milestone.MeasurementStarted => Mark.Types.Kind.MeasurementStarted,
        Milestone.MeasurementEnded => Mark.Types.Kind.MeasurementEnded,
        Milestone.Failed => Mark.Types.Kind.Failed,
        _ => Mark.Types.Kind.Finished,
    };

    private static Milestone FromWire(Mark.Types.Kind kind) => kind switch
    {
        Mark.Types.Kind.MeasurementStarted => Milestone.MeasurementStarted,
        Mark.Types.Kind.MeasurementEnded => Milestone.MeasurementEnded,
        Mark.Types.Kind.Finished => Milestone.Finished,
        Mark.Types.Kind.Failed => Milestone.Failed,
        _ => throw new CableProtocolException($"unknown mark {(int)kind}"),
    };
}

/// <summary>What came from the other PC's process cannot be right: the run ends with this reason.</summary>
public sealed class CableProtocolException(string reason) : Exception($"the other PC's process broke the cable protocol: {reason}");
