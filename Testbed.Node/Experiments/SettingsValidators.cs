using Testbed.Node.Configuration;

namespace Testbed.Node.Experiments;

/// <summary>Every record that reads settings, so that a mistake in any of them is found before a run starts.</summary>
public static class SettingsValidators
{
    /// <summary>All of them, in the order in which their mistakes are reported.</summary>
    public static readonly IReadOnlyList<Action<SettingsReader>> All =
    [
        root => ExperimentShape.Read(root),
        root => NettestSettings.Read(root),
        root => PingSettings.Read(root),
    ];
}
