using Akka.Actor;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Protocol;

namespace Testbed.Tests.Experiments;

/// <summary>Runs experiments of the real configuration, in one process or on two timelines of it.</summary>
internal static class Experiment
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The settings of an experiment.</summary>
    public static ExperimentSettings Settings(string name, params string[] sets)
    {
        var resolver = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All);
        return ExperimentSettings.Read(SettingsReader.Of(resolver.Resolve(name, sets)));
    }

    /// <summary>Both PCs on one timeline.</summary>
    public static (PcReport Sender, PcReport Receiver, string? Failure) OnOneTimeline(ExperimentSettings settings)
    {
        using var system = System();
        var run = new OneProcessRun(system, settings);
        var failure = run.Run();
        var (sender, receiver) = run.Outcomes(failure);
        return (PcReport.Parse(sender.DeterministicJson), PcReport.Parse(receiver.DeterministicJson), failure);
    }

    /// <summary>Each PC on a timeline of its own, joined by links that hold every batch up by <paramref name="delay"/>.</summary>
    public static async Task<(PcOutcome Sender, PcOutcome Receiver)> OnTwoTimelinesAsync(
        ExperimentSettings settings, Func<TimeSpan>? delay = null, RecordingSettings? recording = null)
    {
        using var system = System();
        var toReceiver = new Link(delay);
        var toSender = new Link(delay);
        var sender = new PcRun(system, "sender", settings, Role.Sender, toReceiver, recording);
        var receiver = new PcRun(system, "receiver", settings, Role.Receiver, toSender, recording);
        toReceiver.Peer = receiver;
        toSender.Peer = sender;
        sender.Start();
        receiver.Start();
        await Task.WhenAny(sender.Completion, receiver.Completion).WaitAsync(Patience);

        // One that has failed leaves the other waiting for it.
        if (sender.Completion is { IsCompleted: true, Result: { Failure: not null, RanOut: false } or { Defect: not null } })
            receiver.Abort("the sender failed");
        else if (receiver.Completion is { IsCompleted: true, Result: { Failure: not null, RanOut: false } or { Defect: not null } })
            sender.Abort("the receiver failed");
        return (await sender.Completion.WaitAsync(Patience), await receiver.Completion.WaitAsync(Patience));
    }

    /// <summary>A PC on a timeline of its own came to what it came to on one; if that failed, it may have too.</summary>
    /// <param name="expected">On one timeline.</param>
    /// <param name="actual">On one of two.</param>
    /// <param name="what">What replays it, such as the seed.</param>
    /// <param name="failure">Why the run on one timeline failed, if it did.</param>
    public static void AssertSame(PcReport expected, PcOutcome actual, string what, string? failure = null)
    {
        Assert.True(actual.Failure is null || failure is not null, $"{what}: {actual.Failure}");
        var json = expected.ToJson();
        Assert.True(json == actual.DeterministicJson, $"{what}: {expected.Pc} differs\n{json}\n{actual.DeterministicJson}");
    }

    /// <summary>An actor system that says nothing.</summary>
    public static ActorSystem System() => ActorSystem.Create("test", "akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }");

    private sealed class Link(Func<TimeSpan>? delay) : ICableLink
    {
        private readonly Lock _lock = new();
        private Task _last = Task.CompletedTask;

        public PcRun? Peer { get; set; }

        public void Send(CableBatch batch)
        {
            if (delay is null)
            {
                Peer!.Receive(batch);
                return;
            }

            lock (_lock)
            {
                var after = _last;
                var wait = delay();
                _last = Task.Run(async () =>
                {
                    await after;
                    await Task.Delay(wait);
                    Peer!.Receive(batch);
                });
            }
        }
    }
}
