using Testbed.Node.Configuration;
using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>What is typed at a PC in an experiment: a script, or a typist.</summary>
/// <param name="Script">When which key is pressed; empty if a typist does.</param>
/// <param name="Start">When the typist begins.</param>
/// <param name="Keys">How many keys the typist presses.</param>
/// <param name="Interval">From one of the typist's presses to the next, on average.</param>
/// <param name="Hold">How long a key is held: always by a script, on average by the typist.</param>
/// <param name="ByteTime">How long a byte takes from the keyboard to its controller.</param>
public sealed record KeyboardSettings(
    IReadOnlyList<KeyStroke> Script, Instant Start, int Keys, Duration Interval, Duration Hold, Duration ByteTime)
{
    /// <summary>Before that the guest boots, and sets the keyboard up.</summary>
    private static readonly Duration Earliest = Duration.FromMilliseconds(20);

    private enum Kind
    {
        Off,
        Script,
        Typist,
    }

    /// <summary>Reads it from <c>sender.keyboard</c> or <c>receiver.keyboard</c>; null if nobody types.</summary>
    /// <exception cref="ConfigurationException">A setting is not what it has to be.</exception>
    public static KeyboardSettings? Read(SettingsReader reader, bool hasVm)
    {
        var kind = reader.Choice("typing", ("off", Kind.Off), ("script", Kind.Script), ("typist", Kind.Typist));
        var script = reader.Texts("script").Select(line => ReadPress(reader, line)).ToArray();
        var settings = new KeyboardSettings(
            kind == Kind.Script ? script : [],
            Instant.Zero + reader.Duration("start", Earliest, Duration.FromSeconds(3_600)),
            (int)reader.WholeNumber("keys", 1, 100_000),
            reader.Duration("interval", Duration.FromMilliseconds(1), Duration.FromSeconds(4)),
            reader.Duration("hold", Duration.FromMilliseconds(1), Duration.FromSeconds(4)),
            reader.Duration("byte-time", Duration.FromMicroseconds(100), Duration.FromMilliseconds(10)));
        if (kind == Kind.Off)
            return null;
        if (!hasVm)
            throw reader.Mistake("typing", "needs a virtual machine on the PC, to whose guest the keys go; expected off where system is native");
        return kind == Kind.Script && script.Length == 0
            ? throw reader.Mistake("script", "is empty; expected presses such as [\"150 ms a\", \"300 ms enter\"]")
            : settings;
    }

    private static KeyStroke ReadPress(SettingsReader reader, string press)
    {
        var split = press.LastIndexOf(' ');
        if (split < 0 || !Quantity.Duration.TryParse(press[..split], out var atNs, out _))
            throw reader.Mistake("script", $"\"{press}\" is no press of a key; expected a time and a key, such as \"150 ms a\"");
        var key = press[(split + 1)..];
        if (!KeyStroke.TryFind(key, out var code))
            throw reader.Mistake("script", $"\"{press}\": there is no key {key}{NearestName.Hint(key, KeyStroke.Keys)}; the keys are {string.Join(", ", KeyStroke.Keys)}");
        return atNs < Earliest.Nanoseconds
            ? throw reader.Mistake("script", $"\"{press}\": is before {Earliest}, while the guest boots and sets its keyboard up")
            : new(new Instant(atNs), code);
    }
}
