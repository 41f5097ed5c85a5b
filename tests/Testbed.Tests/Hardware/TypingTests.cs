using CsCheck;
using Testbed.Node.Hardware;
using Testbed.Node.Time;

namespace Testbed.Tests.Hardware;

public sealed class TypingTests
{
    [Fact]
    public void A_script_presses_and_releases_each_key_at_its_time()
    {
        var typing = Typing.Script([new(new Instant(3_000_000), 0x1E), new(new Instant(1_000_000), 0x30)], Duration.FromMilliseconds(1));
        Assert.Equal(2, typing.Presses);
        Assert.Equal(
            [new(new Instant(1_000_000), 0x30), new(new Instant(2_000_000), 0xB0), new(new Instant(3_000_000), 0x1E), new(new Instant(4_000_000), 0x9E)],
            All(typing));
    }

    [Fact]
    public void A_typist_presses_each_key_that_is_up_and_releases_it_in_the_order_of_time() =>
        Gen.Select(Gen.Int[0, 1000], Gen.Int[1, 200], Gen.Int[1, 400]).Sample((seed, intervalMs, holdMs) =>
        {
            var typing = Typing.Typist(
                new Instant(5), 40, Duration.FromMilliseconds(intervalMs), Duration.FromMilliseconds(Math.Min(holdMs, intervalMs * 10)), new RandomStream(seed, "typist"));
            var strokes = All(typing);
            Assert.Equal(80, strokes.Count);
            var down = new HashSet<byte>();
            var before = Instant.Zero;
            foreach (var (at, code) in strokes)
            {
                Assert.True(at >= before);
                before = at;
                if ((code & AtKeyboard.ReleaseBit) == 0)
                    Assert.True(down.Add(code));
                else
                    Assert.True(down.Remove((byte)(code & ~AtKeyboard.ReleaseBit)));
            }

            Assert.Empty(down);
        });

    private static List<KeyStroke> All(Typing typing)
    {
        var strokes = new List<KeyStroke>();
        while (typing.NextStroke != Instant.Never)
            strokes.Add(typing.Take());
        return strokes;
    }
}
