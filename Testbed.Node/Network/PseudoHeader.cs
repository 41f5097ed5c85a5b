namespace Testbed.Node.Network;

/// <summary>What TCP's checksum covers besides the segment: addresses, protocol and length (RFC 9293 section 3.1).</summary>
public static class PseudoHeader
{
    /// <summary>The partial sum, to be continued with the segment by <see cref="InternetChecksum.Add(ulong, ReadOnlySpan{byte})"/>.</summary>
    /// <param name="source">Source address of the IP header.</param>
    /// <param name="destination">Destination address of the IP header.</param>
    /// <param name="protocol">Protocol of the IP header, as <see cref="Ipv4.ProtocolTcp"/>.</param>
    /// <param name="length">Bytes of the segment, header included.</param>
    public static ulong Sum(Ipv4Address source, Ipv4Address destination, byte protocol, int length)
    {
        var sum = InternetChecksum.Add(0, (ushort)(source.Bits >> 16));
        sum = InternetChecksum.Add(sum, (ushort)source.Bits);
        sum = InternetChecksum.Add(sum, (ushort)(destination.Bits >> 16));
        sum = InternetChecksum.Add(sum, (ushort)destination.Bits);
        sum = InternetChecksum.Add(sum, protocol);
        return InternetChecksum.Add(sum, (ushort)length);
    }
}
