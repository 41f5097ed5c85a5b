using System.Globalization;
using Akka.Configuration;
using Testbed.Node.Configuration;

namespace Testbed.ExchangeNode;

/// <summary>How two PCs that only exchange batches behave; read from an experiment.</summary>
public sealed record ExchangeSettings
{
    /// <summary>Batches each way; 0: no end.</summary>
    public int Rounds { get; init; } = 100;

    /// <summary>Bytes of the one frame in each batch.</summary>
    public int FrameBytes { get; init; } = 1500;

    /// <summary>Batches that the sender keeps under way.</summary>
    public int Window { get; init; } = 1;

    /// <summary>The round in which the sender fails; 0: never.</summary>
    public int FailAt { get; init; }

    /// <summary>Whether the PCs do not stop when they are told to.</summary>
    public bool Deaf { get; init; }

    /// <summary>As an experiment between pc-733 and pc-350.</summary>
    public ResolvedExperiment ToExperiment(string name = "exchange") => new(name, string.Create(CultureInfo.InvariantCulture, $"""
        exchange.deaf = {(Deaf ? "true" : "false")}
        exchange.fail-at = {FailAt}
        exchange.frame-bytes = {FrameBytes}
        exchange.rounds = {Rounds}
        exchange.window = {Window}
        receiver.pc = pc-350
        sender.pc = pc-733
        """));

    /// <summary>Of an experiment.</summary>
    public static ExchangeSettings Of(ResolvedExperiment experiment)
    {
        var config = ConfigurationFactory.ParseString(experiment.Hocon).GetConfig("exchange");
        return config is null
            ? throw new FormatException($"{experiment.Name} is no exchange")
            : new ExchangeSettings
            {
                Rounds = config.GetInt("rounds"),
                FrameBytes = config.GetInt("frame-bytes"),
                Window = config.GetInt("window"),
                FailAt = config.GetInt("fail-at"),
                Deaf = config.GetBoolean("deaf"),
            };
    }
}
