using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Reads the section <c>cable</c>.</summary>
internal static class CableSettingsReader
{
    /// <summary>The cable of an experiment.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static CableSettings Read(SettingsReader cable)
    {
        var timing = new EthernetTiming(cable.BitsPerSecond("rate", EthernetTiming.LeastBitsPerSecond, EthernetTiming.MostBitsPerSecond));
        if (timing.Problem is { } problem)
            throw cable.Mistake("rate", problem);
        return new(
            timing,
            cable.Duration("delay", Duration.Zero, Duration.FromSeconds(10)),
            (int)cable.WholeNumber("mtu", 576, 1500),
            cable.PartsPerBillion("loss"));
    }
}
