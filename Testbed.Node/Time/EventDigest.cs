using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Text;

namespace Testbed.Node.Time;

/// <summary>
/// A hash over the ordered stream of a world's events: two runs with equal digests did the same things at the same instants in
/// the same order. Names in it are relative to the world; no address, actor uid or hash code enters.
/// </summary>
public sealed class EventDigest
{
    private readonly XxHash128 _hash = new();
    private readonly long[] _buffer = new long[512];
    private int _filled;

    /// <summary>How many events it covers.</summary>
    public long Events { get; private set; }

    /// <summary>A short stable number for a name, to be worked out once and kept.</summary>
    public static long NameCode(string name) => (long)XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name));

    /// <summary>Adds an event: when, what (a <see cref="NameCode"/>) and one figure that tells it from its like.</summary>
    public void Add(Instant at, long what, long detail)
    {
        if (_filled == _buffer.Length)
            Flush();
        _buffer[_filled] = at.Nanoseconds;
        _buffer[_filled + 1] = what;
        _buffer[_filled + 2] = detail;
        _buffer[_filled + 3] = ++Events;
        _filled += 4;
    }

    /// <summary>The hash so far, in lower-case hexadecimal.</summary>
    public override string ToString()
    {
        Flush();
        return Convert.ToHexStringLower(_hash.GetCurrentHash());
    }

    private void Flush()
    {
        var filled = _buffer.AsSpan(0, _filled);
        if (!BitConverter.IsLittleEndian)
            BinaryPrimitives.ReverseEndianness(filled, filled);
        _hash.Append(MemoryMarshal.AsBytes(filled));
        _filled = 0;
    }
}
