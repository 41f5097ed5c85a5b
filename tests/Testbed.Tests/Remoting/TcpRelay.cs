using System.Net;
using System.Net.Sockets;
using Testbed.Node.Remoting;

namespace Testbed.Tests.Remoting;

/// <summary>Passes TCP connections on to another port, late if told so, and can be cut.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<Socket> _open = [];
    private readonly int _target;
    private readonly Func<TimeSpan>? _delay;
    private bool _isCut;
    private int _connections;

    /// <param name="targetPort">Where connections go on to.</param>
    /// <param name="delay">How long each piece of data is held back; the order stays.</param>
    public TcpRelay(int targetPort, Func<TimeSpan>? delay = null)
    {
        (_target, _delay) = (targetPort, delay);
        _listener.Start();
        _ = AcceptAsync();
    }

    public HostPort At => new("127.0.0.1", ((IPEndPoint)_listener.LocalEndpoint).Port);

    public int Connections => Volatile.Read(ref _connections);

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    /// <summary>Breaks all connections, and lets none come about.</summary>
    public void Cut()
    {
        lock (_open)
        {
            _isCut = true;
            foreach (var socket in _open)
                socket.Close(0);
            _open.Clear();
        }
    }

    /// <summary>Passes connections on again.</summary>
    public void Restore()
    {
        lock (_open)
            _isCut = false;
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptSocketAsync();
                var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                near.NoDelay = true;
                try
                {
                    await far.ConnectAsync(IPAddress.Loopback, _target);
                }
                catch (SocketException)
                {
                    // Nobody is there.
                    near.Close(0);
                    continue;
                }

                Interlocked.Increment(ref _connections);
                lock (_open)
                {
                    if (_isCut)
                    {
                        near.Close(0);
                        far.Close(0);
                        continue;
                    }

                    _open.AddRange([near, far]);
                }

                _ = PumpAsync(near, far);
                _ = PumpAsync(far, near);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[65536];
        try
        {
            int count;
            while ((count = await from.ReceiveAsync(buffer)) > 0)
            {
                if (_delay is not null)
                    await Task.Delay(_delay());
                await to.SendAsync(buffer.AsMemory(0, count));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }
}
