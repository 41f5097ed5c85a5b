using System.Buffers.Binary;
using Testbed.Node.Time;

namespace Testbed.Tests.Observing;

/// <summary>A frame of a capture.</summary>
/// <param name="At">Its stamp.</param>
/// <param name="Hex">Its bytes.</param>
/// <param name="Flags">Its flags (pcapng, epb_flags).</param>
internal sealed record CapturedFrame(Instant At, string Hex, uint Flags);

/// <summary>Reads pcapng by its own rules (draft-ietf-opsawg-pcapng), as far as there is need.</summary>
internal static class CaptureReader
{
    public static IReadOnlyList<CapturedFrame> Read(ReadOnlyMemory<byte> file)
    {
        var frames = new List<CapturedFrame>();
        var types = new List<uint>();
        for (var rest = file.Span; rest.Length > 0;)
        {
            var (type, length) = (Word(rest), (int)Word(rest[4..]));
            Assert.Equal(0, length % 4);
            Assert.Equal((uint)length, Word(rest[(length - 4)..]));
            types.Add(type);
            if (type == 6)
                frames.Add(Packet(rest[8..(length - 4)]));
            rest = rest[length..];
        }

        Assert.Equal([0x0A0D0D0Au, 1], types.Take(2));
        Assert.Equal(5u, types[^1]);
        Assert.All(types.Skip(2).SkipLast(1), type => Assert.Equal(6u, type));
        return frames;
    }

    private static CapturedFrame Packet(ReadOnlySpan<byte> body)
    {
        var length = (int)Word(body[12..]);
        var options = body[(20 + ((length + 3) & ~3))..];
        Assert.Equal(2u | (4u << 16), Word(options));
        return new(
            new Instant((long)(((ulong)Word(body[4..]) << 32) | Word(body[8..]))), Convert.ToHexString(body.Slice(20, length)), Word(options[4..]));
    }

    private static uint Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);
}
