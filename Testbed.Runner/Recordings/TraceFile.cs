using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Testbed.Node.Observing;
using Testbed.Node.Time;

namespace Testbed.Runner.Recordings;

/// <summary>
/// A run as trace events, which Perfetto and <c>chrome://tracing</c> show (Trace Event Format, JSON object form): one process for each PC, one track
/// for each component, a begin and an end (B, E) for each slice of time, instants (i), and flows (s, t, f) that follow packets.
/// </summary>
/// <remarks>
/// Events stand in the order of their instants; what is of one instant, by kind, and then by PC, or a flow's steps in their order. No instant of wall time is in it. Complete events (X)
/// would be shorter, but viewers add their beginning and duration as binary fractions, and the sum may lie past the next one's beginning.
/// </remarks>
internal static class TraceFile
{
    /// <summary>Writes it.</summary>
    /// <param name="file">Where to.</param>
    /// <param name="experiment">The experiment's name.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="program">The program's name.</param>
    /// <param name="pcs">The PCs, the sender first.</param>
    /// <param name="note">What is left out, in a sentence; null for nothing.</param>
    public static void Write(Stream file, string experiment, long seed, string program, IReadOnlyList<TracedPc> pcs, string? note)
    {
        using var lines = new EventLines(file);
        file.Write("{\"displayTimeUnit\":\"ns\",\n\"traceEvents\":[\n"u8);
        foreach (var pc in pcs)
            WriteNames(lines, pc, program);
        foreach (var e in Events(pcs).OrderBy(e => e.At).ThenBy(e => e.Kind))
            lines.Write(e.Write);
        file.Write("\n],\n\"otherData\":"u8);
        lines.WriteObject(json =>
        {
            json.WriteString("experiment", experiment);
            json.WriteNumber("seed", seed);
            if (note is not null)
                json.WriteString("note", note);
        });
        file.Write("}\n"u8);
    }

    private enum Kind
    {
        // What ends at an instant ends before what begins.
        End,
        Begin,
        Instant,
        Flow,
    }

    private static IEnumerable<TraceEvent> Events(IReadOnlyList<TracedPc> pcs)
    {
        foreach (var pc in pcs)
        {
            foreach (var span in pc.Spans)
            {
                yield return new(span.From, Kind.Begin, pc, span.Track, json => WriteSlice(json, span, "B"));
                yield return new(span.To, Kind.End, pc, span.Track, json => WriteSlice(json, span, "E"));
            }

            foreach (var e in pc.Events)
            {
                var (name, track) = TraceTracks.OfEvent(e.Name, e.Detail);
                yield return new(e.At, Kind.Instant, pc, track, json => WriteInstant(json, e, name));
            }
        }

        var id = 0;
        foreach (var flow in PacketFlow.Of(pcs))
        {
            id++;
            for (var i = 0; i < flow.Steps.Count; i++)
            {
                var step = flow.Steps[i];
                var (number, phase) = (id, i == 0 ? "s" : i == flow.Steps.Count - 1 ? "f" : "t");
                yield return new(step.At, Kind.Flow, step.Pc, step.Span.Track, json => WriteFlow(json, number, phase));
            }
        }
    }

    /// <summary>An end says as much as its beginning: some viewers match them so.</summary>
    private static void WriteSlice(Utf8JsonWriter json, TraceSpan span, string phase)
    {
        var isFrame = span.Track is TraceTrack.NicOut or TraceTrack.NicIn;
        json.WriteString("ph", phase);
        json.WriteString("name", isFrame ? "frame" : TraceTracks.Category(span.Name));
        json.WriteString("cat", isFrame ? "wire" : TraceTracks.World(span.Name));
        if (span.Bytes is not { } bytes)
            return;
        json.WriteStartObject("args");
        json.WriteNumber("bytes", bytes);
        json.WriteEndObject();
    }

    private static void WriteInstant(Utf8JsonWriter json, TraceRecord.Event e, string name)
    {
        json.WriteString("ph", "i");
        json.WriteString("s", "t");
        json.WriteString("name", name);
        json.WriteString("cat", e.Name);
        json.WriteStartObject("args");
        json.WriteNumber("detail", e.Detail);
        json.WriteEndObject();
    }

    private static void WriteFlow(Utf8JsonWriter json, int id, string phase)
    {
        json.WriteString("ph", phase);
        json.WriteNumber("id", id);
        json.WriteString("name", "packet");
        json.WriteString("cat", "packet");

        // A flow ends in the stretch that is under way then, and not in the next.
        if (phase == "f")
            json.WriteString("bp", "e");
    }

    private static void WriteNames(EventLines lines, TracedPc pc, string program)
    {
        Name("process_name", null, json => json.WriteString("name", pc.Title));
        Name("process_sort_index", null, json => json.WriteNumber("sort_index", pc.Id));
        var tracks = pc.Spans.Select(span => span.Track).Concat(pc.Events.Select(e => TraceTracks.OfEvent(e.Name, e.Detail).Track));
        foreach (var track in tracks.Distinct().Order())
        {
            Name("thread_name", track, json => json.WriteString("name", TraceTracks.Title(track, program)));
            Name("thread_sort_index", track, json => json.WriteNumber("sort_index", (int)track));
        }

        void Name(string what, TraceTrack? track, Action<Utf8JsonWriter> args) => lines.Write(json =>
        {
            json.WriteString("ph", "M");
            json.WriteString("name", what);
            json.WriteNumber("pid", pc.Id);
            if (track is { } of)
                json.WriteNumber("tid", Thread(pc, of));
            json.WriteStartObject("args");
            args(json);
            json.WriteEndObject();
        });
    }

    /// <summary>A track's number: no two of a file have the same, whatever their process, since Perfetto takes them for Linux's.</summary>
    private static int Thread(TracedPc pc, TraceTrack track) => (100 * pc.Id) + (int)track;

    private sealed record TraceEvent(Instant At, Kind Kind, TracedPc Pc, TraceTrack Track, Action<Utf8JsonWriter> WriteRest)
    {
        public void Write(Utf8JsonWriter json)
        {
            // The format counts microseconds; with three decimals they are exact.
            json.WriteNumber("ts", At.Nanoseconds / 1_000m);
            json.WriteNumber("pid", Pc.Id);
            json.WriteNumber("tid", Thread(Pc, Track));
            WriteRest(json);
        }
    }

    /// <summary>Events, one a line.</summary>
    private sealed class EventLines(Stream file) : IDisposable
    {
        private readonly ArrayBufferWriter<byte> _buffer = new();
        private readonly Utf8JsonWriter _json = new(Stream.Null, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        private bool _any;

        public void Dispose() => _json.Dispose();

        public void Write(Action<Utf8JsonWriter> properties)
        {
            if (_any)
                file.Write(",\n"u8);
            _any = true;
            WriteObject(properties);
        }

        public void WriteObject(Action<Utf8JsonWriter> properties)
        {
            _buffer.ResetWrittenCount();
            _json.Reset(_buffer);
            _json.WriteStartObject();
            properties(_json);
            _json.WriteEndObject();
            _json.Flush();
            file.Write(_buffer.WrittenSpan);
        }
    }
}
