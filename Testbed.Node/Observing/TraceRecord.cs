using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>One thing that a trace records of a PC.</summary>
public abstract record TraceRecord
{
    /// <summary>Time has gone to something.</summary>
    /// <param name="Name">What, as <see cref="IObserver.Spent"/> was told it.</param>
    /// <param name="From">Its first instant.</param>
    /// <param name="To">The instant at which it was over; later than the first.</param>
    public sealed record Span(string Name, Instant From, Instant To) : TraceRecord;

    /// <summary>Something has happened.</summary>
    /// <param name="Name">What, as <see cref="IObserver.Happened"/> was told it.</param>
    /// <param name="At">When.</param>
    /// <param name="Detail">What tells it from its like.</param>
    public sealed record Event(string Name, Instant At, long Detail) : TraceRecord;

    /// <summary>The call that came back last has moved bytes of a stream.</summary>
    /// <param name="Name">Which way, as <see cref="IObserver.Happened"/> was told it.</param>
    /// <param name="At">When.</param>
    /// <param name="Bytes">How many.</param>
    /// <param name="Total">How many since the beginning, these included.</param>
    public sealed record Transfer(string Name, Instant At, long Bytes, long Total) : TraceRecord;

    /// <summary>A frame has passed.</summary>
    /// <param name="Name">Where, as <see cref="IObserver.Passed"/> was told it.</param>
    /// <param name="At">When.</param>
    /// <param name="FrameBytes">Its length.</param>
    /// <param name="Packet">The packet in it, if it is one to follow.</param>
    public sealed record Pass(string Name, Instant At, int FrameBytes, FollowedPacket? Packet) : TraceRecord;
}
