using Testbed.Node.Hardware;

namespace Testbed.Tests.Hardware;

public sealed class GuestMemoryTests
{
    private readonly GuestMemory _memory = new(4096);

    [Fact]
    public void It_is_zero_at_first()
    {
        Assert.Equal(4096, _memory.Size);
        Assert.Equal(new byte[4096], _memory.At(0, 4096).ToArray());
    }

    [Fact]
    public void The_least_significant_byte_comes_first()
    {
        _memory.WriteUInt32(100, 0x8765_4321);
        Assert.Equal([0x21, 0x43, 0x65, 0x87], _memory.At(100, 4).ToArray());
        _memory.WriteUInt16(102, 0xABCD);
        Assert.Equal(0xABCD_4321, _memory.ReadUInt32(100));
        Assert.Equal(0xCD43, _memory.ReadUInt16(101));
    }

    [Theory]
    [InlineData(0xFFF, 2)]
    [InlineData(0x1000, 1)]
    [InlineData(0xFFFF_FFFF, 1)]
    [InlineData(0xFFFF_FFFF, int.MaxValue)]
    [InlineData(0, -1)]
    public void What_lies_outside_is_refused_with_its_address(uint address, int length)
    {
        var thrown = Assert.Throws<ArgumentOutOfRangeException>(() => _memory.At(address, length).Length);
        Assert.Contains($"0x{address:x8}", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_last_byte_is_inside()
    {
        _memory.At(4095, 1)[0] = 7;
        Assert.Equal(0x0700, _memory.ReadUInt16(4094));
        Assert.Equal(0, _memory.At(4096, 0).Length);
    }
}
