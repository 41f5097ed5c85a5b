using System.Text.Json;

namespace Testbed.Node.Results;

/// <summary>What keeping two processes in step took, on one node.</summary>
/// <param name="Reports">Messages sent: reports, with or without announcements.</param>
/// <param name="Requests">Those sent because this node had to wait, each of which asks for an answer.</param>
/// <param name="Announcements">Frames and marks that went with them.</param>
/// <param name="DataFrames">Frames with payload among them.</param>
/// <param name="Waits">Times that this node had to stop until the other's process was heard of.</param>
/// <param name="FruitfulWaits">Waits that ended with a frame or a mark, and not with a farther horizon alone.</param>
/// <param name="BlockedSeconds">Wall time spent so.</param>
public sealed record NodeSync(
    long Reports = 0, long Requests = 0, long Announcements = 0, long DataFrames = 0, long Waits = 0, long FruitfulWaits = 0, decimal BlockedSeconds = 0)
{
    /// <summary>As JSON in one line: what a PC's outcome carries as its share of the wall-clock part.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Compact.NodeSync);

    /// <summary>Reads <see cref="ToJson"/>; null of an empty text, from a node that never started or one without a peer process.</summary>
    /// <exception cref="JsonException">It is no statistics of this version.</exception>
    public static NodeSync? Parse(string json) =>
        json.Length == 0 ? null : JsonSerializer.Deserialize(json, ResultJson.Compact.NodeSync);

    /// <summary>The sum of two nodes' counts.</summary>
    public static NodeSync operator +(NodeSync a, NodeSync b) => new(
        a.Reports + b.Reports,
        a.Requests + b.Requests,
        a.Announcements + b.Announcements,
        a.DataFrames + b.DataFrames,
        a.Waits + b.Waits,
        a.FruitfulWaits + b.FruitfulWaits,
        a.BlockedSeconds + b.BlockedSeconds);
}
