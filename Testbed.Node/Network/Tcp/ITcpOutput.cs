using Testbed.Node.Time;

namespace Testbed.Node.Network.Tcp;

/// <summary>Where connections put their segments, in order, and tell what their stack must know.</summary>
internal interface ITcpOutput
{
    /// <summary>Completes the Ethernet and IPv4 headers of a frame whose TCP segment is finished, and sends it.</summary>
    /// <param name="from">Whose it is.</param>
    /// <param name="frame">The frame; the segment starts at <see cref="TcpSegment.FrameOffset"/>.</param>
    /// <param name="length">Bytes up to the segment's end; what follows is padding.</param>
    /// <param name="payloadBytes">Bytes of payload.</param>
    /// <param name="isRetransmission">Whether the segment was sent before.</param>
    /// <param name="charge">Bytes of the connection's send buffer that the frame occupies until the driver frees it.</param>
    /// <param name="now">The instant.</param>
    void Send(TcpConnection from, byte[] frame, int length, int payloadBytes, bool isRetransmission, int charge, Instant now);

    /// <summary>The handshake is complete.</summary>
    void Established(TcpConnection connection);

    /// <summary>The peer acknowledged something: it is alive.</summary>
    void Confirmed(TcpConnection connection, Instant now);

    /// <summary>The connection is over; segments for it are no longer its own.</summary>
    void Closed(TcpConnection connection);
}
