namespace Testbed.Node.Results;

/// <summary>Synchronization over both nodes.</summary>
/// <param name="Reports">Messages sent.</param>
/// <param name="Exchanges">Times that a node had to stop until the other's process answered.</param>
/// <param name="ExchangesPerDataFrame">Such times for each frame with payload.</param>
/// <param name="AnnouncementsPerReport">Frames and marks that a message carried on average.</param>
/// <param name="BlockedSeconds">Wall time spent stopped, summed over the nodes.</param>
/// <param name="Nodes">Each node's own counts.</param>
public sealed record SyncPart(
    long Reports,
    long Exchanges,
    decimal ExchangesPerDataFrame,
    decimal AnnouncementsPerReport,
    decimal BlockedSeconds,
    SortedDictionary<string, NodeSync> Nodes);
