namespace Testbed.Node.Results;

/// <summary>What does not depend on machine or moment.</summary>
/// <param name="VirtualSeconds">Virtual time of the whole run.</param>
/// <param name="ThroughputMbps">10^6 payload bits a second over the measured interval; null without one, of a ping and of a computation.</param>
/// <param name="BytesDelivered">Payload bytes received.</param>
/// <param name="PayloadVerified">Whether each was what it should be; null when no program receives payload.</param>
/// <param name="Measured">The measured interval; null when no payload crossed from end to end.</param>
/// <param name="Nodes">Each PC's figures, by its name.</param>
/// <param name="Cable">Each direction's counters, by "<c>pc to pc</c>".</param>
/// <param name="Ping">What the ping came to, when the program is one.</param>
/// <param name="Compute">What the computation came to, when the program is one.</param>
/// <param name="Digest">Hash over both PCs' digests.</param>
public sealed record DeterministicPart(
    decimal VirtualSeconds,
    decimal? ThroughputMbps,
    long BytesDelivered,
    bool? PayloadVerified,
    TransferInterval? Measured,
    SortedDictionary<string, NodeResult> Nodes,
    SortedDictionary<string, CounterDictionary> Cable,
    PingResult? Ping,
    ComputeResult? Compute,
    string Digest);
