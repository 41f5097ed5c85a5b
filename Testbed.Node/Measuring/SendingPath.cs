using System.Collections.Immutable;
using Testbed.Node.Time;

namespace Testbed.Node.Measuring;

/// <summary>Where a packet's time goes between the guest's <c>OUT</c> and the wire.</summary>
public enum SendingSegment
{
    /// <summary>In the VMM: from the <c>OUT</c> to the switch that takes the packet along, or to the VMM's own driver.</summary>
    Vmm,

    /// <summary>To VMApp: the world switch, and the host's handlers if an interrupt has caused it.</summary>
    WorldSwitch,

    /// <summary>VMApp emulates the virtual card, for this packet and those that waited before it.</summary>
    VmApp,

    /// <summary>VMApp's <c>write()</c> and VMNet: a socket buffer, the copy, the bridge.</summary>
    VmNet,

    /// <summary>The driver of the physical card.</summary>
    Driver,

    /// <summary>In the physical card, until the wire is free.</summary>
    Card,
}

/// <summary>
/// Takes the times of every packet on its way from the guest's <c>OUT</c> to its first bit on the wire, whichever way that is. It is no part of the PC and takes none of
/// its time. Packets never overtake each other, so each stage takes them from the one before it in turn.
/// </summary>
public sealed class SendingPath
{
    private const int Bound = 4096;
    private static readonly int Segments = Enum.GetValues<SendingSegment>().Length;
    private readonly Queue<Instant> _inRing = new();
    private readonly Queue<(Instant Out, Instant Given)> _inCard = new();
    private Instant _leftVmm;
    private Instant _inVmApp;
    private Instant _out = Instant.Never;
    private Instant _last;

    /// <summary>What was found for each segment.</summary>
    public ImmutableArray<LatencyHistogram> BySegment { get; } = [.. Enumerable.Range(0, Segments).Select(_ => new LatencyHistogram())];

    /// <summary>From the start of the <c>OUT</c> to the first bit on the wire.</summary>
    public LatencyHistogram ToWire { get; } = new();

    /// <summary>The guest's <c>OUT</c> for a packet begins.</summary>
    public void Begin(Instant now)
    {
        if (_inRing.Count < Bound)
            _inRing.Enqueue(now);
    }

    /// <summary>The VMM gives the processor to the host.</summary>
    public void LeftVmm(Instant now) => _leftVmm = now;

    /// <summary>VMApp has the processor.</summary>
    public void ReachedVmApp(Instant now) => _inVmApp = now;

    /// <summary>VMApp has taken the next packet out of the ring.</summary>
    public void FetchedByVmApp(Instant now)
    {
        if (!Fetch(now))
            return;
        Record(SendingSegment.Vmm, _leftVmm - _out);
        Record(SendingSegment.WorldSwitch, _inVmApp - _leftVmm);
        Record(SendingSegment.VmApp, now - _inVmApp);
    }

    /// <summary>The VMM has taken the next packet out of the ring, for its own driver.</summary>
    public void FetchedByVmm(Instant now)
    {
        if (Fetch(now))
            Record(SendingSegment.Vmm, now - _out);
    }

    /// <summary>VMNet gives the packet to the driver.</summary>
    public void PassedVmNet(Instant now) => Pass(SendingSegment.VmNet, now);

    /// <summary>The driver has told the card of the packet.</summary>
    public void GivenToCard(Instant now)
    {
        Pass(SendingSegment.Driver, now);
        if (_out != Instant.Never && _inCard.Count < Bound)
            _inCard.Enqueue((_out, now));
        _out = Instant.Never;
    }

    /// <summary>The guest's next packet begins on the wire.</summary>
    public void OnWire(Instant now)
    {
        if (!_inCard.TryDequeue(out var packet))
            return;
        Record(SendingSegment.Card, now - packet.Given);
        ToWire.Record(now - packet.Out);
    }

    private bool Fetch(Instant now)
    {
        var any = _inRing.TryDequeue(out var begun);
        (_out, _last) = (any ? begun : Instant.Never, now);
        return any;
    }

    private void Pass(SendingSegment segment, Instant now)
    {
        if (_out == Instant.Never)
            return;
        Record(segment, now - _last);
        _last = now;
    }

    private void Record(SendingSegment segment, Duration time) => BySegment[(int)segment].Record(time);
}
