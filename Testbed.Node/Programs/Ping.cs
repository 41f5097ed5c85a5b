using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>ping: sends ICMP echo requests at an even interval and takes the time until each is answered.</summary>
public sealed class Ping : UserProgram
{
    private const ushort Identifier = 350;
    private readonly Settings _settings;
    private readonly PingTimes _times;
    private readonly byte[] _payload;
    private ushort _sequence;
    private Instant _sentAt;

    private Ping(Lane lane, Settings settings, ProgramEnvironment environment, PingTimes times)
        : base(lane, environment)
    {
        (_settings, _times) = (settings, times);
        _payload = new NettestPattern(settings.Seed, Math.Max(1, settings.PayloadBytes)).Chunk[..settings.PayloadBytes].ToArray();
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="Target">Whom to ask.</param>
    /// <param name="Start">When it starts, after boot.</param>
    /// <param name="Count">How many requests.</param>
    /// <param name="Interval">From one request to the next, and how long an answer may take.</param>
    /// <param name="PayloadBytes">Bytes in each.</param>
    /// <param name="Seed">The experiment's seed, which makes the payload.</param>
    public sealed record Settings(Ipv4Address Target, Instant Start, int Count, Duration Interval, int PayloadBytes, long Seed);

    /// <summary>The program, as a process.</summary>
    public static Props Props(Lane lane, Settings settings, ProgramEnvironment environment, PingTimes times) =>
        lane.Props(() => new Ping(lane, settings, environment, times));

    /// <inheritdoc/>
    protected override void OnReceive(object message) => throw new InvalidOperationException($"ping was not started, but told {message}");

    /// <inheritdoc/>
    protected override void PreStart() => Become(Waiting);

    private void Waiting(object message)
    {
        switch (message)
        {
            case SystemCall.Started:
                Call(new SystemCall.Sleep(_settings.Start));
                break;
            case SystemCall.Returned:
                if (_sequence == 0)
                    Reach(Milestone.MeasurementStarted);
                Become(Asking);
                _sentAt = Now;
                Call(new SystemCall.SendEcho(_settings.Target, Identifier, ++_sequence, _payload));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Asking(object message)
    {
        switch (message)
        {
            case SystemCall.Returned:
                Call(new SystemCall.ReceiveEcho(Identifier, _sentAt + _settings.Interval));
                break;
            case SystemCall.EchoReceived { Reply: { } reply } when reply.Sequence != _sequence:
                // The answer to an earlier request, too late to count.
                Call(new SystemCall.ReceiveEcho(Identifier, _sentAt + _settings.Interval));
                break;
            case SystemCall.EchoReceived received:
                Take(received.Reply);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Take(EchoReply? reply)
    {
        _times.Sent++;
        if (reply is { } answered)
        {
            _times.Verified &= answered.Payload.Span.SequenceEqual(_payload);
            _times.RoundTrips.Add(Now - _sentAt);
        }

        if (_sequence == _settings.Count)
        {
            Reach(Milestone.MeasurementEnded);
            Finish();
            return;
        }

        Become(Waiting);
        Call(new SystemCall.Sleep(_sentAt + _settings.Interval));
    }
}

/// <summary>What ping found.</summary>
public sealed class PingTimes
{
    /// <summary>Requests sent whose answer came or whose time is over.</summary>
    public int Sent { get; internal set; }

    /// <summary>Whether every answer carried the request's payload.</summary>
    public bool Verified { get; internal set; } = true;

    /// <summary>From the system call that sent each answered request to the one that returned its answer.</summary>
    public IList<Duration> RoundTrips { get; } = [];
}
