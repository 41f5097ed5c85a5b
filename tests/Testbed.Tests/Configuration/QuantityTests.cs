using System.Globalization;
using CsCheck;
using Testbed.Node.Configuration;

namespace Testbed.Tests.Configuration;

public class QuantityTests
{
    private static readonly QuantityKind[] Kinds =
    [
        Quantity.Duration, Quantity.Cost, Quantity.Size, Quantity.Rate, Quantity.Clock, Quantity.PartsPerMillion,
        Quantity.PartsPerBillion, Quantity.WholeNumber,
    ];

    [Theory]
    [InlineData("500 ns", 500)]
    [InlineData("5.76 us", 5_760)]
    [InlineData("5.76µs", 5_760)]
    [InlineData("5.76 μs", 5_760)]
    [InlineData("10 ms", 10_000_000)]
    [InlineData("1 s", 1_000_000_000)]
    [InlineData("1.5 min", 90_000_000_000)]
    [InlineData("1e-3 s", 1_000_000)]
    [InlineData("0", 0)]
    public void Durations_are_whole_nanoseconds(string text, long expected) => AssertParses(Quantity.Duration, text, expected);

    [Theory]
    [InlineData("100 MiB", 104_857_600)]
    [InlineData("64 KiB", 65_536)]
    [InlineData("1 GB", 1_000_000_000)]
    [InlineData("1.5 KiB", 1_536)]
    [InlineData("4096", 4_096)]
    public void Sizes_are_bytes(string text, long expected) => AssertParses(Quantity.Size, text, expected);

    [Fact]
    public void Rates_clocks_costs_and_shares_have_their_own_units()
    {
        AssertParses(Quantity.Rate, "100 Mb/s", 100_000_000);
        AssertParses(Quantity.Clock, "733 MHz", 733_000_000);
        AssertParses(Quantity.Cost, "8.90 us", 8_900_000);
        AssertParses(Quantity.Cost, "850 ps", 850);
        AssertParses(Quantity.PartsPerMillion, "15 %", 150_000);
        AssertParses(Quantity.PartsPerMillion, "0.001", 1_000);
        AssertParses(Quantity.PartsPerBillion, "1e-6", 1_000);
        AssertParses(Quantity.WholeNumber, "-3", -3);
    }

    [Theory]
    [InlineData("0.5 ns", "is finer than 1 ns")]
    [InlineData("5", "has no unit")]
    [InlineData("5 MB", "MB is no unit of a duration")]
    [InlineData("five ms", "expected a duration such as")]
    [InlineData("", "expected a duration such as")]
    [InlineData("5. ms", "expected a duration such as")]
    [InlineData("999999999999 h", "is too large")]
    [InlineData("1e99 s", "is too large")]
    [InlineData("5 MS", "MS is no unit")]
    public void What_is_no_duration_is_refused_with_what_would_be_right(string text, string problem)
    {
        Assert.False(Quantity.Duration.TryParse(text, out _, out var said));
        Assert.StartsWith(problem, said, StringComparison.Ordinal);
        Assert.Contains("\"5.76 us\"", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_value_of_every_kind_is_read_back_as_it_was_written() =>
        Gen.Select(Gen.Long, Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i])).Sample((value, kind) =>
        {
            AssertParses(kind, kind.Format(value), value);
        });

    [Fact]
    public void Decimals_are_exact_where_a_double_would_not_be() =>
        Gen.Select(Gen.Long[0, 9_000_000_000], Gen.Int[0, 999]).Sample((micros, nanos) =>
        {
            var text = string.Create(CultureInfo.InvariantCulture, $"{micros}.{nanos:D3} us");
            AssertParses(Quantity.Duration, text, (micros * 1_000) + nanos);
        });

    [Fact]
    public void No_text_makes_the_parser_throw() =>
        Gen.Select(Gen.String[Gen.Char["0123456789.eE-+ %usmnMKiB/µ"], 0, 12], Gen.Int[0, Kinds.Length - 1].Select(i => Kinds[i]))
            .Sample((text, kind) => kind.TryParse(text, out _, out var problem) == problem is null);

    private static void AssertParses(QuantityKind kind, string text, long expected)
    {
        Assert.True(kind.TryParse(text, out var value, out var problem), $"{text}: {problem}");
        Assert.Equal(expected, value);
    }
}
