using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Node.Cable;

/// <summary>
/// The frames that this PC has sent and that the other may still answer: when it can do so at the earliest. A frame is kept until the other has
/// taken it in, or, while it does not say so, until it has processed its arrival.
/// </summary>
/// <remarks>Where frames overtake each other, one that has arrived is kept behind one that has not: that costs a look at it, and counts for nothing more.</remarks>
/// <param name="peer">What is known of the other PC.</param>
public sealed class UnansweredFrames(PeerOutlook peer)
{
    private readonly Queue<(Instant Arrival, ReadOnlyMemory<byte> Frame)> _frames = new();
    private long _taken;
    private Instant _nextTick;
    private ISilence? _silence;

    /// <summary>The first instant at which the other PC can begin a frame, or an announcement that counts as one, because of frames that it has not processed yet.</summary>
    public Instant Answer { get; private set; } = Instant.Never;

    /// <summary>Whether the other PC takes in without an answer all frames whose arrival it has processed.</summary>
    public bool AreTakenInSilence { get; private set; }

    /// <summary>A frame that will arrive there.</summary>
    /// <returns>The first instant at which the other PC can begin an answer to it.</returns>
    public Instant Add(Instant arrival, ReadOnlyMemory<byte> frame)
    {
        _frames.Enqueue((arrival, frame));
        var answer = AnswerTo(arrival, frame, _frames.Count, hasArrived: false);
        Answer = Instant.Min(Answer, answer);
        return answer;
    }

    /// <summary>The other PC has processed everything up to an instant, and says what it takes in silence.</summary>
    public void OnReport(Instant processedThrough, Silence? silence)
    {
        if (silence is null)
        {
            _silence = null;
            while (_frames.TryPeek(out var frame) && frame.Arrival <= processedThrough)
                Forget();
        }
        else
        {
            while (_taken < silence.FramesTaken && _frames.Count > 0)
                Forget();

            // Frames that were forgotten before they were taken cannot be gone through again.
            _silence = _taken == silence.FramesTaken ? peer.Silence(silence) : null;
            _nextTick = new Instant(silence.NextTickNs);
        }

        Answer = Instant.Never;
        AreTakenInSilence = _silence is not null;
        var count = 0;
        foreach (var (arrival, frame) in _frames)
        {
            var hasArrived = arrival <= processedThrough;
            var answer = AnswerTo(arrival, frame, ++count, hasArrived);
            if (_silence is not null || !hasArrived)
                Answer = Instant.Min(Answer, answer);
            else
                AreTakenInSilence = false;
        }
    }

    private void Forget()
    {
        _frames.Dequeue();
        _taken++;
    }

    private Instant AnswerTo(Instant arrival, ReadOnlyMemory<byte> frame, int count, bool hasArrived)
    {
        if (_silence is null)
            return arrival + peer.Reaction;
        if (count > peer.Room || !_silence.Takes(frame))
        {
            _silence = null;
            return arrival + peer.Reaction;
        }

        // Of a milestone that it may reach because of what has arrived, the peer's report tells.
        var tick = FirstTickFrom(arrival) + peer.TickReaction;
        return hasArrived ? tick : Instant.Min(tick, arrival + peer.MilestoneReaction);
    }

    private Instant FirstTickFrom(Instant at)
    {
        if (at <= _nextTick)
            return _nextTick;
        var periods = ((at - _nextTick).Nanoseconds + peer.TickPeriod.Nanoseconds - 1) / peer.TickPeriod.Nanoseconds;
        return _nextTick + (peer.TickPeriod * periods);
    }
}
