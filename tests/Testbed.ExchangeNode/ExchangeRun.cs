using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Google.Protobuf;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Node.Time;
using Testbed.Protocol;

namespace Testbed.ExchangeNode;

/// <summary>
/// A PC without a model: the sender keeps so many batches under way, and sends another for each answer; the receiver answers. As a real one, on the
/// thread that brings batches. Checks every frame, and times the rounds.
/// </summary>
public sealed class ExchangeRun(ExchangeSettings settings, Role role, ICableLink link) : IPcRun
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource<PcOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Queue<long> _underWay = new();
    private readonly List<double> _roundTripsUs = [];
    private bool _isOver;
    private long _started;
    private long _ended;
    private long _sent;
    private long _rounds;

    /// <inheritdoc/>
    public RunProgress Progress
    {
        get
        {
            var rounds = Interlocked.Read(ref _rounds);
            return new RunProgress(new Instant(rounds * 1000), role == Role.Receiver ? rounds * settings.FrameBytes : 0);
        }
    }

    /// <inheritdoc/>
    public Task<PcOutcome> Completion => _completion.Task;

    /// <summary>The factory of these PCs.</summary>
    public static IPcRun Create(
        ActorSystem system, ResolvedExperiment experiment, Role role, ICableLink link, RecordingSettings? recording) =>
        new ExchangeRun(ExchangeSettings.Of(experiment), role, link);

    /// <inheritdoc/>
    public void Start() => Do(() =>
    {
        _started = Stopwatch.GetTimestamp();
        if (role == Role.Sender)
        {
            while (_sent < settings.Window && HasMoreToSend)
                Send();
        }
    });

    /// <inheritdoc/>
    public void Receive(CableBatch batch) => Do(() =>
    {
        var round = _rounds + 1;
        var frame = batch.Announcements[0].Frame;
        if (batch.Announcements[0].Number != round || frame.Length != settings.FrameBytes || frame[^1] != (byte)round)
            throw new InvalidOperationException($"round {round} did not bring what was sent");
        if (role == Role.Sender)
            _roundTripsUs.Add(Stopwatch.GetElapsedTime(_underWay.Dequeue()).TotalMicroseconds);
        Interlocked.Exchange(ref _rounds, round);
        if (HasMoreToSend)
            Send();
        if (round == settings.Rounds)
            End(null);
    });

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        if (!settings.Deaf)
            Do(() => End(reason));
    }

    private bool HasMoreToSend => settings.Rounds == 0 || _sent < settings.Rounds;

    private void Do(Action step)
    {
        lock (_gate)
        {
            if (_isOver)
                return;
            try
            {
                step();
            }
            catch (Exception e)
            {
                End(e.Message);
            }
        }
    }

    private void Send()
    {
        var round = _sent + 1;
        if (round == settings.FailAt && role == Role.Sender)
            throw new InvalidOperationException($"told to fail in round {round}");
        _sent = round;
        if (role == Role.Sender)
            _underWay.Enqueue(Stopwatch.GetTimestamp());
        link.Send(Batch(round));
    }

    private void End(string? failure)
    {
        _isOver = true;
        _ended = Stopwatch.GetTimestamp();
        _roundTripsUs.Sort();
        var rounds = Interlocked.Read(ref _rounds);
        var seconds = Stopwatch.GetElapsedTime(_started, _ended).TotalSeconds;
        _completion.SetResult(new PcOutcome(
            failure,
            string.Create(CultureInfo.InvariantCulture, $$"""{"rounds":{{rounds}}}"""),
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"medianRoundTripUs":{{At(0.5):0.0}},"p99RoundTripUs":{{At(0.99):0.0}},"roundTripsPerSecond":{{rounds / seconds:0}}}""")));
    }

    private double At(double share) => _roundTripsUs.Count == 0 ? 0 : _roundTripsUs[(int)(share * (_roundTripsUs.Count - 1))];

    private CableBatch Batch(long round)
    {
        var frame = new byte[settings.FrameBytes];
        frame.AsSpan().Fill((byte)round);
        return new CableBatch
        {
            Announcements = { new Announcement { Number = round, ArrivalNs = round * 1000, Frame = UnsafeByteOperations.UnsafeWrap(frame) } },
            ProcessedThroughNs = round * 1000,
        };
    }
}
