using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>A program that only computes (paper, section 1: at nearly native speed in a virtual machine), and takes the time that it took.</summary>
public sealed class Computation : UserProgram
{
    private readonly Settings _settings;
    private readonly ComputationTime _time;
    private Instant _begun;

    private Computation(Lane lane, Settings settings, ProgramEnvironment environment, ComputationTime time)
        : base(lane, environment) => (_settings, _time) = (settings, time);

    /// <summary>What it is told to do.</summary>
    /// <param name="Start">When it starts, after boot.</param>
    /// <param name="WorkNs">How much it computes: nanoseconds at the cost table's reference clock.</param>
    public sealed record Settings(Instant Start, long WorkNs);

    /// <summary>The program, as a process.</summary>
    public static Props Props(Lane lane, Settings settings, ProgramEnvironment environment, ComputationTime time) =>
        lane.Props(() => new Computation(lane, settings, environment, time));

    /// <inheritdoc/>
    protected override void OnReceive(object message) => throw new InvalidOperationException($"the computation was not started, but told {message}");

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
                _begun = Now;
                _time.WorkNs = _settings.WorkNs;
                Reach(Milestone.MeasurementStarted);
                Become(Computing);
                Call(new SystemCall.Compute(_settings.WorkNs));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Computing(object message)
    {
        switch (message)
        {
            case SystemCall.Returned:
                _time.Elapsed = Now - _begun;
                Reach(Milestone.MeasurementEnded);
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}

/// <summary>What a computation took.</summary>
public sealed class ComputationTime
{
    /// <summary>How much was computed: nanoseconds at the cost table's reference clock.</summary>
    public long WorkNs { get; internal set; }

    /// <summary>From its beginning to its end; null before that.</summary>
    public Duration? Elapsed { get; internal set; }
}
