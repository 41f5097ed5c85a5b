using Testbed.Node.Time;

namespace Testbed.Node.Network;

/// <summary>An ICMP echo reply that arrived.</summary>
/// <param name="From">Who answered.</param>
/// <param name="Identifier">The request's identifier.</param>
/// <param name="Sequence">The request's sequence number.</param>
/// <param name="Payload">What came back.</param>
/// <param name="TimeToLive">Hops that were left.</param>
/// <param name="At">When the stack received it.</param>
public readonly record struct EchoReply(
    Ipv4Address From, ushort Identifier, ushort Sequence, ReadOnlyMemory<byte> Payload, byte TimeToLive, Instant At);
