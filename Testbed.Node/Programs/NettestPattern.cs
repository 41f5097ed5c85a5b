using Testbed.Node.Time;

namespace Testbed.Node.Programs;

/// <summary>nettest's payload: one in-memory buffer of a chunk's length, sent again and again (paper, section 3). Both ends know it.</summary>
public sealed class NettestPattern
{
    private readonly byte[] _buffer;

    /// <summary>The buffer of an experiment.</summary>
    public NettestPattern(long seed, int chunkBytes)
    {
        _buffer = new byte[chunkBytes];
        var random = new RandomStream(seed, "nettest/pattern");
        for (var i = 0; i < chunkBytes; i++)
            _buffer[i] = (byte)random.Below(256);
    }

    /// <summary>One chunk.</summary>
    public ReadOnlyMemory<byte> Chunk => _buffer;

    /// <summary>Whether bytes are those of the stream at an offset.</summary>
    public bool Matches(long streamOffset, ReadOnlySpan<byte> bytes)
    {
        var at = (int)(streamOffset % _buffer.Length);
        while (bytes.Length > 0)
        {
            var length = Math.Min(bytes.Length, _buffer.Length - at);
            if (!bytes[..length].SequenceEqual(_buffer.AsSpan(at, length)))
                return false;
            bytes = bytes[length..];
            at = 0;
        }

        return true;
    }
}
