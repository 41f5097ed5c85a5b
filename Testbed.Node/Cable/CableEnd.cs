using System.Buffers.Binary;
using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>What the cable counted in one direction.</summary>
public sealed class CableCounters
{
    /// <summary>Frames whose serialization began.</summary>
    public long Frames { get; internal set; }

    /// <summary>Bytes of those frames, FCS included.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Frames lost on the way.</summary>
    public long Lost { get; internal set; }
}

/// <summary>One PC's end of the crossover cable: announces each frame at the start of its serialization, with the instant of its arrival.</summary>
public sealed class CableEnd : ModelActor
{
    private const int FcsBytes = 4;
    private static readonly long FrameCode = EventDigest.NameCode("cable/frame");
    private static readonly long MilestoneCode = EventDigest.NameCode("cable/milestone");

    private readonly CableSettings _settings;
    private readonly CableCounters _counters;
    private readonly ICableOutlet _outlet;
    private readonly RandomStream _loss;
    private long _announced;

    private CableEnd(Lane lane, CableSettings settings, long seed, CableCounters counters, ICableOutlet outlet)
        : base(lane)
    {
        (_settings, _counters, _outlet) = (settings, counters, outlet);
        _loss = lane.Random(seed, "cable/loss");
    }

    /// <summary>The end at one PC, announcing to <paramref name="outlet"/>.</summary>
    public static Props Props(Lane lane, CableSettings settings, long seed, CableCounters counters, ICableOutlet outlet) =>
        lane.Props(() => new CableEnd(lane, settings, seed, counters, outlet));

    /// <summary>The NIC puts the first bit of the preamble on the wire, now.</summary>
    /// <param name="Frame">The frame with its FCS; not changed any more.</param>
    public sealed record FrameStarted(ReadOnlyMemory<byte> Frame) : ISignal;

    /// <summary>The last bit of a frame has come in.</summary>
    /// <param name="Frame">The frame with its FCS, as it came.</param>
    public sealed record FrameArrived(ReadOnlyMemory<byte> Frame) : ISignal;

    /// <summary>This PC has reached a milestone, now.</summary>
    /// <param name="Milestone">Which.</param>
    public sealed record MilestoneReached(Milestone Milestone) : ISignal;

    /// <summary>The other PC has reached a milestone.</summary>
    /// <param name="Milestone">Which.</param>
    /// <param name="At">When it did.</param>
    public sealed record MilestoneArrived(Milestone Milestone, Instant At) : ISignal;

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FrameStarted started:
                OnFrameStarted(started.Frame);
                break;
            case MilestoneReached reached:
                Lane.Digest.Add(Now, MilestoneCode, (long)reached.Milestone);
                _outlet.AnnounceMilestone(++_announced, Now + _settings.MilestoneDelay, reached.Milestone, Now);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnFrameStarted(ReadOnlyMemory<byte> frame)
    {
        _counters.Frames++;
        _counters.Bytes += frame.Length;
        var fcs = BinaryPrimitives.ReadUInt32LittleEndian(frame.Span[^FcsBytes..]);
        Lane.Digest.Add(Now, FrameCode, ((long)frame.Length << 32) | fcs);

        // The draw comes first, so that the stream advances by one for every frame whatever its fate.
        if (_loss.Chance(_settings.LossPartsPerBillion))
        {
            _counters.Lost++;
            return;
        }

        _outlet.AnnounceFrame(++_announced, Now + _settings.Timing.Serialization(frame.Length) + _settings.Delay, frame);
    }
}
