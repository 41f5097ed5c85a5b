namespace Testbed.Node.Network;

/// <summary>
/// Brings a checksum up to date with a changed word, without a look at the rest (RFC 1624, equation 3). It gives what computing anew would, since no packet
/// sums to nothing.
/// </summary>
public static class IncrementalChecksum
{
    /// <summary>The checksum once a 16-bit word that it covers has changed.</summary>
    /// <param name="checksum">The checksum before, as a number.</param>
    /// <param name="before">The word before.</param>
    /// <param name="after">The word now.</param>
    public static ushort Update(ushort checksum, ushort before, ushort after)
    {
        var sum = (uint)(ushort)~checksum + (ushort)~before + after;
        sum = (sum & 0xFFFF) + (sum >> 16);
        sum = (sum & 0xFFFF) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The checksum once an address that it covers has changed.</summary>
    public static ushort Update(ushort checksum, Ipv4Address before, Ipv4Address after) => Update(
        Update(checksum, (ushort)(before.Bits >> 16), (ushort)(after.Bits >> 16)), (ushort)before.Bits, (ushort)after.Bits);
}
