using CsCheck;
using Testbed.Node.Network;

namespace Testbed.Tests.Network;

public sealed class AddressTests
{
    [Fact]
    public void A_MAC_address_reads_back_what_it_prints() => Gen.ULong[0, 0xFFFF_FFFF_FFFF].Sample(bits =>
    {
        var address = new MacAddress(bits);
        var bytes = new byte[6];
        address.Write(bytes);
        return MacAddress.Parse(address.ToString()) == address && MacAddress.Read(bytes) == address && bytes[0] == bits >> 40;
    });

    [Fact]
    public void An_IPv4_address_reads_back_what_it_prints() =>
        Gen.UInt.Sample(bits => Ipv4Address.Parse(new Ipv4Address(bits).ToString()).Bits == bits);

    [Theory]
    [InlineData("00:d0:b7:00:00")]
    [InlineData("00:d0:b7:00:00:1")]
    [InlineData("00-d0-b7-00-00-01")]
    [InlineData("00:d0:b7:00:00:0g")]
    [InlineData("")]
    public void What_is_not_a_MAC_address_is_refused_with_an_example_of_one(string text)
    {
        var message = Assert.Throws<FormatException>(() => MacAddress.Parse(text)).Message;
        Assert.Contains($"'{text}'", message, StringComparison.Ordinal);
        Assert.Contains("00:d0:b7:00:00:01", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0")]
    [InlineData("10.0.0.256")]
    [InlineData("10.0.0.01")]
    [InlineData("10.0.0.1.")]
    [InlineData("10..0.1")]
    [InlineData(" 10.0.0.1")]
    [InlineData("1.2.3.4.5")]
    [InlineData("")]
    public void What_is_not_an_IPv4_address_is_refused_with_an_example_of_one(string text)
    {
        var message = Assert.Throws<FormatException>(() => Ipv4Address.Parse(text)).Message;
        Assert.Contains($"'{text}'", message, StringComparison.Ordinal);
        Assert.Contains("10.0.0.1", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Addresses_share_a_prefix_up_to_the_first_bit_that_differs()
    {
        var a = Ipv4Address.Parse("10.0.0.1");
        Assert.True(a.SharesPrefix(Ipv4Address.Parse("10.0.0.200"), 24));
        Assert.False(a.SharesPrefix(Ipv4Address.Parse("10.0.0.200"), 25));
        Assert.True(a.SharesPrefix(Ipv4Address.Parse("200.0.0.1"), 0));
    }
}
