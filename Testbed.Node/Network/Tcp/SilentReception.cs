namespace Testbed.Node.Network.Tcp;

/// <summary>
/// What a receiver's side of an established connection does with the next segments, as far as it stays silent: those that are just what it
/// waits for, and fewer than make it acknowledge at once. A copy of its state; it goes on with each segment that it is asked about.
/// </summary>
/// <remarks>
/// What an acknowledgment waits for is in <see cref="TcpConnection"/>'s <c>AcknowledgeOrDelay</c> and <c>Read</c>; this repeats their conditions, each on the safe
/// side. Silence is until the next tick at most: from then on a delayed ACK may be due.
/// </remarks>
public record struct SilentReception
{
    private const int FcsBytes = 4;
    private const TcpFlags Expected = TcpFlags.Ack | TcpFlags.Psh;

    /// <summary>The receiver's own addresses: a frame for another is not its connection's.</summary>
    public required MacAddress Mac { get; init; }

    /// <summary>Both ends, the receiver's as local.</summary>
    public required TcpEndpoints Endpoints { get; init; }

    /// <summary>RCV.NXT.</summary>
    public required uint Next { get; set; }

    /// <summary>The only acknowledgment that changes nothing: it has sent nothing that is not acknowledged.</summary>
    public required uint Acknowledgment { get; init; }

    /// <summary>The least timestamp that is not too old; null without timestamps.</summary>
    public required uint? LeastTimestamp { get; init; }

    /// <summary>RCV.NXT when it last sent its window.</summary>
    public required uint LastAcknowledged { get; init; }

    /// <summary>What it takes for the peer's segment size, and the length of the last segment (Linux 2.2, <c>tcp_measure_rcv_mss</c>).</summary>
    public required PeerSegments PeerSegments { get; set; }

    /// <summary>How many more segments it may take in before their number makes it acknowledge.</summary>
    public required int SegmentsLeft { get; set; }

    /// <summary>How many more bytes leave it a window of which the possible one is not twice as much.</summary>
    public required long BytesLeft { get; set; }

    /// <summary>How much more truesize is sure to find room.</summary>
    public required long TruesizeLeft { get; set; }

    /// <summary>Whether it takes this frame in without sending anything before the next tick; if so, it is asked about the next one after that.</summary>
    /// <param name="frame">The frame with its check sequence.</param>
    public bool Takes(ReadOnlyMemory<byte> frame)
    {
        if (!EthernetFrame.VerifyFcs(frame.Span) || EthernetFrame.Destination(frame.Span) != Mac || !TryRead(frame[..^FcsBytes], out var segment))
            return false;
        var length = segment.Payload.Length;
        var charge = Truesize.OfReceivedFrame(segment.FrameLength);
        if (length == 0
            || (segment.Flags | TcpFlags.Psh) != Expected
            || segment.Sequence != Next
            || segment.Acknowledgment != Acknowledgment
            || segment.HasTimestamps != LeastTimestamp.HasValue
            || (LeastTimestamp is { } least && (int)(segment.TimestampValue - least) < 0)
            || SegmentsLeft == 0
            || length > BytesLeft
            || charge > TruesizeLeft)
        {
            return false;
        }

        PeerSegments = PeerSegments.After(length);
        Next = segment.End;
        SegmentsLeft--;
        BytesLeft -= length;
        TruesizeLeft -= charge;
        return Next - LastAcknowledged < 2 * PeerSegments.Size;
    }

    /// <summary>A segment of this connection whose checksums are good.</summary>
    private readonly bool TryRead(ReadOnlyMemory<byte> frame, out TcpSegment segment)
    {
        segment = default;
        var packet = frame.Span[EthernetFrame.HeaderLength..];
        if (EthernetFrame.Type(frame.Span) != EthernetFrame.TypeIpv4
            || Ipv4.TryRead(packet, out var header) != Ipv4ReadResult.Ok
            || header.Protocol != Ipv4.ProtocolTcp
            || header.Source != Endpoints.Remote
            || header.Destination != Endpoints.Local)
        {
            return false;
        }

        var bytes = frame.Slice(EthernetFrame.HeaderLength + header.HeaderLength, header.TotalLength - header.HeaderLength);
        var sum = PseudoHeader.Sum(header.Source, header.Destination, Ipv4.ProtocolTcp, bytes.Length);
        return InternetChecksum.IsValid(InternetChecksum.Add(sum, bytes.Span))
            && TcpSegment.TryRead(bytes, frame.Length, out segment)
            && segment.SourcePort == Endpoints.RemotePort
            && segment.DestinationPort == Endpoints.LocalPort;
    }
}

/// <summary>What a receiver takes for its peer's segment size (Linux 2.2, <c>tcp_measure_rcv_mss</c>).</summary>
/// <param name="Size">The size.</param>
/// <param name="Last">The length of the last segment, if it counts; else 0.</param>
public readonly record struct PeerSegments(int Size, int Last)
{
    private const int LeastThatCounts = 536;

    /// <summary>After another segment: the longest so far, or what two alike in a row say.</summary>
    public PeerSegments After(int length) => new(
        length >= LeastThatCounts && length == Last ? length : Math.Max(Size, length),
        length >= LeastThatCounts ? length : 0);
}
