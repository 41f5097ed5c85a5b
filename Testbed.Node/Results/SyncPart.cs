namespace Testbed.Node.Results;

/// <summary>Synchronization over both nodes.</summary>
/// <param name="Reports">Messages sent by both.</param>
/// <param name="Exchanges">Round trips: a report there and one back; the nodes' mean number of reports.</param>
/// <param name="ExchangesPerDataFrame">Round trips for each frame with payload; null when there was none.</param>
/// <param name="AnnouncementsPerReport">Frames and marks that a message carried on average.</param>
/// <param name="BlockedSeconds">Wall time spent stopped, summed over the nodes.</param>
/// <param name="Nodes">Each node's own counts.</param>
public sealed record SyncPart(
    long Reports,
    long Exchanges,
    decimal? ExchangesPerDataFrame,
    decimal AnnouncementsPerReport,
    decimal BlockedSeconds,
    SortedDictionary<string, NodeSync> Nodes);
