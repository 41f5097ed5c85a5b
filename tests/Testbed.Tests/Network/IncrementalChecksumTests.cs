using System.Buffers.Binary;
using CsCheck;
using Testbed.Node.Network;

namespace Testbed.Tests.Network;

public sealed class IncrementalChecksumTests
{
    private static readonly ushort[] Edges = [0, 1, 0x7FFF, 0x8000, 0xFFFE, 0xFFFF];
    private static readonly Gen<ushort> Word = Gen.OneOf(Gen.UShort, Gen.Int[0, 5].Select(i => Edges[i]));

    [Fact]
    public void A_changed_word_gives_what_computing_anew_gives() =>
        Gen.Select(Word.Array[2, 40], Gen.Int[0, 39], Word).Sample((words, at, after) =>
        {
            at %= words.Length;

            // The field and one word that is not zero stay: no packet sums to nothing.
            words[(at + 1) % words.Length] |= 1;
            var before = words[at];
            var checksum = Compute(words);
            words[at] = after;
            Assert.Equal(Compute(words), IncrementalChecksum.Update(checksum, before, after));
        });

    [Fact]
    public void A_changed_address_gives_what_computing_anew_gives() =>
        Gen.Select(Word.Array[2, 20], Gen.UInt, Gen.UInt).Sample((words, before, after) =>
        {
            words[0] |= 1;
            var checksum = Compute([.. words, (ushort)(before >> 16), (ushort)before]);
            Assert.Equal(
                Compute([.. words, (ushort)(after >> 16), (ushort)after]),
                IncrementalChecksum.Update(checksum, new Ipv4Address(before), new Ipv4Address(after)));
        });

    [Theory]
    [InlineData(0x0001, 0xFFFF)]
    [InlineData(0x1234, 0x5678)]
    [InlineData(0xFFFE, 0x0000)]
    public void Every_new_word_gives_what_computing_anew_gives(int other, int before)
    {
        var checksum = Compute([(ushort)other, (ushort)before]);
        for (var after = 0; after <= ushort.MaxValue; after++)
            Assert.Equal(Compute([(ushort)other, (ushort)after]), IncrementalChecksum.Update(checksum, (ushort)before, (ushort)after));
    }

    [Fact]
    public void The_example_of_RFC_1624_comes_out_right() =>
        Assert.Equal(0x0000, IncrementalChecksum.Update(0xDD2F, 0x5555, 0x3285));

    private static ushort Compute(ushort[] words)
    {
        var bytes = new byte[words.Length * 2];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), words[i]);
        return InternetChecksum.Compute(bytes);
    }
}
