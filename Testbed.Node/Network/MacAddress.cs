using System.Buffers.Binary;
using System.Globalization;

namespace Testbed.Node.Network;

/// <summary>A 48-bit Ethernet address, kept in the low bits of <see cref="Bits"/> in the order of the wire (IEEE 802).</summary>
public readonly record struct MacAddress
{
    /// <summary>Bytes of an address.</summary>
    public const int Length = 6;

    /// <summary>The address of every station: <c>ff:ff:ff:ff:ff:ff</c>.</summary>
    public static readonly MacAddress Broadcast = new(0xFFFF_FFFF_FFFF);

    /// <summary>The address whose 48 bits are <paramref name="bits"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 48 bits.</exception>
    public MacAddress(ulong bits)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 0xFFFF_FFFF_FFFFUL);
        Bits = bits;
    }

    /// <summary>The address as a number; the first byte on the wire is the most significant.</summary>
    public ulong Bits { get; }

    /// <summary>Whether it names a group of stations (the first byte's lowest bit), broadcast included.</summary>
    public bool IsGroup => (Bits >> 40 & 1) != 0;

    /// <summary>Reads the six bytes at the start of <paramref name="from"/>.</summary>
    public static MacAddress Read(ReadOnlySpan<byte> from) =>
        new((ulong)BinaryPrimitives.ReadUInt16BigEndian(from) << 32 | BinaryPrimitives.ReadUInt32BigEndian(from[2..]));

    /// <summary>Writes the six bytes to the start of <paramref name="to"/>.</summary>
    public void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt16BigEndian(to, (ushort)(Bits >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(to[2..], (uint)Bits);
    }

    /// <summary>Parses six two-digit hexadecimal numbers separated by colons.</summary>
    /// <exception cref="FormatException">Anything else; the message says what would be right.</exception>
    public static MacAddress Parse(string text) => TryParse(text, out var address)
        ? address
        : throw new FormatException($"'{text}' is not a MAC address; write six hexadecimal bytes, like 00:d0:b7:00:00:01");

    /// <summary>Parses six two-digit hexadecimal numbers separated by colons.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out MacAddress address)
    {
        address = default;
        if (text.Length != (3 * Length) - 1)
            return false;
        ulong bits = 0;
        for (var i = 0; i < Length; i++)
        {
            var at = 3 * i;
            if (!char.IsAsciiHexDigit(text[at]) || !char.IsAsciiHexDigit(text[at + 1]) || (i < Length - 1 && text[at + 2] != ':'))
                return false;
            bits = bits << 8 | byte.Parse(text.Slice(at, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        address = new MacAddress(bits);
        return true;
    }

    /// <summary>Six two-digit hexadecimal numbers in lower case, separated by colons.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Bits >> 40 & 255:x2}:{Bits >> 32 & 255:x2}:{Bits >> 24 & 255:x2}:{Bits >> 16 & 255:x2}:{Bits >> 8 & 255:x2}:{Bits & 255:x2}");
}
