using Akka.Actor;
using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>
/// Another process of a host, which is no part of the experiment but wants the processor too: computes without end, or in bursts with pauses between
/// them (paper, section 1: the host schedules VMApp like any process).
/// </summary>
public sealed class CompetingProcess : ModelActor
{
    /// <summary>One that never pauses computes so much at a call: nobody sees where one call ends.</summary>
    private const long EndlessWorkNs = 1_000_000_000;

    /// <summary>One that ends looks at the clock this often.</summary>
    private const long LongestWorkNs = 1_000_000;

    /// <summary>When it begins: the experiment's own programs have been started by then.</summary>
    private static readonly Instant Start = Instant.Zero + Duration.FromMilliseconds(20);

    private readonly Settings _settings;
    private readonly RandomStream _lengths;
    private readonly IActorRef _kernel;
    private bool _computing;
    private long _left;

    private CompetingProcess(Lane lane, Settings settings, RandomStream lengths, IActorRef kernel)
        : base(lane) => (_settings, _lengths, _kernel) = (settings, lengths, kernel);

    /// <summary>What it is told to do.</summary>
    /// <param name="BurstNs">How much it computes on average before it pauses: nanoseconds at the cost table's reference clock.</param>
    /// <param name="Pause">How long it sleeps then on average; zero if it never does.</param>
    public sealed record Settings(long BurstNs, Duration Pause)
    {
        /// <summary>It ends at its first look at the clock from this instant on.</summary>
        public Instant Until { get; init; } = Instant.Never;
    }

    /// <summary>The program, as a process.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="lengths">Where the lengths of its bursts and pauses come from, each even between half and one and a half times its average.</param>
    /// <param name="kernel">The host's kernel.</param>
    public static Props Props(Lane lane, Settings settings, RandomStream lengths, IActorRef kernel) =>
        lane.Props(() => new CompetingProcess(lane, settings, lengths, kernel));

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SystemCall.Returned when Now >= _settings.Until:
                _kernel.Tell(new SystemCall.Exit());
                break;
            case SystemCall.Returned when _left > 0:
                Compute(_left);
                break;
            case SystemCall.Returned when _computing && _settings.Pause > Duration.Zero:
                _computing = false;
                _kernel.Tell(new SystemCall.Sleep(Now + new Duration(About(_settings.Pause.Nanoseconds))));
                break;
            case SystemCall.Started:
                _kernel.Tell(new SystemCall.Sleep(Start));
                break;
            case SystemCall.Returned:
                _computing = true;
                Compute(_settings.Pause > Duration.Zero ? About(_settings.BurstNs) : EndlessWorkNs);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Compute(long workNs)
    {
        var now = _settings.Until == Instant.Never ? workNs : Math.Min(workNs, LongestWorkNs);
        _left = workNs - now;
        _kernel.Tell(new SystemCall.Compute(now));
    }

    private long About(long mean) => (mean / 2) + _lengths.Below(mean + 1);
}
