using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>How far nettest's receiving end has come. Read by other threads, to show progress.</summary>
public sealed class NettestProgress
{
    private long _bytes;

    /// <summary>Payload bytes received.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        internal set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Whether all that the program does until the end of the stream is to read from it.</summary>
    public bool OnlyReads { get; internal set; }

    /// <summary>Whether every byte so far was the one sent.</summary>
    public bool Verified { get; internal set; } = true;
}

/// <summary>nettest's receiving end (paper, section 3): accepts, receives with <c>recv()</c>s of a chunk each, checks every byte, discards it.</summary>
public sealed class NettestReceiver : UserProgram
{
    private readonly Settings _settings;
    private readonly NettestProgress _progress;
    private readonly NettestPattern _pattern;
    private readonly byte[] _buffer;
    private Socket? _socket;

    private NettestReceiver(Lane lane, Settings settings, ProgramEnvironment environment, NettestProgress progress)
        : base(lane, environment)
    {
        (_settings, _progress) = (settings, progress);
        _pattern = new NettestPattern(settings.Seed, settings.ChunkBytes);
        _buffer = new byte[settings.ChunkBytes];
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="Port">Where it listens.</param>
    /// <param name="Bytes">How much it expects.</param>
    /// <param name="ChunkBytes">How much with each <c>recv()</c>.</param>
    /// <param name="Seed">The experiment's seed, which makes the payload.</param>
    public sealed record Settings(ushort Port, long Bytes, int ChunkBytes, long Seed);

    /// <summary>The program, as a process.</summary>
    public static Props Props(Lane lane, Settings settings, ProgramEnvironment environment, NettestProgress progress) =>
        lane.Props(() => new NettestReceiver(lane, settings, environment, progress));

    /// <inheritdoc/>
    protected override void OnReceive(object message) => throw new InvalidOperationException($"nettest was not started, but told {message}");

    /// <inheritdoc/>
    protected override void PreStart() => Become(Listening);

    private void Listening(object message)
    {
        switch (message)
        {
            case SystemCall.Started:
                Call(new SystemCall.Listen(_settings.Port));
                break;
            case SystemCall.Returned { Error: { } error }:
                FailAt(error);
                break;
            case SystemCall.Returned:
                Call(new SystemCall.Accept());
                break;
            case SystemCall.Connected { Socket: { } socket }:
                _socket = socket;
                _progress.OnlyReads = true;
                Become(Receiving);
                Receive();
                break;
            case SystemCall.Connected refused:
                FailAt(refused.Error);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Receiving(object message)
    {
        switch (message)
        {
            case SystemCall.Returned { Error: { } error }:
                _progress.OnlyReads = false;
                FailAt(error);
                break;
            case SystemCall.Returned { Result: 0 } when _progress.Bytes < _settings.Bytes:
                FailAt("the sender closed the connection early");
                break;
            case SystemCall.Returned { Result: 0 }:
                _progress.OnlyReads = false;
                CloseAndFinish(_socket!);
                break;
            case SystemCall.Returned returned:
                Take(_buffer.AsSpan(0, returned.Result));
                Receive();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        if (_progress.Bytes + bytes.Length > _settings.Bytes || !_pattern.Matches(_progress.Bytes, bytes))
            _progress.Verified = false;
        _progress.Bytes += bytes.Length;
        if (_progress.Bytes == _settings.Bytes)
            Reach(Milestone.MeasurementEnded);
    }

    private void Receive() => Call(new SystemCall.Receive(_socket!, _buffer));

    private void FailAt(string? error) => Fail($"nettest's receiver failed after {_progress.Bytes} of {_settings.Bytes} bytes: {error}");
}
