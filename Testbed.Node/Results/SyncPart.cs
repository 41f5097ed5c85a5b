namespace Testbed.Node.Results;

/// <summary>Synchronization over both nodes.</summary>
/// <param name="Reports">Messages sent by both.</param>
/// <param name="Exchanges">Round trips: a node's request there and the answer back; the nodes' mean number of requests.</param>
/// <param name="ExchangesPerDataFrame">Round trips for each frame with payload; null when there was none.</param>
/// <param name="LookaheadEfficiency">The share of waits that a frame or a mark of the other node ended; the others a better lookahead would have spared. Null without waits.</param>
/// <param name="AnnouncementsPerReport">Frames and marks that a message carried on average.</param>
/// <param name="BlockedSeconds">Wall time spent stopped, summed over the nodes.</param>
/// <param name="Nodes">Each node's own counts.</param>
public sealed record SyncPart(
    long Reports,
    long Exchanges,
    decimal? ExchangesPerDataFrame,
    decimal? LookaheadEfficiency,
    decimal AnnouncementsPerReport,
    decimal BlockedSeconds,
    SortedDictionary<string, NodeSync> Nodes);
