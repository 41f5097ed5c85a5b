using System.Collections.Concurrent;
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
/// A PC without a model: the sender sends a batch and waits for the answer, so many times; the receiver answers. On a loop thread of its
/// own, as a real one. Checks every frame, and times the rounds.
/// </summary>
public sealed class ExchangeRun(ExchangeSettings settings, Role role, ICableLink link) : IPcRun
{
    private readonly BlockingCollection<CableBatch> _inbox = [];
    private readonly TaskCompletionSource<PcOutcome> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<double> _roundTripsUs = [];
    private volatile string? _aborted;
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
    public void Start() => new Thread(Loop) { IsBackground = true, Name = $"exchange {role}" }.Start();

    /// <inheritdoc/>
    public void Receive(CableBatch batch) => _inbox.Add(batch);

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        if (settings.Deaf)
            return;
        _aborted ??= reason;
        _inbox.CompleteAdding();
    }

    private void Loop()
    {
        string? failure = null;
        try
        {
            for (var round = 1L; settings.Rounds == 0 || round <= settings.Rounds; round++)
            {
                if (round == settings.FailAt && role == Role.Sender)
                    throw new InvalidOperationException($"told to fail in round {round}");
                Exchange(round);
                Interlocked.Exchange(ref _rounds, round);
            }
        }
        catch (Exception e)
        {
            failure = _aborted ?? e.Message;
        }

        var rounds = Interlocked.Read(ref _rounds);
        _completion.SetResult(new PcOutcome(
            failure,
            string.Create(CultureInfo.InvariantCulture, $$"""{"rounds":{{rounds}}}"""),
            string.Create(CultureInfo.InvariantCulture, $$"""{"medianRoundTripUs":{{Median():0.0}}}""")));
    }

    private void Exchange(long round)
    {
        var start = Stopwatch.GetTimestamp();
        if (role == Role.Sender)
            link.Send(Batch(round));
        var batch = _inbox.Take();
        var frame = batch.Announcements[0].Frame;
        if (batch.Announcements[0].Number != round || frame.Length != settings.FrameBytes || frame[^1] != (byte)round)
            throw new InvalidOperationException($"round {round} did not bring what was sent");
        if (role == Role.Receiver)
            link.Send(Batch(round));
        else
            _roundTripsUs.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
    }

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

    private double Median()
    {
        if (_roundTripsUs.Count == 0)
            return 0;
        _roundTripsUs.Sort();
        return _roundTripsUs[_roundTripsUs.Count / 2];
    }
}
