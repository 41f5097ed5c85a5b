using Testbed.Node.Network.Tcp;

namespace Testbed.Tests.Network;

/// <summary>A process that sends a known stream in chunks, and one that checks every byte of it.</summary>
internal sealed class StreamProcess(TcpConnection connection, int seed)
{
    private byte[] _chunk = [];
    private int _chunkUsed;
    private long _produced;
    private int _closing;

    public long Received { get; private set; }

    public bool SawEnd { get; private set; }

    public static byte ByteAt(long position, int seed) => (byte)((position * 167) + (position >> 8) + seed);

    /// <summary>Writes as much as the buffer takes, in sends of <paramref name="chunk"/> bytes; true when all has been written.</summary>
    public bool Write(long total, int chunk, TestNetwork network)
    {
        while (true)
        {
            if (_chunkUsed == _chunk.Length)
            {
                if (_produced == total)
                    return true;
                _chunk = new byte[Math.Min(chunk, total - _produced)];
                for (var i = 0; i < _chunk.Length; i++)
                    _chunk[i] = ByteAt(_produced + i, seed);
                _produced += _chunk.Length;
                _chunkUsed = 0;
            }

            var taken = connection.Write(_chunk.AsSpan(_chunkUsed), network.Now);
            _chunkUsed += taken;
            if (taken == 0)
            {
                connection.Push(network.Now);
                return false;
            }

            if (_chunkUsed == _chunk.Length)
                connection.Push(network.Now);
        }
    }

    /// <summary>Reads what there is and checks it.</summary>
    public void Read(TestNetwork network, int bufferSize = 4096)
    {
        var buffer = new byte[bufferSize];
        int count;
        while ((count = connection.Read(buffer, network.Now)) > 0)
        {
            for (var i = 0; i < count; i++)
            {
                if (buffer[i] != ByteAt(Received + i, seed))
                    Assert.Fail($"byte {Received + i} of stream {seed} is {buffer[i]}, not {ByteAt(Received + i, seed)}");
            }

            Received += count;
        }

        SawEnd |= connection.AtEndOfStream;
    }

    public void CloseOnce(TestNetwork network)
    {
        if (_closing++ == 0)
            connection.Shutdown(network.Now);
    }
}
