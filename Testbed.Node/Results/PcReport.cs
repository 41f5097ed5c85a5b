using System.Text.Json;

namespace Testbed.Node.Results;

/// <summary>
/// One PC's share of a result's deterministic part, as it crosses from a node to the runner. In one process it takes the same way,
/// so that the two cannot differ.
/// </summary>
/// <param name="Pc">The PC's name.</param>
/// <param name="VirtualNs">Virtual time at which it stopped, in nanoseconds.</param>
/// <param name="FirstByteSentNs">When the first payload byte was sent: the measured interval's beginning. Null on the receiver, and when none was.</param>
/// <param name="LastByteReceivedNs">When the last payload byte was received: the interval's end. Null on the sender, and when it was not.</param>
/// <param name="BytesDelivered">Payload bytes that this PC's program received.</param>
/// <param name="PayloadVerified">Whether each of them was what it should be; null where the program receives nothing.</param>
/// <param name="Cable">Counters of the cable's direction that this PC sends into.</param>
/// <param name="Ping">What its ping came to, on the PC that runs one.</param>
/// <param name="Compute">What the computation came to, on the PC that runs one.</param>
/// <param name="Node">What the result holds of this PC as it stands.</param>
/// <param name="CableArrived">Frames of the cable's other direction that have arrived here.</param>
/// <param name="PayloadMayDiffer">Whether the plan of faults can corrupt what a program receives.</param>
public sealed record PcReport(
    string Pc,
    long VirtualNs,
    long? FirstByteSentNs,
    long? LastByteReceivedNs,
    long BytesDelivered,
    bool? PayloadVerified,
    CounterDictionary Cable,
    PingResult? Ping,
    ComputeResult? Compute,
    NodeResult Node,
    long CableArrived = 0,
    bool PayloadMayDiffer = false)
{
    /// <summary>As canonical JSON: one line, properties and counters in a fixed order.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ResultJson.Compact.PcReport);

    /// <summary>Reads <see cref="ToJson"/>.</summary>
    /// <exception cref="JsonException">It is no report of this version.</exception>
    public static PcReport Parse(string json) =>
        JsonSerializer.Deserialize(json, ResultJson.Compact.PcReport) ?? throw new JsonException("The report is null.");
}
