using Akka.Actor;
using Testbed.Node.Cable;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Both PCs of an experiment on one timeline, the cable between them a local one.</summary>
public sealed class OneProcessRun
{
    private readonly Timeline _timeline;
    private readonly ExperimentSettings _experiment;

    /// <summary>Builds both PCs, ready to run.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="experiment">The experiment.</param>
    /// <param name="recording">What is to be recorded; null for nothing.</param>
    /// <param name="fit">Called for each PC before its actors are made: fits it with parts of one's own.</param>
    public OneProcessRun(ActorSystem system, ExperimentSettings experiment, RecordingSettings? recording = null, Action<PcParts>? fit = null)
    {
        _experiment = experiment;
        _timeline = new Timeline(system);
        Sender = new PcParts(_timeline.AddLane(experiment.Sender.Name), experiment, Role.Sender, recording);
        Receiver = new PcParts(_timeline.AddLane(experiment.Receiver.Name), experiment, Role.Receiver, recording);
        fit?.Invoke(Sender);
        fit?.Invoke(Receiver);
        var toReceiver = new CableInlet(_timeline, (int)Role.Sender) { Counters = Receiver.Cable };
        var toSender = new CableInlet(_timeline, (int)Role.Receiver) { Counters = Sender.Cable };
        _timeline.StopAt(experiment.VirtualLimit, experiment.LimitReason);
        _timeline.Root(Pc.Props(Sender, experiment, Role.Sender, toSender, toReceiver), Sender.Lane.Name);
        _timeline.Root(Pc.Props(Receiver, experiment, Role.Receiver, toReceiver, toSender), Receiver.Lane.Name);
    }

    /// <summary>The sending PC.</summary>
    public PcParts Sender { get; }

    /// <summary>The receiving PC.</summary>
    public PcParts Receiver { get; }

    /// <summary>How far it has come; any thread.</summary>
    public RunProgress Progress => new(_timeline.Now, Sender.Nettest.Bytes + Receiver.Nettest.Bytes);

    /// <summary>How many events have happened.</summary>
    public long EventCount => _timeline.EventCount;

    /// <summary>Runs the experiment to its end on the calling thread.</summary>
    /// <returns>Null at its end; else the reason why it stopped before.</returns>
    public string? Run() => _timeline.Run();

    /// <summary>What it came to, when <see cref="Run"/> has returned <paramref name="failure"/>.</summary>
    public (PcOutcome Sender, PcOutcome Receiver) Outcomes(string? failure) => (
        PcReporter.Outcome(_experiment, Role.Sender, Sender, _timeline.Now, sync: null, failure),
        PcReporter.Outcome(_experiment, Role.Receiver, Receiver, _timeline.Now, sync: null, failure));

    /// <summary>Stops a run under way; any thread.</summary>
    public void Stop(string reason) => _timeline.Stop(reason);
}
