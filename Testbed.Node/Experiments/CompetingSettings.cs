using Testbed.Node.Configuration;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Other processes of a PC's host, which share its processor.</summary>
/// <param name="Processes">How many.</param>
/// <param name="Priority">The priority of each: 20 less its nice value.</param>
/// <param name="Each">What each does.</param>
public sealed record CompetingSettings(int Processes, int Priority, CompetingProcess.Settings Each)
{
    private const int DefaultPriority = 20;

    /// <summary>Reads them from <c>sender.competing</c> or <c>receiver.competing</c>; null if there are none.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static CompetingSettings? Read(SettingsReader reader)
    {
        var processes = (int)reader.WholeNumber("processes", 0, 100);
        var pauses = reader.Choice("kind", ("cpu-bound", false), ("bursty", true));
        var nice = (int)reader.WholeNumber("nice", -20, 19);
        var burst = reader.Duration("burst", Duration.FromMicroseconds(10), Duration.FromSeconds(3));
        var pause = reader.Duration("pause", Duration.FromMicroseconds(10), Duration.FromSeconds(3));
        return processes == 0
            ? null
            : new(processes, DefaultPriority - nice, new(burst.Nanoseconds, pauses ? pause : Duration.Zero));
    }
}
