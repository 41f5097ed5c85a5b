using Testbed.Node.Configuration;
using Testbed.Node.Time;

namespace Testbed.Tests.Configuration;

public class SettingsReaderTests
{
    private static readonly SettingsReader Reader = new(HoconText.Parse(
        """
        cable { delay = 500 ns, rate = 100 Mb/s, loss = 0.1 %, names = [a, b] }
        tcp { timestamps = on, nagle = rcf }
        pcs { x { mac = "00:90:27:00:07:33", group = "01:90:27:00:07:33", address = 10.0.0.1, bad = 10.0.0 }
               b.mac = none }
        """,
        "x.conf"), "experiment x");

    [Fact]
    public void Values_are_read_in_their_units_at_their_path()
    {
        var cable = Reader.At("cable");
        Assert.Equal(Duration.FromNanoseconds(500), cable.Duration("delay", Duration.Zero, Duration.FromSeconds(1)));
        Assert.Equal(100_000_000, cable.BitsPerSecond("rate", 1, long.MaxValue));
        Assert.Equal(1_000, cable.PartsPerMillion("loss"));
        Assert.Equal(["a", "b"], cable.Texts("names"));
        Assert.True(Reader.At("tcp").Switch("timestamps"));
        Assert.Equal(["b", "x"], Reader.At("pcs").Names());
        Assert.Equal("00:90:27:00:07:33", Reader.At("pcs.x").MacAddress("mac"));
        Assert.Equal("10.0.0.1", Reader.At("pcs.x").IpAddress("address"));
    }

    [Fact]
    public void A_value_out_of_range_is_refused_with_file_key_value_and_range() => AssertRefused(
        "x.conf: cable.delay = 500 ns: is out of range; 1 us to 1 s is permitted",
        () => Reader.At("cable").Duration("delay", Duration.FromMicroseconds(1), Duration.FromSeconds(1)));

    [Fact]
    public void A_value_of_another_unit_is_refused_with_the_unit_expected() => AssertRefused(
        "x.conf: cable.delay = 500 ns: ns is no unit of a bit rate; expected a bit rate such as \"100 Mb/s\"",
        () => Reader.At("cable").BitsPerSecond("delay", 1, 2));

    [Fact]
    public void A_choice_that_is_none_is_refused_with_the_choices_and_the_nearest() => AssertRefused(
        "x.conf: tcp.nagle = rcf: expected one of linux-2.2, rfc, off; did you mean rfc?",
        () => Reader.At("tcp").Choice("nagle", "linux-2.2", "rfc", "off"));

    [Fact]
    public void A_list_where_one_value_is_expected_is_refused() =>
        AssertRefused("x.conf: cable.names = [a, b]: is a list", () => Reader.At("cable").Text("names"));

    [Fact]
    public void Addresses_are_checked()
    {
        AssertRefused("x.conf: pcs.x.group = 01:90:27:00:07:33: is a group address", () => Reader.At("pcs.x").MacAddress("group"));
        AssertRefused("x.conf: pcs.b.mac = none: expected an Ethernet address", () => Reader.At("pcs.b").MacAddress("mac"));
        AssertRefused("x.conf: pcs.x.bad = 10.0.0: expected an IPv4 address", () => Reader.At("pcs.x").IpAddress("bad"));
    }

    [Fact]
    public void A_key_that_is_missing_is_named() =>
        AssertRefused("experiment x: cable.mtu is not set", () => Reader.At("cable").Bytes("mtu", 1, 2));

    [Fact]
    public void Keys_that_no_one_read_are_known()
    {
        var reader = new SettingsReader(HoconText.Parse("a.b = 1, a.c = 2, d = 3", "x.conf"), "x");
        reader.At("a").Text("b");
        Assert.Equal(["a.c", "d"], reader.UnreadKeys);
    }

    private static void AssertRefused(string expected, Func<object> read) =>
        Assert.StartsWith(expected, Assert.Throws<ConfigurationException>(read).Message, StringComparison.Ordinal);
}
