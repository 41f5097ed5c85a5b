using Testbed.Node.Cable;
using Testbed.Node.Hardware;
using Testbed.Node.Observing;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Runner.Recordings;

/// <summary>A stretch of time on a track.</summary>
/// <param name="Track">The track.</param>
/// <param name="Name">What an observer was told.</param>
/// <param name="From">Its first instant.</param>
/// <param name="To">The instant at which it is over.</param>
/// <param name="Bytes">How many bytes it is about; null if that is not known.</param>
internal sealed record TraceSpan(TraceTrack Track, string Name, Instant From, Instant To, long? Bytes = null);

/// <summary>One PC's trace, put in order: what is to be shown, and what a packet's way can be found by.</summary>
internal sealed class TracedPc
{
    private readonly Dictionary<string, List<TraceSpan>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<(TraceSpan Span, long First, long Behind)>> _transfers = new(StringComparer.Ordinal);

    /// <summary>The trace of one PC.</summary>
    /// <param name="id">Its number in the file.</param>
    /// <param name="title">Its name to a person.</param>
    /// <param name="records">What was recorded.</param>
    /// <param name="until">What begins then or later is left out.</param>
    /// <param name="cable">The wire, for its rate.</param>
    public TracedPc(int id, string title, IEnumerable<TraceRecord> records, Instant until, CableSettings cable)
    {
        (Id, Title) = (id, title);
        foreach (var record in records)
            Take(record, until, cable);
    }

    /// <summary>Its number in the file.</summary>
    public int Id { get; }

    /// <summary>Its name to a person.</summary>
    public string Title { get; }

    /// <summary>Everything that took time.</summary>
    public List<TraceSpan> Spans { get; } = [];

    /// <summary>Everything that took none.</summary>
    public List<TraceRecord.Event> Events { get; } = [];

    /// <summary>The packets that are followed, each time that one passed, with the stretch of time that it passed in.</summary>
    public IEnumerable<(TraceRecord.Pass Pass, TraceSpan? Span)> Passes => _passes.Select(p => (p.Pass, p.Span ?? LastBefore(RowOf(p.Pass.Name), p.Pass.At)));

    private readonly List<(TraceRecord.Pass Pass, TraceSpan? Span)> _passes = [];

    /// <summary>The stretch of this name that had begun last before an instant.</summary>
    public TraceSpan? LastBefore(string name, Instant at)
    {
        if (!_byName.TryGetValue(name, out var spans))
            return null;
        var (low, high) = (0, spans.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = spans[middle].From < at ? (middle + 1, high) : (low, middle);
        }

        return low == 0 ? null : spans[low - 1];
    }

    /// <summary>The call that moved a byte of the stream.</summary>
    /// <param name="name"><see cref="UserProgram.Sent"/> or <see cref="UserProgram.Received"/>.</param>
    /// <param name="offset">The byte's place in the stream, modulo 2³².</param>
    public TraceSpan? CallThatMoved(string name, uint offset)
    {
        if (!_transfers.TryGetValue(name, out var transfers))
            return null;
        var place = transfers[0].First + (int)(offset - (uint)transfers[0].First);
        var (low, high) = (0, transfers.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = transfers[middle].Behind <= place ? (middle + 1, high) : (low, middle);
        }

        return low < transfers.Count && transfers[low].First <= place ? transfers[low].Span : null;
    }

    /// <summary>The row in which a frame is handled that passes a point of the virtual card; of any other row, itself.</summary>
    private static string RowOf(string point) => point switch
    {
        Observed.LanceSent => "host/vmapp-lance-transmit",
        Observed.LanceReceived => "host/vmapp-receive",
        _ => point,
    };

    private void Take(TraceRecord record, Instant until, CableSettings cable)
    {
        switch (record)
        {
            case TraceRecord.Span span when span.From < until:
                Add(new(TraceTracks.OfSpan(span.Name), span.Name, span.From, span.To));
                break;
            case TraceRecord.Event e when e.At < until:
                Events.Add(e);
                break;
            case TraceRecord.Transfer transfer when transfer.At < until:
                TakeTransfer(transfer);
                break;
            case TraceRecord.Pass pass when pass.At < until:
                // Of one that has come in, what the rate was as it left; for the drawing, at a change of rate one may look longer or shorter than it was.
                var start = pass.Name == Observed.NicReceived ? pass.At - cable.Delay : pass.At;
                TakePass(pass, cable.TimingAt(start).Serialization(pass.FrameBytes));
                break;
        }
    }

    /// <summary>It belongs to the program's call that came back just then, unless that had begun before the window.</summary>
    private void TakeTransfer(TraceRecord.Transfer transfer)
    {
        if (Spans.Count == 0 || Spans[^1] is not { Track: TraceTrack.Program } call || call.To != transfer.At)
            return;
        Spans[^1] = call = call with { Bytes = transfer.Bytes };
        if (!_transfers.TryGetValue(transfer.Name, out var transfers))
            _transfers[transfer.Name] = transfers = [];
        transfers.Add((call, transfer.Total - transfer.Bytes, transfer.Total));
    }

    private void TakePass(TraceRecord.Pass pass, Duration onTheWire)
    {
        TraceSpan? frame = pass.Name switch
        {
            Observed.NicSent => new(TraceTrack.NicOut, pass.Name, pass.At, pass.At + onTheWire, pass.FrameBytes),
            Observed.NicReceived => new(TraceTrack.NicIn, pass.Name, pass.At - onTheWire, pass.At, pass.FrameBytes),
            _ => null,
        };
        if (frame is not null)
            Spans.Add(frame);
        if (pass.Packet is not null)
            _passes.Add((pass, frame));
    }

    private void Add(TraceSpan span)
    {
        Spans.Add(span);
        if (!_byName.TryGetValue(span.Name, out var spans))
            _byName[span.Name] = spans = [];
        spans.Add(span);
    }
}
