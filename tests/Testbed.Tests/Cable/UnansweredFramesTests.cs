using Testbed.Node.Cable;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.Tests.Cable;

public sealed class UnansweredFramesTests
{
    private static readonly PeerOutlook Peer = new(
        Reaction: new Duration(20), MilestoneReaction: new Duration(700), TickPeriod: new Duration(1_000), TickReaction: new Duration(5), Room: 3,
        Silence: silence => new TakesSome(silence.SegmentsLeft));

    [Fact]
    public void A_frame_may_be_answered_after_the_least_reaction()
    {
        var frames = new UnansweredFrames(Peer);
        Assert.Equal(new Instant(120), frames.Add(new Instant(100), Frame));
        Assert.Equal(new Instant(320), frames.Add(new Instant(300), Frame));
        Assert.Equal(new Instant(120), frames.Answer);
        frames.OnReport(new Instant(100), silence: null);
        Assert.Equal(new Instant(320), frames.Answer);
        Assert.False(frames.AreTakenInSilence);
    }

    [Fact]
    public void Those_taken_in_silence_are_answered_by_a_tick_or_a_milestone_at_the_earliest()
    {
        var frames = new UnansweredFrames(Peer);
        frames.OnReport(new Instant(90), Silent(framesTaken: 0, segments: 2, nextTick: 1_000));
        Assert.True(frames.AreTakenInSilence);
        Assert.Equal(new Instant(800), frames.Add(new Instant(100), Frame));
        Assert.Equal(new Instant(1_005), frames.Add(new Instant(950), Frame));
        Assert.Equal(new Instant(2_120), frames.Add(new Instant(2_100), Frame));
        Assert.Equal(new Instant(800), frames.Answer);
    }

    [Fact]
    public void What_waits_long_at_the_peer_does_not_hold_this_PC_back()
    {
        var frames = new UnansweredFrames(Peer);
        frames.OnReport(new Instant(90), Silent(framesTaken: 0, segments: 2, nextTick: 1_000));
        frames.Add(new Instant(100), Frame);

        // Its milestone would be at 800, and at 900 the peer has not taken the frame yet.
        frames.OnReport(new Instant(900), Silent(framesTaken: 0, segments: 2, nextTick: 1_000));
        Assert.True(frames.AreTakenInSilence);
        Assert.Equal(new Instant(1_005), frames.Answer);
    }

    [Fact]
    public void What_has_arrived_and_is_not_taken_yet_is_gone_through_again()
    {
        var frames = new UnansweredFrames(Peer);
        frames.OnReport(new Instant(90), Silent(framesTaken: 0, segments: 1, nextTick: 1_000));
        frames.Add(new Instant(100), Frame);
        frames.Add(new Instant(200), Frame);

        // The first is silent, the second has arrived and is not: the peer's own report knows best when.
        frames.OnReport(new Instant(250), Silent(framesTaken: 0, segments: 1, nextTick: 1_000));
        Assert.False(frames.AreTakenInSilence);

        frames.OnReport(new Instant(260), Silent(framesTaken: 1, segments: 1, nextTick: 1_000));
        Assert.True(frames.AreTakenInSilence);
        frames.OnReport(new Instant(270), Silent(framesTaken: 2, segments: 0, nextTick: 1_000));
        Assert.True(frames.AreTakenInSilence);
        Assert.Equal(Instant.Never, frames.Answer);
    }

    [Fact]
    public void More_than_the_peer_can_hold_may_be_dropped_and_what_follows_is_answered()
    {
        var frames = new UnansweredFrames(Peer);
        frames.OnReport(new Instant(90), Silent(framesTaken: 0, segments: 99, nextTick: 1_000));
        for (var i = 1; i <= 3; i++)
            frames.Add(new Instant(100 + i), Frame);
        Assert.Equal(new Instant(130), frames.Add(new Instant(110), Frame));
    }

    [Fact]
    public void Frames_forgotten_before_they_were_taken_make_silence_unknown_until_it_has_caught_up()
    {
        var frames = new UnansweredFrames(Peer);
        frames.Add(new Instant(100), Frame);
        frames.OnReport(new Instant(150), silence: null);
        frames.OnReport(new Instant(160), Silent(framesTaken: 0, segments: 5, nextTick: 1_000));
        Assert.False(frames.AreTakenInSilence);
        frames.OnReport(new Instant(170), Silent(framesTaken: 1, segments: 5, nextTick: 1_000));
        Assert.True(frames.AreTakenInSilence);
    }

    private static readonly byte[] Frame = new byte[64];

    private static Silence Silent(long framesTaken, int segments, long nextTick) =>
        new() { FramesTaken = framesTaken, SegmentsLeft = segments, NextTickNs = nextTick };

    private sealed class TakesSome(int left) : ISilence
    {
        public bool Takes(ReadOnlyMemory<byte> frame) => left-- > 0;
    }
}
