using System.Buffers.Binary;
using System.Text;
using Google.Protobuf;

namespace Testbed.Node.Transport;

/// <summary>
/// The first frame of a connection may offer memory to share; then the first frame back says whether it is taken. The form, behind the length that
/// every frame has: a zero, with which no frame of Akka's begins; what it is; of an offer the bytes of memory (4, little-endian) and the file's name.
/// </summary>
internal static class RingOffer
{
    private const byte Mark = 0, OfferKind = 1, YesKind = 2, NoKind = 3;
    private const int SizeAt = 2, NameAt = 6;

    /// <summary>The offer of a file.</summary>
    public static ByteString Of(string name, int bytes)
    {
        var frame = new byte[NameAt + name.Length];
        (frame[0], frame[1]) = (Mark, OfferKind);
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(SizeAt), bytes);
        Encoding.ASCII.GetBytes(name, frame.AsSpan(NameAt));
        return ByteString.CopyFrom(frame);
    }

    /// <summary>The answer.</summary>
    public static ByteString Answer(bool yes) => ByteString.CopyFrom(Mark, yes ? YesKind : NoKind);

    /// <summary>Whether a frame is an offer of a file with a possible name, and of so many bytes.</summary>
    public static bool TryReadOffer(ReadOnlySpan<byte> frame, int bytes, out string name)
    {
        name = "";
        if (frame.Length is <= NameAt or > NameAt + RingFile.MostNameChars || frame[0] != Mark || frame[1] != OfferKind ||
            BinaryPrimitives.ReadInt32LittleEndian(frame[SizeAt..]) != bytes)
            return false;
        name = Encoding.ASCII.GetString(frame[NameAt..]);
        return RingFile.IsName(name);
    }

    /// <summary>Whether a frame is an answer.</summary>
    public static bool TryReadAnswer(ReadOnlySpan<byte> frame, out bool yes)
    {
        yes = frame.Length == 2 && frame[1] == YesKind;
        return frame.Length == 2 && frame[0] == Mark && frame[1] is YesKind or NoKind;
    }
}
