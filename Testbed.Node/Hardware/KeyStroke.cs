using System.Collections.Frozen;
using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>A key goes down or up.</summary>
/// <param name="At">When.</param>
/// <param name="Code">Its code in scan code set 1; with <see cref="AtKeyboard.ReleaseBit"/> when it goes up.</param>
public readonly record struct KeyStroke(Instant At, byte Code)
{
    private const string Digits = "1234567890";
    private const string UpperRow = "qwertyuiop";
    private const string MiddleRow = "asdfghjkl";
    private const string LowerRow = "zxcvbnm";
    private const byte FirstDigit = 0x02;
    private const byte FirstUpper = 0x10;
    private const byte FirstMiddle = 0x1E;
    private const byte FirstLower = 0x2C;

    private static readonly FrozenDictionary<string, byte> Codes = Row(Digits, FirstDigit)
        .Concat(Row(UpperRow, FirstUpper))
        .Concat(Row(MiddleRow, FirstMiddle))
        .Concat(Row(LowerRow, FirstLower))
        .Concat([new("esc", 0x01), new("backspace", 0x0E), new("tab", 0x0F), new("enter", 0x1C), new("shift", 0x2A), new("space", 0x39)])
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The keys that have a name here: letters, digits, <c>space</c>, <c>enter</c> and a few more; in order of their codes.</summary>
    public static IReadOnlyList<string> Keys { get; } = [.. Codes.OrderBy(key => key.Value).Select(key => key.Key)];

    /// <summary>A key's code when it goes down; false if there is no such key.</summary>
    public static bool TryFind(string key, out byte code) => Codes.TryGetValue(key, out code);

    private static IEnumerable<KeyValuePair<string, byte>> Row(string keys, byte first) =>
        keys.Select((key, i) => new KeyValuePair<string, byte>(key.ToString(), (byte)(first + i)));
}
