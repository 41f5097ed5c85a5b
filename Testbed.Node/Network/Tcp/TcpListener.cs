namespace Testbed.Node.Network.Tcp;

/// <summary>A port on which connections are accepted: LISTEN (RFC 9293).</summary>
public sealed class TcpListener
{
    private readonly Queue<TcpConnection> _ready = new();

    internal TcpListener(ushort port, int backlog)
    {
        Port = port;
        Backlog = backlog;
    }

    /// <summary>The port.</summary>
    public ushort Port { get; }

    /// <summary>The most connections that are being opened or wait for <see cref="Accept"/>.</summary>
    public int Backlog { get; }

    /// <summary>Whether <see cref="Accept"/> would return a connection.</summary>
    public bool HasPending => _ready.Count > 0;

    /// <summary>Connections whose handshake is not complete.</summary>
    internal int Opening { get; set; }

    internal bool HasRoom => Opening + _ready.Count < Backlog;

    /// <summary>Takes the connection that was established first, or null.</summary>
    public TcpConnection? Accept() => _ready.TryDequeue(out var connection) ? connection : null;

    internal void Established(TcpConnection connection)
    {
        Opening--;
        _ready.Enqueue(connection);
    }
}
