using CsCheck;
using Testbed.Node.Network;

namespace Testbed.Tests.Network;

public sealed class ChecksumTests
{
    [Fact]
    public void The_checksum_is_the_word_by_word_one_for_every_length_and_alignment() =>
        Gen.Select(Gen.Byte.Array[0, 2000], Gen.Int[0, 40]).Sample((data, skip) =>
        {
            var part = data.AsSpan(Math.Min(skip, data.Length));
            return InternetChecksum.Compute(part) == NaiveChecksum.Of(part);
        });

    [Fact]
    public void The_checksum_of_all_ones_does_not_overflow()
    {
        var data = new byte[65534];
        Array.Fill(data, (byte)255);
        Assert.Equal(NaiveChecksum.Of(data), InternetChecksum.Compute(data));
    }

    [Fact]
    public void The_checksum_of_RFC_1071s_example_is_its() =>
        Assert.Equal(0x220D, InternetChecksum.Compute([0x00, 0x01, 0xF2, 0x03, 0xF4, 0xF5, 0xF6, 0xF7]));

    [Fact]
    public void Any_partial_sum_folds_to_its_remainder_modulo_65535() => Gen.ULong.Sample(partial =>
    {
        var folded = partial == 0 ? 0 : ((partial - 1) % 65535) + 1;
        var expected = (ushort)~folded;
        return InternetChecksum.Finish(partial) == (BitConverter.IsLittleEndian ? (ushort)(expected << 8 | expected >> 8) : expected);
    });

    [Fact]
    public void A_sum_in_even_parts_is_the_sum_of_the_whole() => Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 150]).Sample((data, cut) =>
    {
        var at = Math.Min(cut * 2, data.Length & ~1);
        return InternetChecksum.Finish(InternetChecksum.Add(InternetChecksum.Add(0, data.AsSpan(0, at)), data.AsSpan(at)))
            == InternetChecksum.Compute(data);
    });

    [Fact]
    public void The_frame_check_sequence_of_the_standard_check_string_is_CBF43926_least_byte_first()
    {
        var onTheWire = EthernetFrame.AppendFcs("123456789"u8);
        Assert.Equal([0x26, 0x39, 0xF4, 0xCB], onTheWire[9..]);
        Assert.True(EthernetFrame.VerifyFcs(onTheWire));
    }

    [Fact]
    public void A_frame_with_any_bit_flipped_fails_its_check() => Gen.Select(Gen.Byte.Array[60, 1514], Gen.Int[0, int.MaxValue]).Sample((data, at) =>
    {
        var onTheWire = EthernetFrame.AppendFcs(data);
        onTheWire[at % onTheWire.Length] ^= (byte)(1 << (at % 8));
        return !EthernetFrame.VerifyFcs(onTheWire);
    });

    [Fact]
    public void A_frame_too_short_for_a_check_sequence_fails_it() => Assert.False(EthernetFrame.VerifyFcs([1, 2, 3]));
}
