namespace Testbed.Node.Network.Tcp;

/// <summary>Comparison of sequence numbers modulo 2^32 (RFC 9293 section 3.4): right as long as they are less than 2^31 apart.</summary>
internal static class SequenceNumber
{
    public static bool Before(uint a, uint b) => (int)(a - b) < 0;

    public static bool After(uint a, uint b) => (int)(b - a) < 0;
}
