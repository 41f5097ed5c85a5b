using System.Collections.Immutable;
using Testbed.Node.Time;

namespace Testbed.Node.Measuring;

/// <summary>Where a transmission's time goes between the guest's <c>OUT</c> and its next instruction (paper, Figure 5).</summary>
public enum TransmissionSegment
{
    /// <summary>The VMM: the <c>OUT</c> has trapped, and needs VMApp.</summary>
    Vmm,

    /// <summary>The world switch, there and back, both halves.</summary>
    WorldSwitch,

    /// <summary>VMDriver and VMApp: the Lance's transmit path, and a look whether something has been received.</summary>
    VmApp,

    /// <summary>VMApp's <c>write()</c> and VMNet: a socket buffer, the copy, the bridge.</summary>
    VmNet,

    /// <summary>The driver of the physical card.</summary>
    Driver,
}

/// <summary>
/// Takes the times of each transmission on its way from the guest's <c>OUT</c> to the wire and back. It is no part of the PC and takes none of its time.
/// Only those are taken that send one frame, find the wire idle and are not interrupted, as the paper's latencies are of a transmission by itself.
/// </summary>
public sealed class TransmissionPath(Duration nicLatency)
{
    private static readonly int Segments = Enum.GetValues<TransmissionSegment>().Length;
    private readonly Duration[] _passed = new Duration[Segments];
    private bool _active;
    private int _frames;
    private long _interrupts;
    private Instant _begin;
    private Instant _last;
    private Instant _givenToNic;
    private Instant _onWire;

    /// <summary>What was found for each segment.</summary>
    public ImmutableArray<LatencyHistogram> BySegment { get; } = [.. Enumerable.Range(0, Segments).Select(_ => new LatencyHistogram())];

    /// <summary>From the start of the <c>OUT</c> to the first bit on the wire.</summary>
    public LatencyHistogram ToWire { get; } = new();

    /// <summary>From the start of the <c>OUT</c> to control back in the VMM, for the guest's next instruction.</summary>
    public LatencyHistogram Total { get; } = new();

    /// <summary>Of the total, all but the VMM's own part.</summary>
    public LatencyHistogram SwitchesAndHost { get; } = new();

    /// <summary>Of that, VMNet and the driver: physically transmitting.</summary>
    public LatencyHistogram Transmitting { get; } = new();

    /// <summary>Of that, the rest: what the hosted architecture costs.</summary>
    public LatencyHistogram Overhead { get; } = new();

    /// <summary>The guest's <c>OUT</c> begins.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="interrupts">How many interrupts the processor has taken so far.</param>
    public void Begin(Instant now, long interrupts)
    {
        _active = true;
        _interrupts = interrupts;
        _frames = 0;
        _begin = _last = now;
        _givenToNic = _onWire = Instant.Never;
        Array.Clear(_passed);
    }

    /// <summary>A segment has been passed: the time since the one before is its.</summary>
    public void Passed(TransmissionSegment segment, Instant now)
    {
        if (!_active)
            return;
        _passed[(int)segment] += now - _last;
        _last = now;
        if (segment != TransmissionSegment.Driver)
            return;
        _frames++;
        _givenToNic = now;
    }

    /// <summary>The network card begins to send a frame.</summary>
    public void FrameStarted(Instant now)
    {
        if (_active && _givenToNic != Instant.Never && now == _givenToNic + nicLatency)
            _onWire = now;
    }

    /// <summary>Control is back in the VMM.</summary>
    /// <param name="now">The present instant.</param>
    /// <param name="interrupts">How many interrupts the processor has taken so far.</param>
    public void End(Instant now, long interrupts)
    {
        if (_active && _frames == 1 && _onWire != Instant.Never && interrupts == _interrupts)
            Record(now);
        _active = false;
    }

    private void Record(Instant now)
    {
        for (var i = 0; i < Segments; i++)
            BySegment[i].Record(_passed[i]);
        var total = now - _begin;
        var switchesAndHost = total - _passed[(int)TransmissionSegment.Vmm];
        var transmitting = _passed[(int)TransmissionSegment.VmNet] + _passed[(int)TransmissionSegment.Driver];
        ToWire.Record(_onWire - _begin);
        Total.Record(total);
        SwitchesAndHost.Record(switchesAndHost);
        Transmitting.Record(transmitting);
        Overhead.Record(switchesAndHost - transmitting);
    }
}
