using System.Diagnostics;
using System.Net.Sockets;
using Akka.Event;
using Akka.Remote.Transport;

namespace Testbed.Node.Transport;

/// <summary>A listening socket: accepts what comes, so many connections at most.</summary>
internal sealed class Listener(
    CableTransport owner, LoopThread loop, Socket socket, IAssociationEventListener listener, Action closed) : IPolled
{
    /// <summary>Most connections of a transport: a run needs two or three.</summary>
    public const int MostConnections = 256;

    private static readonly long Pause = Stopwatch.Frequency;

    private long _pausedUntil;
    private bool _closed;

    /// <inheritdoc/>
    public Socket Socket => socket;

    /// <inheritdoc/>
    public bool WantsToRead => _pausedUntil == 0;

    /// <inheritdoc/>
    public bool WantsToWrite => false;

    /// <inheritdoc/>
    public void OnReady(bool readable, bool writable)
    {
        while (!_closed)
        {
            try
            {
                if (owner.ConnectionCount >= MostConnections)
                    throw new SocketException((int)SocketError.TooManyOpenSockets, $"{MostConnections} connections are open already");
                owner.OnAccepted(socket.Accept(), listener);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset)
            {
                // Whoever it was has gone again.
            }
            catch (SocketException e)
            {
                // It stays readable; without a pause the loop would do nothing else.
                owner.Log.Error("no more connections are accepted for a second: {0}", e.Message);
                _pausedUntil = Stopwatch.GetTimestamp() + Pause;
                loop.StartTicking();
                return;
            }
        }
    }

    /// <inheritdoc/>
    public void OnTick(long now)
    {
        if (_pausedUntil == 0 || now < _pausedUntil)
            return;
        _pausedUntil = 0;
        loop.StopTicking();
    }

    /// <inheritdoc/>
    public void Abandon()
    {
        if (_closed)
            return;
        _closed = true;
        if (_pausedUntil != 0)
            loop.StopTicking();
        loop.Remove(this);
        socket.Dispose();
        closed();
    }
}
