using Testbed.Node.Remoting;

namespace Testbed.Tests.Remoting;

public class PeerSilenceTests
{
    private readonly Clock _clock = new();

    [Fact]
    public void A_silence_is_worth_a_word_before_it_is_too_long_and_ends_with_the_next_sign()
    {
        var silence = new PeerSilence(TimeSpan.FromSeconds(4), _clock);
        var seen = new List<string>();
        for (var second = 1; second <= 4; second++)
        {
            Pass(silence, 1);
            seen.Add($"{silence.Length.TotalSeconds:0} {silence.IsNoticeable} {silence.IsTooLong}");
        }

        Assert.Equal(["1 False False", "2 True False", "3 True False", "4 True True"], seen);
        silence.Heard();
        Assert.Equal((TimeSpan.Zero, false, false), (silence.Length, silence.IsNoticeable, silence.IsTooLong));
    }

    [Fact]
    public void Time_in_which_this_process_was_stopped_itself_is_no_silence_of_the_peer()
    {
        var silence = new PeerSilence(TimeSpan.FromSeconds(4), _clock);

        // A minute's stop, and the timer's ticks of that minute at once.
        Pass(silence, 60);
        for (var i = 0; i < 60; i++)
            Pass(silence, 0);

        Assert.Equal(1, silence.Length.TotalSeconds);
    }

    private void Pass(PeerSilence silence, double seconds)
    {
        _clock.Now += (long)(seconds * _clock.TimestampFrequency);
        silence.Look();
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => Now;
    }
}
