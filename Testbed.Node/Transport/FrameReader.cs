using System.Buffers.Binary;

namespace Testbed.Node.Transport;

/// <summary>
/// Takes frames out of a stream of bytes, each behind its length: 4 bytes, little-endian, as Akka.Remote's own TCP transport writes it. Memory
/// grows with what has come, not with what a length announces.
/// </summary>
/// <param name="mostBytes">Most bytes of a frame.</param>
internal sealed class FrameReader(int mostBytes)
{
    /// <summary>Bytes of a length.</summary>
    public const int LengthBytes = 4;

    private const int UsualBytes = 64 * 1024;

    private byte[] _buffer = new byte[UsualBytes];
    private int _start;
    private int _end;

    /// <summary>Where to put the next bytes; never empty.</summary>
    public Span<byte> Free
    {
        get
        {
            if (_end == _buffer.Length)
                MakeRoom();
            return _buffer.AsSpan(_end);
        }
    }

    /// <summary>So many bytes have been put in.</summary>
    public void Filled(int bytes) => _end += bytes;

    /// <summary>The next frame that is there as a whole; valid until bytes are put in.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="malformed">What is wrong with the stream, in a few words; nothing after it can be read.</param>
    /// <returns>False when there is none: not yet, or never if the stream is malformed.</returns>
    public bool TryTake(out ReadOnlySpan<byte> frame, out string? malformed)
    {
        frame = default;
        malformed = null;
        var there = _buffer.AsSpan(_start, _end - _start);
        if (there.Length < LengthBytes)
        {
            if (there.Length == 0)
                Rewind();
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(there);
        if (length <= 0 || length > mostBytes)
        {
            malformed = $"a frame of {length} bytes, of which 1 to {mostBytes} are allowed";
            return false;
        }

        if (there.Length - LengthBytes < length)
            return false;
        frame = there.Slice(LengthBytes, length);
        _start += LengthBytes + length;
        return true;
    }

    /// <summary>Forgets what is there.</summary>
    public void Clear() => Rewind();

    private void Rewind()
    {
        _start = _end = 0;
        if (_buffer.Length > UsualBytes)
            _buffer = new byte[UsualBytes];
    }

    private void MakeRoom()
    {
        var there = _buffer.AsSpan(_start, _end - _start);
        var target = _start > 0 ? _buffer : new byte[(int)Math.Min(2L * _buffer.Length, LengthBytes + (long)mostBytes)];
        there.CopyTo(target);
        (_start, _end) = (0, there.Length);
        _buffer = target;
    }
}
