using System.Net.Sockets;
using Testbed.Node.Transport;
using static Testbed.Node.Transport.SharedStream;

namespace Testbed.Tests.Transport;

public sealed class SharedStreamTests : IDisposable
{
    private const int Capacity = 32;

    private readonly Socket _one;
    private readonly Socket _two;
    private readonly SharedMemory _memory;
    private readonly SharedStream _first;
    private readonly SharedStream _second;

    public SharedStreamTests()
    {
        Skip.IfNot(UnixSocketFiles.AreAvailable(out var reason), reason);
        var (listener, port) = UnixSocketFiles.Listen(0, 1);
        _one = UnixSocketFiles.Connect(port, Peer.Patience);
        _two = listener.Accept();
        listener.Dispose();
        File.Delete(UnixSocketFiles.Path(port));
        _one.Blocking = _two.Blocking = false;
        _memory = RingFile.TryCreate(MemoryBytes(Capacity))!.Take();
        _first = new SharedStream(_one, _memory, connected: true, Capacity);
        _second = new SharedStream(_two, _memory, connected: false, Capacity);
    }

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
        _memory.Dispose();
    }

    // A ring of 32 bytes is full or empty again and again, and both sides sleep whenever they can do nothing: a waking that is lost is a test that
    // waits in vain.
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task No_waking_is_lost_however_often_both_sides_sleep(int looks)
    {
        const int Bytes = 3_000_000;

        await Task.WhenAll(
            Task.Factory.StartNew(() => Exchange(_first, _one), TaskCreationOptions.LongRunning),
            Task.Factory.StartNew(() => Exchange(_second, _two), TaskCreationOptions.LongRunning));

        void Exchange(SharedStream stream, Socket socket)
        {
            var (sent, received, looked) = (0, 0, 0);
            var (output, input) = (new byte[50], new byte[50]);
            while (sent < Bytes || received < Bytes)
            {
                // Pieces of any length, bytes that tell where they belong.
                var piece = output.AsSpan(0, Math.Min(1 + (sent % 50), Bytes - sent));
                for (var i = 0; i < piece.Length; i++)
                    piece[i] = (byte)((sent + i) % 251);
                var (written, read) = (stream.Send(piece), stream.Receive(input));
                for (var i = 0; i < read; i++)
                {
                    if (input[i] != (byte)((received + i) % 251))
                        throw new InvalidOperationException($"byte {received + i} is wrong");
                }

                (sent, received) = (sent + written, received + read);
                looked = written > 0 || read > 0 ? 0 : looked + 1;
                if (looked < looks)
                    continue;
                looked = 0;
                var wanted = (sent < Bytes ? Wanted.Room : Wanted.None) | (received < Bytes ? Wanted.Bytes : Wanted.None);
                if (wanted != Wanted.None && stream.FallAsleep(wanted))
                {
                    if (!socket.Poll(Peer.Patience, SelectMode.SelectRead))
                        throw new TimeoutException($"{wanted} in vain: {sent} sent, {received} received");
                    stream.HearBells();
                }

                stream.WakeUp();
            }
        }
    }

    [SkippableFact]
    public void Nobody_rings_for_one_who_is_awake()
    {
        Assert.Equal(3, _first.Send([1, 2, 3]));

        Assert.False(_two.Poll(0, SelectMode.SelectRead));
        Assert.False(_second.FallAsleep(Wanted.Bytes));
        Assert.Equal(3, _second.Receive(new byte[10]));
        Assert.True(_second.FallAsleep(Wanted.Bytes));
        _first.Send([4]);
        _first.Send([5]);
        Assert.Equal(1, _two.Available);
    }

    [SkippableFact]
    public void Room_is_rung_for_only_when_it_is_waited_for()
    {
        Assert.Equal(Capacity, _first.Send(new byte[Capacity]));
        Assert.True(_first.FallAsleep(Wanted.Bytes));
        Assert.Equal(1, _second.Receive(new byte[1]));
        Assert.Equal(0, _one.Available);

        Assert.Equal(1, _first.Send([1]));
        Assert.True(_first.FallAsleep(Wanted.Bytes | Wanted.Room));
        Assert.Equal(1, _second.Receive(new byte[1]));
        Assert.Equal(1, _one.Available);
    }

    [SkippableFact]
    public void What_is_in_the_ring_when_the_peer_dies_is_read_before_the_end()
    {
        _first.Send([1, 2, 3]);
        _one.Dispose();

        _second.HearBells();

        Assert.True(_second.HasSocketEnded);
        Assert.Equal(3, _second.Receive(new byte[10]));
        Assert.True(_second.Has(Wanted.Bytes));
        Assert.Equal(-1, _second.Receive(new byte[10]));
        Assert.Null(_second.Malformed);
    }

    [SkippableFact]
    public void Through_the_socket_come_bells_and_nothing_else()
    {
        _one.Send([Bell, Bell]);
        _second.HearBells();
        Assert.Equal(0, _second.Receive(new byte[1]));

        _one.Send([Bell, 2]);
        _second.HearBells();
        Assert.True(_second.Has(Wanted.Bytes));
        Assert.Equal(-1, _second.Receive(new byte[1]));
        Assert.Equal("something else than bells through the socket", _second.Malformed);
    }
}
