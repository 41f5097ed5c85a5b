using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Network;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>nettest's sending end (paper, section 3): connects, sends a number of bytes in <c>send()</c>s of a chunk each, closes.</summary>
public sealed class NettestSender : UserProgram
{
    private readonly Settings _settings;
    private readonly NettestPattern _pattern;
    private Socket? _socket;
    private long _sent;

    private NettestSender(Lane lane, Settings settings, ProgramEnvironment environment)
        : base(lane, environment)
    {
        _settings = settings;
        _pattern = new NettestPattern(settings.Seed, settings.ChunkBytes);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="Receiver">Where the other end listens.</param>
    /// <param name="Port">On which port.</param>
    /// <param name="Start">When it starts, after boot.</param>
    /// <param name="Bytes">How much it sends.</param>
    /// <param name="ChunkBytes">How much with each <c>send()</c>.</param>
    /// <param name="Seed">The experiment's seed, which makes the payload.</param>
    public sealed record Settings(Ipv4Address Receiver, ushort Port, Instant Start, long Bytes, int ChunkBytes, long Seed);

    /// <summary>The program, as a process.</summary>
    public static Props Props(Lane lane, Settings settings, ProgramEnvironment environment) =>
        lane.Props(() => new NettestSender(lane, settings, environment));

    /// <inheritdoc/>
    protected override void OnReceive(object message) => throw new InvalidOperationException($"nettest was not started, but told {message}");

    /// <inheritdoc/>
    protected override void PreStart() => Become(Waiting);

    private void Waiting(object message)
    {
        switch (message)
        {
            case SystemCall.Started:
                Become(Connecting);
                Call(new SystemCall.Sleep(_settings.Start));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Connecting(object message)
    {
        switch (message)
        {
            case SystemCall.Returned:
                Call(new SystemCall.Connect(_settings.Receiver, _settings.Port));
                break;
            case SystemCall.Connected { Socket: { } socket }:
                _socket = socket;
                Reach(Milestone.MeasurementStarted);
                Become(Sending);
                SendChunk();
                break;
            case SystemCall.Connected refused:
                FailAt(refused.Error);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Sending(object message)
    {
        switch (message)
        {
            case SystemCall.Returned { Error: { } error }:
                FailAt(error);
                break;
            case SystemCall.Returned returned:
                _sent += returned.Result;
                SendChunk();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void SendChunk()
    {
        var left = _settings.Bytes - _sent;
        if (left == 0)
        {
            CloseAndFinish(_socket!);
            return;
        }

        var chunk = _pattern.Chunk;
        Call(new SystemCall.Send(_socket!, left < chunk.Length ? chunk[..(int)left] : chunk));
    }

    private void FailAt(string? error) => Fail($"nettest's sender failed after {_sent} of {_settings.Bytes} bytes: {error}");
}
