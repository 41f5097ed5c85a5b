using System.Buffers.Binary;
using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>What the cable counted at one PC: of the direction that leads away from it, and what has arrived of the other.</summary>
public sealed class CableCounters
{
    private readonly PriorityQueue<Instant, Instant> _underWay = new();

    /// <summary>Frames whose serialization began.</summary>
    public long Frames { get; internal set; }

    /// <summary>Bytes of those frames, FCS included.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Frames lost on the way, because of the cable's own loss.</summary>
    public long Lost { get; internal set; }

    /// <summary>Frames lost to faults.</summary>
    public long Dropped { get; internal set; }

    /// <summary>Frames that arrive besides those that were sent, because of faults.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Frames of the other direction that have arrived.</summary>
    public long Arrived { get; internal set; }

    /// <summary>How many frames have been announced that arrive only after an instant, to which everything has happened.</summary>
    public long InFlight(Instant now)
    {
        Forget(now);
        return _underWay.Count;
    }

    /// <summary>A frame will arrive.</summary>
    internal void Announced(Instant now, Instant arrival)
    {
        Forget(now);
        _underWay.Enqueue(arrival, arrival);
    }

    private void Forget(Instant now)
    {
        while (_underWay.TryPeek(out var first, out _) && first <= now)
            _underWay.Dequeue();
    }
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
    private readonly IFrameFaults? _faults;
    private readonly Action<Instant, ReadOnlyMemory<byte>> _arrives;
    private long _announced;
    private int _arriving;

    private CableEnd(Lane lane, CableSettings settings, long seed, CableCounters counters, ICableOutlet outlet, IFrameFaults? faults)
        : base(lane)
    {
        (_settings, _counters, _outlet, _faults, _arrives) = (settings, counters, outlet, faults, Arrives);
        _loss = lane.Random(seed, "cable/loss");
    }

    /// <summary>The end at one PC, announcing to <paramref name="outlet"/>.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">The cable.</param>
    /// <param name="seed">The experiment's seed.</param>
    /// <param name="counters">What it counts.</param>
    /// <param name="outlet">The other end.</param>
    /// <param name="faults">Faults of this direction; null if there are none.</param>
    public static Props Props(Lane lane, CableSettings settings, long seed, CableCounters counters, ICableOutlet outlet, IFrameFaults? faults = null) =>
        lane.Props(() => new CableEnd(lane, settings, seed, counters, outlet, faults));

    /// <summary>The NIC puts the first bit of the preamble on the wire, now.</summary>
    /// <param name="Frame">The frame with its FCS; not changed any more.</param>
    public sealed record FrameStarted(ReadOnlyMemory<byte> Frame) : ISignal;

    /// <summary>The last bit of a frame has come in.</summary>
    /// <param name="Frame">The frame with its FCS, as it came.</param>
    public sealed record FrameArrived(ReadOnlyMemory<byte> Frame) : ISignal, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Frame;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => new FrameArrived(bytes);
    }

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

        // The card has begun the frame in this instant, so it has found the same rate.
        var arrival = Now + _settings.TimingAt(Now).Serialization(frame.Length) + _settings.Delay;
        if (_faults is null)
        {
            _counters.Announced(Now, arrival);
            _outlet.AnnounceFrame(++_announced, arrival, frame);
            return;
        }

        _arriving = 0;
        _faults.Pass(frame, arrival, _arrives);
        if (_arriving == 0)
            _counters.Dropped++;
        else
            _counters.Duplicated += _arriving - 1;
    }

    private void Arrives(Instant at, ReadOnlyMemory<byte> frame)
    {
        _arriving++;
        _counters.Announced(Now, at);
        _outlet.AnnounceFrame(++_announced, at, frame);
    }
}
