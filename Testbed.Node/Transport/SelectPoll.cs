using System.Net;
using System.Net.Sockets;

namespace Testbed.Node.Transport;

/// <summary>The same with nothing but .NET's own <see cref="Socket.Select(System.Collections.IList, System.Collections.IList, System.Collections.IList, int)"/>: for systems other than Linux.</summary>
internal sealed class SelectPoll : ISocketPoll
{
    private readonly Socket _bell = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
    private readonly EndPoint _bellAddress;
    private readonly List<Socket> _read = [];
    private readonly List<Socket> _write = [];
    private readonly Lock _gate = new();
    private bool _disposed;

    public SelectPoll()
    {
        // A datagram to itself wakes it; nobody else's is taken.
        _bell.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _bellAddress = _bell.LocalEndPoint!;
        _bell.Connect(_bellAddress);
    }

    /// <inheritdoc/>
    public int Poll(List<IPolled> sockets, int timeoutMs)
    {
        _read.Clear();
        _write.Clear();
        _read.Add(_bell);
        foreach (var polled in sockets)
        {
            if (polled.WantsToRead)
                _read.Add(polled.Socket);
            if (polled.WantsToWrite)
                _write.Add(polled.Socket);
        }

        // Waits without end are cut into pieces: the longest that can be said is half an hour.
        Socket.Select(_read, _write, null, timeoutMs < 0 ? 60_000_000 : timeoutMs * 1000);
        if (_read.Remove(_bell))
        {
            Span<byte> ignored = stackalloc byte[16];
            while (_bell.Receive(ignored, SocketFlags.None, out var error) > 0 && error == SocketError.Success)
            {
            }
        }

        var ready = 0;
        for (var i = sockets.Count - 1; i >= 0; i--)
        {
            var polled = sockets[i];
            var (readable, writable) = (_read.Contains(polled.Socket), _write.Contains(polled.Socket));
            if (!readable && !writable)
                continue;
            ready++;
            polled.OnReady(readable, writable);
        }

        return ready;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_disposed)
                _bell.Send([1], SocketFlags.None, out _);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _bell.Dispose();
        }
    }
}
