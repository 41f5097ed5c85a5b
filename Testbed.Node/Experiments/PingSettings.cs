using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>Echo requests at an interval.</summary>
/// <param name="Count">How many.</param>
/// <param name="Interval">From one to the next.</param>
/// <param name="Payload">The bytes that each carries beyond the ICMP header.</param>
public sealed record PingSettings(long Count, Duration Interval, long Payload)
{
    /// <summary>Reads them from the section <c>ping</c> of an experiment's root.</summary>
    public static PingSettings Read(SettingsReader root)
    {
        var reader = root.At("ping");
        return new(
            // The sequence number of an echo request has 16 bits (RFC 792).
            reader.WholeNumber("count", 1, ushort.MaxValue),
            reader.Duration("interval", Duration.FromMicroseconds(10), Duration.FromSeconds(60)),
            // An Ethernet MTU of 1500 less the headers of IP and ICMP: the model sends no fragments.
            reader.Bytes("payload", 0, 1_472));
    }
}
