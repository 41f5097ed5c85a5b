using Akka.Actor;
using BenchmarkDotNet.Attributes;
using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Bench.Micro;

/// <summary>Virtual time: what a message, an event and a slice of the processor take.</summary>
[MemoryDiagnoser]
public class TimelineBenchmarks
{
    private const int Times = 100_000;

    private ActorSystem _system = null!;
    private int _runs;

    [GlobalSetup]
    public void Start() => _system = ActorSystem.Create("bench", "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");

    [GlobalCleanup]
    public void Stop() => _system.Terminate().Wait();

    /// <summary>A message from one model actor to another, at one instant.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public void Tell()
    {
        var timeline = NewTimeline(out var lane);
        var first = timeline.Root(lane.Props(() => new Relay(lane)), $"a-{_runs}");
        var second = timeline.Root(lane.Props(() => new Relay(lane)), $"b-{_runs}");
        first.Tell(second);
        second.Tell(first);
        first.Tell(Times);
        timeline.Run();
        Stop(first, second);
    }

    /// <summary>An event that an actor schedules for itself, and takes when its instant comes.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public void QueuedEvent()
    {
        var timeline = NewTimeline(out var lane);
        var actor = timeline.Root(lane.Props(() => new Ticker(lane)), $"t-{_runs}");
        actor.Tell(Times);
        timeline.Run();
        Stop(actor);
    }

    /// <summary>A slice of the processor: cost drawn, booked in the ledger, digested, and its continuation delivered.</summary>
    [Benchmark(OperationsPerInvoke = Times)]
    public void ProcessorSlice()
    {
        var timeline = NewTimeline(out var lane);
        var costs = new Dictionary<(World, string), Cost> { [(World.Host, "work")] = new(3_000_000, 0) };
        var processor = new Processor(lane, new CostTable(costs, 150_000, 1), new Ledger(Duration.FromMilliseconds(1)), new InterruptPin());
        var actor = timeline.Root(lane.Props(() => new Worker(lane, processor)), $"w-{_runs}");
        actor.Tell(Times);
        timeline.Run();
        Stop(actor);
    }

    private Timeline NewTimeline(out Lane lane)
    {
        var timeline = new Timeline(_system, $"timeline-{++_runs}");
        lane = timeline.AddLane("lane");
        return timeline;
    }

    private void Stop(params ReadOnlySpan<IActorRef> actors)
    {
        foreach (var actor in actors)
            _system.Stop(actor);
    }

    private sealed class Relay(Lane lane) : ModelActor(lane)
    {
        private IActorRef _other = ActorRefs.Nobody;

        // The one that was told how often counts; the other answers as long as it is asked.
        private int _left = -1;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case IActorRef other:
                    _other = other;
                    break;
                case int times:
                    _left = times / 2;
                    _other.Tell(this, Self);
                    break;
                default:
                    if (_left-- != 0)
                        _other.Tell(this, Self);
                    break;
            }
        }
    }

    private sealed class Ticker(Lane lane) : ModelActor(lane)
    {
        private int _left;

        protected override void OnReceive(object message)
        {
            if (message is int times)
                _left = times;
            if (_left-- > 0)
                Schedule(Now + new Duration(1_000), this);
        }
    }

    private sealed class Worker : ModelActor
    {
        private readonly Processor _processor;
        private readonly Activity _work;
        private readonly Continuation _next;
        private int _left;

        public Worker(Lane lane, Processor processor)
            : base(lane)
        {
            (_processor, _work) = (processor, processor.Activity(World.Host, "work"));
            _next = Then(Next);
        }

        protected override void OnReceive(object message)
        {
            _left = (int)message;
            Next();
        }

        private void Next()
        {
            if (_left-- > 0)
                _processor.Execute(_work, _next);
        }
    }
}
