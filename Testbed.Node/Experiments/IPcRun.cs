using Akka.Actor;
using Testbed.Node.Configuration;
using Testbed.Node.Observing;
using Testbed.Node.Results;
using Testbed.Protocol;

namespace Testbed.Node.Experiments;

/// <summary>The way to the other PC's process: carries batches in order, or ends the run. Thread-safe.</summary>
public interface ICableLink
{
    /// <summary>Hands a batch to the peer's process. Never blocks.</summary>
    void Send(CableBatch batch);
}

/// <summary>One PC of a two-process run.</summary>
public interface IPcRun
{
    /// <summary>Builds the PC and starts its timeline; it runs as far as the peer's reports allow.</summary>
    void Start();

    /// <summary>A batch from the peer, in order. Called from the link's thread, which may also run what the batch admits.</summary>
    void Receive(CableBatch batch);

    /// <summary>Ends the run early, from any thread: the outcome becomes a failure with this reason, partial figures kept.</summary>
    void Abort(string reason);

    /// <summary>How far it has come. Any thread.</summary>
    RunProgress Progress { get; }

    /// <summary>Completes, never faults, when the PC has stopped: at the experiment's end, on failure or on <see cref="Abort"/>.</summary>
    Task<PcOutcome> Completion { get; }
}

/// <summary>
/// Makes the PC that plays <paramref name="role"/> in <paramref name="experiment"/> of actors of <paramref name="system"/>, joined to the
/// peer by <paramref name="link"/>; with what <paramref name="recording"/> asks for, if it asks for anything.
/// </summary>
public delegate IPcRun PcRunFactory(
    ActorSystem system, ResolvedExperiment experiment, Role role, ICableLink link, RecordingSettings? recording);
