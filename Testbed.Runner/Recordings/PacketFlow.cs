using Testbed.Node.Observing;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Runner.Recordings;

/// <summary>A place on a packet's way.</summary>
/// <param name="Pc">The PC.</param>
/// <param name="Span">The stretch of time in which the packet was handled.</param>
/// <param name="At">The instant that stands for it: within the stretch, and not before that of the place before.</param>
internal sealed record FlowStep(TracedPc Pc, TraceSpan Span, Instant At);

/// <summary>One packet's way, from the program that sent it to the one that received it, as far as it was recorded.</summary>
/// <param name="Steps">Its places, two at least.</param>
internal sealed record PacketFlow(IReadOnlyList<FlowStep> Steps)
{
    /// <summary>The ways of all packets that passed two places at least, by their beginnings.</summary>
    public static IEnumerable<PacketFlow> Of(IEnumerable<TracedPc> pcs)
    {
        var packets = new Dictionary<ulong, List<(TracedPc Pc, TraceRecord.Pass Pass, TraceSpan? Span)>>();
        var order = new List<ulong>();
        foreach (var pass in pcs.SelectMany(pc => pc.Passes.Select(p => (Pc: pc, p.Pass, p.Span))).OrderBy(p => p.Pass.At))
        {
            var key = pass.Pass.Packet!.Value.Key;
            if (!packets.TryGetValue(key, out var passes))
            {
                packets[key] = passes = [];
                order.Add(key);
            }

            passes.Add(pass);
        }

        return order.Select(key => Of(packets[key])).OfType<PacketFlow>();
    }

    private static PacketFlow? Of(List<(TracedPc Pc, TraceRecord.Pass Pass, TraceSpan? Span)> passes)
    {
        var steps = new List<FlowStep>();
        var (first, last) = (passes[0], passes[^1]);
        if (Sender(first.Pc, first.Pass) is { } send)
            steps.Add(new(first.Pc, send, send.From));
        foreach (var (pc, _, span) in passes)
        {
            if (span is not null)
                Add(pc, span, span.From);
        }

        if (Receiver(last.Pc, last.Pass) is { } receive)
            Add(last.Pc, receive, receive.To - new Duration(1));
        return steps.Count < 2 ? null : new PacketFlow(steps);

        void Add(TracedPc pc, TraceSpan span, Instant at)
        {
            var notBefore = steps.Count == 0 ? at : Instant.Max(at, steps[^1].At);
            if (notBefore < span.To && (steps.Count == 0 || steps[^1].Span != span))
                steps.Add(new(pc, span, notBefore));
        }
    }

    /// <summary>The call that put the packet's first byte into the stream, or the echo onto its way.</summary>
    private static TraceSpan? Sender(TracedPc pc, TraceRecord.Pass first)
    {
        if (!first.Name.Contains("-transmit", StringComparison.Ordinal))
            return null;
        var packet = first.Packet!.Value;
        return packet.Length > 0
            ? pc.CallThatMoved(UserProgram.Sent, packet.Offset)
            : Around(pc.LastBefore(UserProgram.Prefix + "sendto", first.At), first.At);
    }

    /// <summary>The call that gave the packet's last byte, or the echo, to the program.</summary>
    private static TraceSpan? Receiver(TracedPc pc, TraceRecord.Pass last)
    {
        if (!last.Name.EndsWith("-receive", StringComparison.Ordinal) || last.Name.EndsWith("driver-receive", StringComparison.Ordinal))
            return null;
        var packet = last.Packet!.Value;
        var call = packet.Length > 0
            ? pc.CallThatMoved(UserProgram.Received, packet.Offset + (uint)packet.Length - 1)
            : pc.LastBefore(UserProgram.Prefix + "recvfrom", last.At);
        return call is not null && call.To >= last.At ? call : null;
    }

    private static TraceSpan? Around(TraceSpan? call, Instant at) => call is not null && call.To >= at ? call : null;
}
