using Testbed.Node.Hardware;
using Testbed.Node.Observing;
using Testbed.Node.Programs;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Protocol;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Observing;

public sealed class RecorderTests
{
    [Theory]
    [InlineData("vm733-to-350", "nettest.bytes=100KiB", "cable.loss=0.01")]
    [InlineData("native-350-to-733", "nettest.bytes=100KiB")]
    [InlineData("vm-ping", "ping.count=3")]
    [InlineData("vm-compute", "compute.work=10 ms")]
    public async Task A_run_is_the_same_with_a_recorder_and_the_recording_the_same_on_two_timelines(string name, params string[] sets)
    {
        var settings = Experiment.Settings(name, [.. sets, "seed=3"]);
        var (sender, receiver) = RecordedRun.On(settings, null);
        Assert.Null(sender.Recording);
        var one = RecordedRun.On(settings, RecordedRun.Everything);
        var two = await RecordedRun.OnTwoTimelinesAsync(settings, RecordedRun.Everything);
        foreach (var (bare, here, there) in new[] { (sender, one.Sender, two.Sender), (receiver, one.Receiver, two.Receiver) })
        {
            Assert.Equal(bare.DeterministicJson, here.DeterministicJson);
            Assert.Equal(bare.DeterministicJson, there.DeterministicJson);
            Assert.Equal(here.Recording!.Parts.Select(p => (p.Part, p.Extent)), there.Recording!.Parts.Select(p => (p.Part, p.Extent)));
            foreach (var part in here.Recording.Parts)
                Assert.True(part.Bytes.Span.SequenceEqual(there.Part(part.Part).Bytes.Span), $"seed 3: {part.Part} differs");
        }
    }

    [Fact]
    public void The_spans_of_a_trace_are_the_ledger_to_the_nanosecond()
    {
        var (sender, receiver) = RecordedRun.On(Experiment.Settings("vm733-to-350", "nettest.bytes=50KiB"), RecordedRun.Everything);
        foreach (var outcome in new[] { sender, receiver })
        {
            var report = PcReport.Parse(outcome.DeterministicJson);
            var spans = outcome.Trace().OfType<TraceRecord.Span>()
                .Where(span => !span.Name.StartsWith(UserProgram.Prefix, StringComparison.Ordinal)).ToArray();
            var byRow = spans.GroupBy(span => span.Name).ToDictionary(row => row.Key, row => row.Sum(span => (span.To - span.From).Nanoseconds));
            foreach (var row in report.Node.Ledger)
                Assert.Equal(row.TimeNs, byRow.GetValueOrDefault(row.World is null ? row.Category : $"{row.World}/{row.Category}"));

            // Without a gap: one thread of control.
            Assert.Equal(Instant.Zero, spans[0].From);
            Assert.Equal(report.VirtualNs, spans[^1].To.Nanoseconds);
            foreach (var (before, after) in spans.Zip(spans.Skip(1)))
                Assert.Equal(before.To, after.From);
        }
    }

    [Fact]
    public void A_timeline_sums_to_the_ledger_s_idle_time_and_to_what_was_delivered()
    {
        var (sender, receiver) = RecordedRun.On(Experiment.Settings("vm733-to-350", "nettest.bytes=100KiB"), RecordedRun.Everything);
        foreach (var outcome in new[] { sender, receiver })
        {
            var report = PcReport.Parse(outcome.DeterministicJson);
            var share = TimelineShare.Parser.ParseFrom(outcome.Part(RecordingPart.Timeline).Bytes.Span);
            Assert.Equal(report.VirtualNs, share.EndNs);
            Assert.Equal((report.VirtualNs + 999_999) / 1_000_000, share.IdleNs.Count);
            Assert.Equal(report.Node.Ledger.Single(row => row.Category == Ledger.Idle).TimeNs, share.IdleNs.Sum());
            Assert.Equal(report.BytesDelivered, share.ReceivedBytes.Sum());
            Assert.All(share.IdleNs, idle => Assert.InRange(idle, 0, 1_000_000));
        }
    }

    [Fact]
    public void A_window_is_what_the_whole_recording_has_of_it()
    {
        var settings = Experiment.Settings("vm733-to-350", "nettest.bytes=50KiB");
        var (from, until) = (new Instant(103_000_000), new Instant(105_000_000));
        var whole = RecordedRun.On(settings, RecordedRun.Everything).Sender;
        var part = RecordedRun.On(settings, RecordedRun.Everything with { From = from, Until = until }).Sender;
        var covered = new List<TraceRecord>();
        TraceRecord? call = null;
        foreach (var record in whole.Trace())
        {
            // What a call moved belongs to the call, which may return later.
            var at = At(record is TraceRecord.Transfer ? call! : record);
            if (at >= from && at < until)
                covered.Add(record);
            call = record;
        }

        Assert.Equal(covered, part.Trace());
        Assert.Equal(
            CaptureReader.Read(whole.Part(RecordingPart.HostCapture).Bytes).Where(f => f.At >= from && f.At < until).Select(f => (f.At, f.Hex)),
            CaptureReader.Read(part.Part(RecordingPart.HostCapture).Bytes).Select(f => (f.At, f.Hex)));

        static Instant At(TraceRecord record) => record switch
        {
            TraceRecord.Span span => span.From,
            TraceRecord.Event e => e.At,
            TraceRecord.Pass pass => pass.At,
            _ => throw new InvalidOperationException(),
        };
    }

    [Fact]
    public void Nothing_is_kept_behind_a_trace_s_limit_and_what_is_left_out_is_counted()
    {
        var trace = new TraceWriter(limitRecords: 3);
        for (var i = 0; i < 5; i++)
            trace.Event("tick", new Instant(i * 10), -i);
        var (bytes, extent) = trace.Close();
        Assert.Equal(new RecordingExtent(3, 2, new Instant(30)), extent);
        Assert.Equal([0L, -1, -2], TraceReader.Read(bytes).Cast<TraceRecord.Event>().Select(e => e.Detail));
    }

    [Theory]
    [InlineData("09")]
    [InlineData("0200")]
    [InlineData("0105414243")]
    [InlineData("0101410200FFFFFFFFFFFFFFFFFFFF01")]
    public void Bytes_that_are_no_trace_are_refused_in_one_line(string hex)
    {
        var refused = Assert.Throws<FormatException>(() => TraceReader.Read(Convert.FromHexString(hex)).ToArray());
        Assert.DoesNotContain('\n', refused.Message);
    }
}
