using System.Collections.Frozen;
using Google.Protobuf;

namespace Testbed.Protocol;

/// <summary>
/// The whole of what may cross between processes: each kind of message with the short name that stands for it on the wire and the most
/// bytes it may have. A name from the wire only ever selects a row of this table, never a type.
/// </summary>
public static class Wire
{
    /// <summary>Most bytes of a message that is only a few short fields.</summary>
    public const int SmallLimitBytes = 16 * 1024;

    /// <summary>Most bytes of a <see cref="CableBatch"/>: several hundred full frames.</summary>
    public const int BatchLimitBytes = 1024 * 1024;

    /// <summary>Most bytes of a <see cref="PrepareRun"/>, which carries a whole experiment.</summary>
    public const int PrepareLimitBytes = 1024 * 1024;

    /// <summary>Most bytes of a <see cref="RunFinished"/>, which carries a PC's share of the result.</summary>
    public const int FinishedLimitBytes = 4 * 1024 * 1024;

    /// <summary>Most bytes of a <see cref="RecordingChunk"/>.</summary>
    public const int ChunkLimitBytes = 512 * 1024;

    private static readonly Kind[] Kinds =
    [
        Of(CableBatch.Parser, "b", BatchLimitBytes),
        Of(CableStatus.Parser, "s", SmallLimitBytes),
        Of(CableMissing.Parser, "missing", SmallLimitBytes),
        Of(CableHello.Parser, "hello", SmallLimitBytes),
        Of(CableWelcome.Parser, "welcome", SmallLimitBytes),
        Of(CableRefused.Parser, "no-cable", SmallLimitBytes),
        Of(CableClosed.Parser, "closed", SmallLimitBytes),
        Of(Ping.Parser, "ping", SmallLimitBytes),
        Of(Pong.Parser, "pong", SmallLimitBytes),
        Of(PrepareRun.Parser, "prepare", PrepareLimitBytes),
        Of(RunPrepared.Parser, "prepared", SmallLimitBytes),
        Of(RunRefused.Parser, "refused", SmallLimitBytes),
        Of(StartRun.Parser, "start", SmallLimitBytes),
        Of(RunProgressed.Parser, "progress", SmallLimitBytes),
        Of(RecordingChunk.Parser, "record", ChunkLimitBytes),
        Of(RecordingTaken.Parser, "taken", SmallLimitBytes),
        Of(RunFinished.Parser, "finished", FinishedLimitBytes),
        Of(AbortRun.Parser, "abort", SmallLimitBytes),
    ];

    private static readonly FrozenDictionary<string, Kind> ByManifest = Kinds.ToFrozenDictionary(k => k.Manifest, StringComparer.Ordinal);
    private static readonly FrozenDictionary<Type, Kind> ByType = Kinds.ToFrozenDictionary(k => k.Type);

    /// <summary>The types of message that may cross.</summary>
    public static IEnumerable<Type> MessageTypes => Kinds.Select(k => k.Type);

    /// <summary>The name that stands for a message's kind on the wire.</summary>
    /// <exception cref="WireFormatException">It is of no kind that may cross.</exception>
    public static string ManifestOf(object message) => KindOf(message).Manifest;

    /// <summary>The most bytes that a message of this type may have.</summary>
    /// <exception cref="WireFormatException">It is of no kind that may cross.</exception>
    public static int LimitBytesOf(object message) => KindOf(message).LimitBytes;

    /// <summary>A message as bytes.</summary>
    /// <exception cref="WireFormatException">It is of no kind that may cross, or larger than its kind may be.</exception>
    public static byte[] Write(object message)
    {
        var kind = KindOf(message);
        var bytes = ((IMessage)message).ToByteArray();
        return bytes.Length <= kind.LimitBytes ? bytes : throw TooLarge(kind, bytes.Length);
    }

    /// <summary>The message that <paramref name="bytes"/> are; its size is checked before anything is parsed.</summary>
    /// <exception cref="WireFormatException">Unknown name, too large, or not readable as what it claims to be.</exception>
    public static IMessage Read(byte[] bytes, string? manifest)
    {
        if (manifest is null || !ByManifest.TryGetValue(manifest, out var kind))
            throw new WireFormatException($"a message of an unknown kind '{Printable(manifest ?? "")}' ({bytes.Length} bytes)");
        if (bytes.Length > kind.LimitBytes)
            throw TooLarge(kind, bytes.Length);
        try
        {
            return kind.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            throw new WireFormatException($"a {kind.Type.Name} of {bytes.Length} bytes that is not readable");
        }
    }

    private static Kind Of<T>(MessageParser<T> parser, string manifest, int limitBytes)
        where T : IMessage<T> => new(typeof(T), parser.WithDiscardUnknownFields(true), manifest, limitBytes);

    private static Kind KindOf(object message) => ByType.TryGetValue(message.GetType(), out var kind)
        ? kind
        : throw new WireFormatException($"a {message.GetType().Name} is no message of this protocol");

    private static WireFormatException TooLarge(Kind kind, int bytes) =>
        new($"a {kind.Type.Name} of {bytes} bytes, of which {kind.LimitBytes} are allowed");

    // What a stranger sent ends up in logs and on terminals: short, and without control characters.
    private static string Printable(string text) =>
        string.Concat(text.Take(40).Select(c => char.IsAsciiLetterOrDigit(c) || "-_.,+ ".Contains(c, StringComparison.Ordinal) ? c : '?'));

    private sealed record Kind(Type Type, MessageParser Parser, string Manifest, int LimitBytes);
}
