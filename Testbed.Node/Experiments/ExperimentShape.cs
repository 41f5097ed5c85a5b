using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>What an experiment's PCs do.</summary>
public enum ExperimentProgram
{
    /// <summary>Copies data over TCP from one buffer repeated.</summary>
    Nettest,

    /// <summary>Sends ICMP echo requests and waits for the replies.</summary>
    Ping,

    /// <summary>The sender only computes.</summary>
    Compute,

    /// <summary>The sender does nothing for a while.</summary>
    Idle,
}

/// <summary>A PC's part in an experiment.</summary>
/// <param name="Pc">Its name in <c>pcs</c>.</param>
/// <param name="System">What its program runs on: <see cref="Native"/>, or a system with a virtual machine, whose settings are in <c>sender.vm</c> and <c>receiver.vm</c>.</param>
public sealed record Participant(string Pc, string System)
{
    /// <summary>The system without a virtual machine: the host's own kernel.</summary>
    public const string Native = "native";

    /// <summary>Whether its program runs on the host's own kernel.</summary>
    public bool IsNative => System == Native;
}

/// <summary>What is run where, and from which seed.</summary>
/// <param name="Description">One line for a list.</param>
/// <param name="Program">What the PCs do.</param>
/// <param name="Seed">All randomness derives from it.</param>
/// <param name="JitterPpm">Each cost varies by up to this share of itself, its mean unchanged; parts per million.</param>
/// <param name="VirtualLimit">A run that has not ended by then is stuck, and fails.</param>
/// <param name="Sender">Opens the connection and sends.</param>
/// <param name="Start">When the sender's program starts, counted from instant 0.</param>
/// <param name="Receiver">Listens from instant 0.</param>
public sealed record ExperimentShape(
    string Description,
    ExperimentProgram Program,
    long Seed,
    long JitterPpm,
    Duration VirtualLimit,
    Participant Sender,
    Duration Start,
    Participant Receiver)
{
    /// <summary>Reads them from the root of an experiment.</summary>
    /// <exception cref="ConfigurationException">One is not what it has to be.</exception>
    public static ExperimentShape Read(SettingsReader root)
    {
        var pcs = root.At("pcs").Names();
        var settings = new ExperimentShape(
            root.Text("description"),
            root.Choice("program", ("nettest", ExperimentProgram.Nettest), ("ping", ExperimentProgram.Ping), ("compute", ExperimentProgram.Compute), ("idle", ExperimentProgram.Idle)),
            root.WholeNumber("seed", 0, long.MaxValue),
            root.PartsPerMillion("jitter", 0, 500_000),
            root.Duration("virtual-limit", Duration.FromMilliseconds(1), Duration.FromSeconds(86_400)),
            ReadParticipant(root.At("sender"), pcs),
            root.At("sender").Duration("start", Duration.Zero, Duration.FromSeconds(3_600)),
            ReadParticipant(root.At("receiver"), pcs));
        if (settings.Sender.Pc == settings.Receiver.Pc)
            throw root.Mistake("receiver.pc", "is the sender too; the cable joins two PCs");
        if (settings.Start >= settings.VirtualLimit)
            throw root.Mistake("sender.start", "is not before virtual-limit; the run would end before it begins");
        return settings;
    }

    private static Participant ReadParticipant(SettingsReader reader, IReadOnlyList<string> pcs) =>
        new(reader.Choice("pc", pcs), reader.Text("system"));
}
