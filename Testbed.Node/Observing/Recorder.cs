using Google.Protobuf;
using Testbed.Node.Faults;
using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Observing;

/// <summary>Records what a PC's observer is told, as far as it was asked for.</summary>
public sealed class Recorder : IObserver
{
    private readonly Lane _lane;
    private readonly RecordingSettings _settings;
    private readonly CaptureWriter? _host;
    private readonly CaptureWriter? _guest;
    private readonly TraceWriter? _trace;
    private readonly PacketFollower _follower = new();
    private readonly TimelineRecorder? _timeline;
    private bool _lastSpanIsCovered;
    private long _sent;
    private long _received;

    /// <summary>A recorder of one PC.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What is to be recorded.</param>
    /// <param name="nic">The physical network card's address.</param>
    /// <param name="bitsPerSecond">The wire's rate.</param>
    /// <param name="lance">The virtual network card's address; null if there is none.</param>
    public Recorder(Lane lane, RecordingSettings settings, MacAddress nic, long bitsPerSecond, MacAddress? lance)
    {
        (_lane, _settings) = (lane, settings);
        if (settings.Captures)
        {
            _host = new CaptureWriter(
                $"{lane.Name} host", $"The Intel EtherExpress of {lane.Name}, at its connector", nic, bitsPerSecond, hasFcs: true);
            if (lance is { } address)
            {
                _guest = new CaptureWriter(
                    $"{lane.Name} guest", $"The virtual AMD Lance of VM/{lane.Name}", address, bitsPerSecond: null, hasFcs: false);
            }
        }

        _trace = settings.Trace ? new TraceWriter() : null;
        _timeline = settings.TimelineBin is { } bin ? new TimelineRecorder(bin) : null;
    }

    /// <inheritdoc/>
    public void Spent(string name, Instant from, Instant to)
    {
        if (name == Ledger.Idle)
            _timeline?.Idle(from, to);
        else if (IsFault(name))
            _timeline?.AtWork(from, to);
        _lastSpanIsCovered = _settings.Covers(from);
        if (from < to && _lastSpanIsCovered)
            _trace?.Span(name, from, to);
    }

    /// <inheritdoc/>
    public void Happened(string name, long detail)
    {
        var now = _lane.Now;
        if (name is not (UserProgram.Sent or UserProgram.Received))
        {
            if (IsFault(name))
                _timeline?.Struck(now);
            if (_settings.Covers(now))
                _trace?.Event(name, now, detail);
            return;
        }

        var isReceived = name == UserProgram.Received;
        var total = isReceived ? _received += detail : _sent += detail;
        if (isReceived)
            _timeline?.Received(now, detail);

        // It belongs to the call that has just been told.
        if (_lastSpanIsCovered)
            _trace?.Transfer(name, now, detail, total);
    }

    /// <inheritdoc/>
    public void Passed(string name, ReadOnlyMemory<byte> frame)
    {
        var now = _lane.Now;
        var covered = _settings.Covers(now);
        if (covered)
            CaptureAt(name)?.Add(now, frame.Span);
        if (_trace is null)
            return;

        // A beginning of a stream counts although it lies before the window; one that may be wrong does not.
        var isGood = name != Observed.NicReceived || EthernetFrame.VerifyFcs(frame.Span);
        FollowedPacket? followed = isGood && _follower.TryFollow(frame.Span, out var packet) ? packet : null;
        if (covered)
            _trace.Pass(name, now, frame.Length, followed);
    }

    /// <summary>The recording, when the PC has stopped.</summary>
    public Recording Close(Instant end)
    {
        var parts = new List<RecordedPart>();
        AddCapture(RecordingPart.HostCapture, _host);
        AddCapture(RecordingPart.GuestCapture, _guest);
        if (_trace is not null)
        {
            var (bytes, extent) = _trace.Close();
            parts.Add(new(RecordingPart.Trace, bytes, extent));
        }

        if (_timeline is not null)
        {
            var (share, extent) = _timeline.Close(end);
            parts.Add(new(RecordingPart.Timeline, share.ToByteArray(), extent));
        }

        return new Recording(parts);

        void AddCapture(RecordingPart part, CaptureWriter? capture)
        {
            if (capture is null)
                return;
            var (file, extent) = capture.Close(Instant.Min(_settings.From, end), Instant.Min(_settings.Until, end));
            parts.Add(new(part, file, extent));
        }
    }

    private static bool IsFault(string name) => name.StartsWith(FaultAccount.ObservedPrefix, StringComparison.Ordinal);

    private CaptureWriter? CaptureAt(string point) => point switch
    {
        Observed.NicSent or Observed.NicReceived => _host,
        Observed.LanceSent or Observed.LanceReceived => _guest,
        _ => null,
    };
}
