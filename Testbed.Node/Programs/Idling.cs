using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>A program that does nothing for a while: what the processor does meanwhile, others make it do.</summary>
public sealed class Idling : UserProgram
{
    private readonly Settings _settings;

    private Idling(Lane lane, Settings settings, ProgramEnvironment environment)
        : base(lane, environment) => _settings = settings;

    /// <summary>What it is told to do.</summary>
    /// <param name="Start">When the while begins, after boot.</param>
    /// <param name="Length">How long it is.</param>
    public sealed record Settings(Instant Start, Duration Length);

    /// <summary>The program, as a process.</summary>
    public static Props Props(Lane lane, Settings settings, ProgramEnvironment environment) =>
        lane.Props(() => new Idling(lane, settings, environment));

    /// <inheritdoc/>
    protected override void OnReceive(object message) => throw new InvalidOperationException($"the idle program was not started, but told {message}");

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
                Reach(Milestone.MeasurementStarted);
                Become(Idle);
                Call(new SystemCall.Sleep(Now + _settings.Length));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Idle(object message)
    {
        switch (message)
        {
            case SystemCall.Returned:
                Reach(Milestone.MeasurementEnded);
                Finish();
                break;
            default:
                Unhandled(message);
                break;
        }
    }
}
