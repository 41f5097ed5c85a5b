namespace Testbed.Node.Cable;

/// <summary>What keeping two processes in step took. Wall-clock facts: no part of a result's deterministic share.</summary>
public sealed class SyncStatistics
{
    /// <summary>Batches sent, each one message: reports, with or without announcements.</summary>
    public long Reports { get; internal set; }

    /// <summary>Batches sent because this PC had to wait: each asks for an answer.</summary>
    public long Requests { get; internal set; }

    /// <summary>Announcements sent.</summary>
    public long Announcements { get; internal set; }

    /// <summary>Times that the PC had to stop until the other's process was heard of.</summary>
    public long Waits { get; internal set; }

    /// <summary>Waits that ended with an announcement, and not with a farther horizon alone.</summary>
    public long FruitfulWaits { get; internal set; }

    /// <summary>Wall time spent stopped.</summary>
    public TimeSpan Blocked { get; internal set; }
}
