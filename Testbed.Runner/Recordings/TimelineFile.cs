using System.Globalization;
using Google.Protobuf;
using Testbed.Node.Observing;
using Testbed.Protocol;
using Rate = Testbed.Node.Results.Share;

namespace Testbed.Runner.Recordings;

/// <summary>A run's throughput and idle time over virtual time, a line for each bin: <c>timeline.csv</c>.</summary>
internal static class TimelineFile
{
    private const string Header =
        "start_ns,end_ns,received_bytes,throughput_mbps,sender_idle_ns,sender_idle_percent,receiver_idle_ns,receiver_idle_percent,faults";

    /// <summary>The file; a PC that is not known, or had stopped before, leaves its columns empty.</summary>
    /// <exception cref="FormatException">A part is no timeline, or the two do not go together; in one line.</exception>
    public static string Text(RecordedPart? sender, RecordedPart? receiver)
    {
        var sent = Share(sender);
        var received = Share(receiver);
        if (sent is not null && received is not null && sent.BinNs != received.BinNs)
            throw new FormatException($"timelines with bins of {sent.BinNs} and {received.BinNs} ns");
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.WriteLine(Header);
        var bin = (sent ?? received)?.BinNs ?? 0;
        var end = Math.Max(sent?.EndNs ?? 0, received?.EndNs ?? 0);
        var bins = Math.Max(sent?.IdleNs.Count ?? 0, received?.IdleNs.Count ?? 0);
        for (var i = 0; i < bins; i++)
        {
            var (from, to) = (i * bin, Math.Min((i + 1) * bin, end));
            var bytes = received is not null && i < received.ReceivedBytes.Count ? received.ReceivedBytes[i] : (long?)null;
            text.WriteLine(FormattableString.Invariant(
                $"{from},{to},{bytes},{(bytes is { } some ? Rate.Mbps(some, to - from) : null)},{Idle(sent)},{Idle(received)},{Faults(sent, i) + Faults(received, i)}"));

            string Idle(TimelineShare? of) => of is not null && i < of.IdleNs.Count
                ? FormattableString.Invariant($"{of.IdleNs[i]},{Rate.Percent(of.IdleNs[i], Math.Min(to, of.EndNs) - from)}")
                : ",";
        }

        return text.ToString();
    }

    private static long Faults(TimelineShare? of, int bin) => of is not null && bin < of.Faults.Count ? of.Faults[bin] : 0;

    private static TimelineShare? Share(RecordedPart? part)
    {
        if (part is null)
            return null;
        try
        {
            var share = TimelineShare.Parser.ParseFrom(part.Bytes.Span);
            return share.BinNs > 0 && share.EndNs >= 0 && share.IdleNs.Count <= TimelineRecorder.LimitBins
                && share.IdleNs.Count == share.ReceivedBytes.Count
                ? share
                : throw new FormatException("a timeline whose figures contradict each other");
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new FormatException("a timeline that is not readable", e);
        }
    }
}
