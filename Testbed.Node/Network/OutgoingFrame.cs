using Testbed.Node.Network.Tcp;

namespace Testbed.Node.Network;

/// <summary>A frame that a stack wants sent.</summary>
/// <param name="Bytes">The whole frame without its check sequence; nobody changes it any more.</param>
/// <param name="Kind">What it is to the accounting of costs.</param>
/// <param name="PayloadBytes">Bytes of TCP or ICMP payload.</param>
/// <param name="IsRetransmission">Whether it repeats payload, a SYN or a FIN that was sent before.</param>
/// <param name="Connection">The connection whose send buffer the frame occupies until <see cref="InetStack.FrameFreed"/>; else null.</param>
/// <param name="Truesize">Bytes of that send buffer that it occupies.</param>
public readonly record struct OutgoingFrame(
    byte[] Bytes, FrameKind Kind, int PayloadBytes, bool IsRetransmission, TcpConnection? Connection, int Truesize);
