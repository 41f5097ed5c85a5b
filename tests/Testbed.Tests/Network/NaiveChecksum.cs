namespace Testbed.Tests.Network;

/// <summary>RFC 1071's checksum word by word.</summary>
internal static class NaiveChecksum
{
    public static ushort Of(ReadOnlySpan<byte> data)
    {
        uint sum = 0;
        for (var i = 0; i < data.Length; i += 2)
        {
            sum += (uint)(data[i] << 8 | (i + 1 < data.Length ? data[i + 1] : 0));
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return (ushort)~sum;
    }
}
