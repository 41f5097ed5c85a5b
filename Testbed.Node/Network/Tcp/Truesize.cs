namespace Testbed.Node.Network.Tcp;

/// <summary>
/// What a buffer is charged to a socket in Linux 2.2: the size of its data area rounded up to 16 bytes
/// (<c>net/core/skbuff.c</c>, <c>alloc_skb</c>: <c>truesize = size</c>). <c>struct sk_buff</c> itself is not counted; 2.4 adds it.
/// </summary>
public static class Truesize
{
    /// <summary>
    /// Room for headers in every buffer that TCP allocates: <c>MAX_HEADER</c> 32 (<c>include/linux/netdevice.h</c>, without AX.25, token ring
    /// and tunnels) + <c>tcp_prot.max_header</c> 128 (<c>net/ipv4/tcp_ipv4.c</c>).
    /// </summary>
    public const int SendHeadroom = 160;

    /// <summary>Frames shorter than this are copied by the driver to a buffer of their own size (<c>drivers/net/eepro100.c</c>, <c>rx_copybreak</c>).</summary>
    public const int ReceiveCopyBreak = 200;

    /// <summary>
    /// The buffer of a longer received frame: <c>PKT_BUF_SZ</c> 1536 + 16 bytes of receive descriptor + 16 that <c>dev_alloc_skb</c> adds
    /// (<c>drivers/net/eepro100.c</c>). An assumption for MTUs above 1500, which that driver does not know.
    /// </summary>
    public const int ReceiveBuffer = 1568;

    /// <summary>The charge for a buffer with room for <paramref name="payloadCapacity"/> bytes of payload to send.</summary>
    public static int OfSendBuffer(int payloadCapacity) => RoundUp(SendHeadroom + payloadCapacity);

    /// <summary>The charge for a received frame of <paramref name="frameLength"/> bytes.</summary>
    public static int OfReceivedFrame(int frameLength) =>
        frameLength < ReceiveCopyBreak ? RoundUp(frameLength + 2 + 16) : Math.Max(ReceiveBuffer, RoundUp(frameLength + 32));

    private static int RoundUp(int size) => (size + 15) & ~15;
}
