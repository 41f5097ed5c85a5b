using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Reads the section <c>cable</c>.</summary>
internal static class CableSettingsReader
{
    private const long NanosecondsPerByteAtOneBitPerSecond = 8_000_000_000;

    /// <summary>The cable of an experiment.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static CableSettings Read(SettingsReader cable)
    {
        var rate = cable.BitsPerSecond("rate", 1_000_000, 8_000_000_000);
        if (NanosecondsPerByteAtOneBitPerSecond % rate != 0)
            throw cable.Mistake("rate", "a byte would not take whole nanoseconds; expected a rate such as 10 Mb/s, 100 Mb/s or 1 Gb/s");
        return new(
            new EthernetTiming(rate),
            cable.Duration("delay", Duration.Zero, Duration.FromSeconds(10)),
            (int)cable.WholeNumber("mtu", 576, 1500),
            cable.PartsPerBillion("loss"));
    }
}
