using Testbed.Node.Experiments;

namespace Testbed.Node;

/// <summary>The PCs that a node hosts.</summary>
public static class PcRuns
{
    /// <summary>Stands in until the model of a PC is there: refuses every experiment.</summary>
    public static IPcRun Create(ResolvedExperiment experiment, Role role, ICableLink link) =>
        throw new NotSupportedException($"there is no model of a PC yet to play the {role} of {experiment.Name}");
}
