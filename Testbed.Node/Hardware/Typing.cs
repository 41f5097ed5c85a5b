using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>What is typed at a keyboard in a run: every stroke with its instant, in order.</summary>
public sealed class Typing
{
    private readonly IReadOnlyList<KeyStroke> _strokes;
    private int _next;

    private Typing(IEnumerable<KeyStroke> strokes) => _strokes = [.. strokes.OrderBy(stroke => stroke.At.Nanoseconds)];

    /// <summary>How many keys are pressed.</summary>
    public int Presses => _strokes.Count(stroke => (stroke.Code & AtKeyboard.ReleaseBit) == 0);

    /// <summary>When the next key goes down or up; never, once all have.</summary>
    public Instant NextStroke => _next < _strokes.Count ? _strokes[_next].At : Instant.Never;

    /// <summary>Keys that are pressed at instants given, and held for as long.</summary>
    /// <param name="presses">When which key goes down.</param>
    /// <param name="hold">How long each is held.</param>
    public static Typing Script(IEnumerable<KeyStroke> presses, Duration hold) =>
        new(presses.SelectMany(press => Stroke(press.At, press.Code, hold)));

    /// <summary>A typist: keys, pauses and holds by chance, each length even between half and one and a half times its average.</summary>
    /// <param name="start">When the first pause begins.</param>
    /// <param name="keys">How many keys are pressed.</param>
    /// <param name="interval">From one press to the next, on average.</param>
    /// <param name="hold">From a press to its release, on average.</param>
    /// <param name="chance">Where keys and lengths come from.</param>
    public static Typing Typist(Instant start, int keys, Duration interval, Duration hold, RandomStream chance)
    {
        var strokes = new List<KeyStroke>();
        var upAt = new Dictionary<byte, Instant>();
        var at = start;
        for (var i = 0; i < keys; i++)
        {
            at += About(interval);

            // A finger cannot press a key that another still holds down.
            byte code;
            do
            {
                _ = KeyStroke.TryFind(KeyStroke.Keys[(int)chance.Below(KeyStroke.Keys.Count)], out code);
            }
            while (upAt.GetValueOrDefault(code, Instant.Zero) >= at);
            var held = About(hold);
            upAt[code] = at + held;
            strokes.AddRange(Stroke(at, code, held));
        }

        return new(strokes);

        Duration About(Duration mean) => new((mean.Nanoseconds / 2) + chance.Below(mean.Nanoseconds + 1));
    }

    /// <summary>Takes the next stroke.</summary>
    public KeyStroke Take() => _strokes[_next++];

    private static IEnumerable<KeyStroke> Stroke(Instant at, byte code, Duration hold) =>
        [new(at, code), new(at + hold, (byte)(code | AtKeyboard.ReleaseBit))];
}
