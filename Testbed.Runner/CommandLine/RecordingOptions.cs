using System.CommandLine;
using Testbed.Node.Configuration;
using Testbed.Node.Observing;
using Testbed.Node.Time;

namespace Testbed.Runner.CommandLine;

/// <summary>The options of <c>testbed run</c> that say what is to be recorded.</summary>
internal sealed class RecordingOptions
{
    private const string DefaultBin = "10 ms";

    private readonly Option<bool> _pcap = new("--pcap")
    {
        Description = "Capture the frames at each network card, physical and virtual, with nanosecond stamps.",
    };

    private readonly Option<bool> _trace = new("--trace")
    {
        Description = "Write what the processors did and each packet's way, for Perfetto.",
    };

    private readonly Option<bool> _timeline = new("--timeline")
    {
        Description = "Write throughput and idle time over virtual time.",
    };

    private readonly Option<string?> _bin = new("--bin")
    {
        Description = $"The length of the timeline's bins. Default: {DefaultBin}",
        HelpName = "TIME",
    };

    private readonly Option<string?> _from = new("--from")
    {
        Description = "Captures and trace begin at this virtual time, such as 150ms. Default: at the beginning",
        HelpName = "TIME",
    };

    private readonly Option<string?> _for = new("--for")
    {
        Description = "Captures and trace cover so much virtual time. Default: to the run's end",
        HelpName = "TIME",
    };

    /// <summary>Gives a command these options.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _pcap, _trace, _timeline, _bin, _from, _for })
            command.Options.Add(option);
    }

    /// <summary>What was asked for; null if nothing is to be recorded.</summary>
    /// <exception cref="FormatException">It makes no sense; in one line.</exception>
    public RecordingSettings? Read(ParseResult parsed)
    {
        var (pcap, trace, timeline) = (parsed.GetValue(_pcap), parsed.GetValue(_trace), parsed.GetValue(_timeline));
        Require(_bin, timeline, "--timeline");
        Require(_from, pcap || trace, "--pcap or --trace");
        Require(_for, pcap || trace, "--pcap or --trace");
        if (!pcap && !trace && !timeline)
            return null;
        var from = Time(_from, "0", Duration.Zero, Duration.FromSeconds(86_400));
        var until = parsed.GetValue(_for) is null
            ? Instant.Never
            : Instant.Zero + from + Time(_for, "", new Duration(1), Duration.FromSeconds(86_400));
        var bin = timeline ? Time(_bin, DefaultBin, RecordingSettings.ShortestBin, RecordingSettings.LongestBin) : (Duration?)null;
        return new RecordingSettings(pcap, trace, bin, Instant.Zero + from, until);

        void Require(Option<string?> option, bool given, string needed)
        {
            if (parsed.GetValue(option) is not null && !given)
                throw new FormatException($"{option.Name}: has no effect without {needed}");
        }

        Duration Time(Option<string?> option, string otherwise, Duration least, Duration most)
        {
            var text = parsed.GetValue(option) ?? otherwise;
            if (!Quantity.Duration.TryParse(text, out var ns, out var problem))
                throw new FormatException($"{option.Name} {ConfigurationException.Shown(text)}: {problem}");
            return ns >= least.Nanoseconds && ns <= most.Nanoseconds
                ? new Duration(ns)
                : throw new FormatException(
                    $"{option.Name} {ConfigurationException.Shown(text)}: expected a time from {Quantity.Duration.Format(least.Nanoseconds)} to {Quantity.Duration.Format(most.Nanoseconds)}");
        }
    }
}
