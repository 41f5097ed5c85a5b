using System.Globalization;

namespace Testbed.Node.Network;

/// <summary>An IPv4 address (RFC 791).</summary>
/// <param name="Bits">The address as a number; the first byte on the wire is the most significant.</param>
public readonly record struct Ipv4Address(uint Bits)
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 4;

    /// <summary>Every host of this network: <c>255.255.255.255</c> (RFC 919).</summary>
    public static readonly Ipv4Address Broadcast = new(uint.MaxValue);

    /// <summary>Whether both addresses share the first <paramref name="prefixLength"/> bits (0 to 32).</summary>
    public bool SharesPrefix(Ipv4Address other, int prefixLength) =>
        prefixLength == 0 || (Bits ^ other.Bits) >> (32 - prefixLength) == 0;

    /// <summary>Parses four decimal numbers of 0 to 255 separated by dots, without leading zeros.</summary>
    /// <exception cref="FormatException">Anything else; the message says what would be right.</exception>
    public static Ipv4Address Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException($"'{text}' is not an IPv4 address; write four numbers of 0 to 255, like 10.0.0.1");

    /// <summary>Parses four decimal numbers of 0 to 255 separated by dots, without leading zeros.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Ipv4Address address)
    {
        address = default;
        uint bits = 0, value = 0;
        int parts = 0, digits = 0;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
            {
                // A leading zero would make some readers take the number as octal.
                if (digits > 0 && value == 0)
                    return false;
                value = (value * 10) + (uint)(c - '0');
                digits++;
                if (value > 255)
                    return false;
            }
            else if (c == '.' && digits > 0 && parts < 3)
            {
                bits = bits << 8 | value;
                parts++;
                value = 0;
                digits = 0;
            }
            else
            {
                return false;
            }
        }

        if (parts != 3 || digits == 0)
            return false;
        address = new Ipv4Address(bits << 8 | value);
        return true;
    }

    /// <summary>Four decimal numbers separated by dots.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Bits >> 24}.{Bits >> 16 & 255}.{Bits >> 8 & 255}.{Bits & 255}");
}
