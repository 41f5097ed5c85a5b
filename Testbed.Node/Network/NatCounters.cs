namespace Testbed.Node.Network;

/// <summary>What a translation did and refused, by cause.</summary>
public sealed class NatCounters
{
    /// <summary>Packets translated on their way out.</summary>
    public long TranslatedOut { get; internal set; }

    /// <summary>Packets translated on their way in.</summary>
    public long TranslatedIn { get; internal set; }

    /// <summary>Flows that began.</summary>
    public long FlowsOpened { get; internal set; }

    /// <summary>Flows that were forgotten because their time was over.</summary>
    public long FlowsExpired { get; internal set; }

    /// <summary>The most flows that there were at a time.</summary>
    public long MostFlows { get; internal set; }

    /// <summary>Packets of a new flow that were refused because there was no room, or no port, for it.</summary>
    public long RefusedFull { get; internal set; }

    /// <summary>Packets of protocols or kinds that are not translated, fragments among them.</summary>
    public long Unsupported { get; internal set; }

    /// <summary>Packets whose headers are malformed or whose header checksum is wrong.</summary>
    public long Malformed { get; internal set; }

    /// <summary>Packets that had no hop left.</summary>
    public long TimeToLiveExceeded { get; internal set; }
}
