using Akka.Actor;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Node.Observing;

namespace Testbed.Node;

/// <summary>The PCs that a node hosts, one after another.</summary>
public static class PcRuns
{
    private static int _made;

    /// <summary>Makes the PC that plays a role in an experiment.</summary>
    /// <exception cref="ConfigurationException">The experiment cannot be read: the runner that sent it is not of this version.</exception>
    public static IPcRun Create(
        ActorSystem system, ResolvedExperiment experiment, Role role, ICableLink link, RecordingSettings? recording) => new PcRun(
        system,
        $"run-{Interlocked.Increment(ref _made)}",
        ExperimentSettings.Read(SettingsReader.Of(experiment)),
        role,
        link,
        recording);
}
