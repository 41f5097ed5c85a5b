using CsCheck;
using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

public sealed class SharedRingTests : IDisposable
{
    private const int Capacity = 64, Bytes = SharedRing.CountsBytes;

    private readonly RingFile _file = RingFile.TryCreate(Bytes + Capacity) ?? throw new SkipException("no memory can be shared here");
    private readonly SharedMemory _memory;

    public SharedRingTests() => _memory = _file.Take();

    public void Dispose() => _memory.Dispose();

    [SkippableFact]
    public void What_is_written_is_read_wherever_the_ring_ends() =>
        Gen.Int[0, Capacity + 20].Array[1, 50].Sample(
            pieces =>
            {
                var (writer, reader) = Ends();
                byte next = 0, expected = 0;
                var room = Capacity;
                var buffer = new byte[2 * Capacity];
                for (var i = 0; i < pieces.Length; i++)
                {
                    var piece = buffer.AsSpan(0, pieces[i]);
                    if (i % 2 == 0)
                    {
                        for (var j = 0; j < piece.Length; j++)
                            piece[j] = (byte)(next + j);
                        var written = writer.Write(piece);
                        Assert.Equal(Math.Min(piece.Length, room), written);
                        (next, room) = ((byte)(next + written), room - written);
                    }
                    else
                    {
                        var read = reader.Read(piece);
                        Assert.Equal(Math.Min(piece.Length, Capacity - room), read);
                        room += read;
                        foreach (var b in piece[..read])
                            Assert.Equal(expected++, b);
                    }

                    Assert.Equal(room > 0, writer.HasRoom);
                    Assert.Equal(room < Capacity, reader.HasBytes);
                }
            },
            iter: 500,
            threads: 1);

    [SkippableFact]
    public void A_full_ring_takes_nothing_until_something_is_taken_out()
    {
        var (writer, reader) = Ends();
        Assert.Equal(Capacity, writer.Write(new byte[Capacity + 1]));
        Assert.False(writer.HasRoom);
        Assert.Equal(0, writer.Write([1]));

        Assert.Equal(1, reader.Read(new byte[1]));

        Assert.True(writer.HasRoom);
        Assert.Equal(1, writer.Write([1, 2]));
    }

    [SkippableTheory]
    [InlineData(Capacity + 1)]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public void A_count_that_cannot_be_is_found_to_be_nonsense_at_either_end(long nonsense)
    {
        var (writer, reader) = Ends();
        _memory.NumberAt(0) = nonsense;
        Assert.True(reader.HasBytes);
        Assert.Equal(-1, reader.Read(new byte[10]));

        Assert.Equal(Capacity, writer.Write(new byte[Capacity]));
        _memory.NumberAt(SharedRing.LineBytes) = nonsense;
        Assert.True(writer.HasRoom);
        Assert.Equal(-1, writer.Write([1]));
    }

    private (SharedRing Writer, SharedRing Reader) Ends()
    {
        _memory.BytesAt(0, Bytes).Clear();
        return (new SharedRing(_memory, 0, Bytes, Capacity), new SharedRing(_memory, 0, Bytes, Capacity));
    }
}
