using System.Buffers.Binary;
using CsCheck;
using Google.Protobuf;
using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

public class FramingTests
{
    private const int MostBytes = 200_000;

    [Fact]
    public void Whatever_goes_in_comes_out_however_it_is_cut_up() =>
        Gen.Select(Gen.Int[1, 150_000].Select(Gen.Byte, (length, fill) => (length, fill)).Array[1, 8], Gen.Int[1, 70_000].Array[1, 10]).Sample(
            (frames, pieces) =>
            {
                var queue = new SendQueue();
                foreach (var (length, fill) in frames)
                    queue.Add(ByteString.CopyFrom(Filled(length, fill)));
                Assert.Equal(frames.Sum(f => (long)f.length + FrameReader.LengthBytes), queue.Bytes);

                var reader = new FrameReader(MostBytes);
                var came = new List<(int, byte)>();
                for (var i = 0; queue.Bytes > 0; i++)
                {
                    var count = Math.Min(Math.Min(pieces[i % pieces.Length], queue.Next.Length), reader.Free.Length);
                    queue.Next[..count].CopyTo(reader.Free);
                    reader.Filled(count);
                    queue.Sent(count);
                    while (reader.TryTake(out var frame, out var malformed))
                    {
                        Assert.True(frame.IndexOfAnyExcept(frame[0]) < 0);
                        came.Add((frame.Length, frame[0]));
                    }
                }

                Assert.Equal(frames, came);
                Assert.True(queue.Next.IsEmpty);
            },
            iter: 200);

    [Fact]
    public void No_stream_of_bytes_is_more_than_malformed() =>
        Gen.Byte.Array[0, 2000].Sample(
            bytes =>
            {
                var reader = new FrameReader(500);
                bytes.CopyTo(reader.Free);
                reader.Filled(bytes.Length);
                string? malformed;
                while (reader.TryTake(out var frame, out malformed))
                {
                    Assert.InRange(frame.Length, 1, 500);
                    AkkaFrame.IsPlausible(frame);
                }
            },
            iter: 2000);

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(MostBytes + 1)]
    [InlineData(int.MinValue)]
    public void An_impossible_length_is_said_to_be_one(int length)
    {
        var reader = new FrameReader(MostBytes);
        BinaryPrimitives.WriteInt32LittleEndian(reader.Free, length);
        reader.Filled(FrameReader.LengthBytes);

        Assert.False(reader.TryTake(out _, out var malformed));
        Assert.Equal($"a frame of {length} bytes, of which 1 to {MostBytes} are allowed", malformed);
    }

    [Fact]
    public void Memory_does_not_follow_what_is_only_announced()
    {
        var reader = new FrameReader(100_000_000);
        BinaryPrimitives.WriteInt32LittleEndian(reader.Free, 100_000_000);
        reader.Filled(FrameReader.LengthBytes);

        Assert.False(reader.TryTake(out _, out var malformed));
        Assert.Null(malformed);
        Assert.InRange(reader.Free.Length, 1, 100_000);
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 1, 9 }, true)]
    [InlineData(new byte[] { 0x12, 2, 9, 9 }, true)]
    [InlineData(new byte[] { 0x12, 2, 9 }, false)]
    [InlineData(new byte[] { 0x0a, 1, 9, 9 }, false)]
    [InlineData(new byte[] { 0x1a, 1, 9 }, false)]
    [InlineData(new byte[] { 0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80 }, false)]
    [InlineData(new byte[] { 0x0a }, false)]
    public void A_frame_of_akkas_is_one_field(byte[] frame, bool plausible) => Assert.Equal(plausible, AkkaFrame.IsPlausible(frame));

    [Fact]
    public void Fields_of_any_length_are_plausible()
    {
        foreach (var length in new[] { 1, 127, 128, 16_383, 16_384, 1_000_000 })
        {
            // The same form: field 1, bytes.
            var frame = new Google.Protobuf.WellKnownTypes.StringValue { Value = new string('x', length) }.ToByteArray();
            Assert.True(AkkaFrame.IsPlausible(frame), $"{length}");
            Assert.False(AkkaFrame.IsPlausible(frame.AsSpan(0, frame.Length - 1)), $"{length}");
        }
    }

    private static byte[] Filled(int length, byte fill)
    {
        var bytes = new byte[length];
        bytes.AsSpan().Fill(fill);
        return bytes;
    }
}
