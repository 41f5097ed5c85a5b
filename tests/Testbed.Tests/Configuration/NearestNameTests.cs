using CsCheck;
using Testbed.Node.Configuration;

namespace Testbed.Tests.Configuration;

public class NearestNameTests
{
    private static readonly string[] Keys = ["cable.delay", "cable.rate", "nettest.bytes", "nettest.chunk", "sender.pc", "seed"];

    [Theory]
    [InlineData("cable.dealy", "cable.delay")]
    [InlineData("cabel.rate", "cable.rate")]
    [InlineData("nettest.chunks", "nettest.chunk")]
    [InlineData("chunk", "nettest.chunk")]
    [InlineData("tcp.chunk", "nettest.chunk")]
    [InlineData("sede", "seed")]
    [InlineData("wholly-other", null)]
    public void The_name_that_was_meant_is_found(string written, string? meant) => Assert.Equal(meant, NearestName.Of(written, Keys));

    [Fact]
    public void Swapping_two_neighbours_is_one_slip() => Assert.Equal(1, NearestName.Distance("dealy", "delay"));

    [Fact]
    public void The_distance_is_symmetric_and_zero_only_between_equals() =>
        Gen.Select(Gen.String[Gen.Char["abc"], 0, 8], Gen.String[Gen.Char["abc"], 0, 8]).Sample((a, b) =>
            NearestName.Distance(a, b) == NearestName.Distance(b, a) && (NearestName.Distance(a, b) == 0) == (a == b));
}
