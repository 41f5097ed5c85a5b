using Testbed.Node.Experiments;
using Testbed.Node.Results;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Faults;

/// <summary>A run of an experiment with one fault, f, in it.</summary>
internal sealed record FaultedRun(PcReport Sender, PcReport Receiver, string? Failure)
{
    private const string Native = "native-733-to-350";

    /// <summary>Runs it on one timeline.</summary>
    /// <param name="experiment">The experiment.</param>
    /// <param name="target">What f strikes.</param>
    /// <param name="effect">What it does.</param>
    /// <param name="keys">Its other keys, as <c>times=1</c>; those of the experiment begin with a dot.</param>
    public static FaultedRun Of(string experiment, string target, string effect, params string[] keys)
    {
        var (sender, receiver, failure) = Experiment.OnOneTimeline(Settings(experiment, target, effect, keys));
        AssertExact(sender);
        AssertExact(receiver);
        return new(sender, receiver, failure);
    }

    /// <summary>Its settings.</summary>
    public static ExperimentSettings Settings(string experiment, string target, string effect, params string[] keys) => Experiment.Settings(
        experiment,
        [
            .. experiment.StartsWith(Native, StringComparison.Ordinal) || experiment.Contains("vm", StringComparison.Ordinal) ? ["nettest.bytes=1MiB"] : Array.Empty<string>(),
            $"faults.f.target={target}",
            $"faults.f.effect={effect}",
            .. keys.Select(key => key[0] == '.' ? key[1..] : $"faults.f.{key}"),
        ]);

    /// <summary>Asserts that the transfer has come to its end, and every byte with it.</summary>
    public FaultedRun Completed()
    {
        Assert.Null(Failure);
        Assert.All(new[] { Sender.PayloadVerified, Receiver.PayloadVerified }.OfType<bool>(), Assert.True);
        return this;
    }

    /// <summary>The report of a PC.</summary>
    public PcReport Pc(string name) => Sender.Pc == name ? Sender : Receiver;

    /// <summary>What f did at a PC.</summary>
    public FaultResult At(string pc) => Assert.Single(Pc(pc).Node.Faults!);

    /// <summary>One counter of a PC's network card and its driver.</summary>
    public long Nic(string pc, string counter) => Pc(pc).Node.Nic[counter];

    private static void AssertExact(PcReport report) => Assert.Equal(report.VirtualNs, report.Node.Ledger.Sum(row => row.TimeNs));
}
