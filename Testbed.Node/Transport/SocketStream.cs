using System.Net.Sockets;

namespace Testbed.Node.Transport;

/// <summary>The bytes go through the socket itself.</summary>
internal sealed class SocketStream(Socket socket) : IByteStream
{
    /// <inheritdoc/>
    public string? Malformed => null;

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = socket.Send(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success => sent,
            SocketError.WouldBlock => 0,
            _ => -1,
        };
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> bytes)
    {
        var count = socket.Receive(bytes, SocketFlags.None, out var error);
        return error switch
        {
            SocketError.Success when count > 0 => count,
            SocketError.WouldBlock => 0,
            _ => -1,
        };
    }

    /// <inheritdoc/>
    public void Close()
    {
        // The socket is its connection's.
    }
}
