namespace Testbed.Node.Results;

/// <summary>What a ping came to.</summary>
/// <param name="Sent">Echo requests sent.</param>
/// <param name="Received">Replies received in time.</param>
/// <param name="RoundTripsNs">The round trip of each reply in the order of the requests, in nanoseconds.</param>
public sealed record PingResult(long Sent, long Received, IReadOnlyList<long> RoundTripsNs);
