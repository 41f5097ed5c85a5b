using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;

namespace Testbed.Node.Transport;

/// <summary><c>cable-tcp</c>: over TCP; understood by Akka.Remote's own transport.</summary>
public sealed class CableTcpTransport : CableTransport
{
    private const int Backlog = 128;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">Its section of the configuration.</param>
    public CableTcpTransport(ActorSystem system, Config config)
        : base(system, config, "tcp")
    {
    }

    private protected override Socket Bind(out int port)
    {
        var address = Resolve(Settings.Host);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(address, Settings.Port));
            socket.Listen(Backlog);
            port = ((IPEndPoint)socket.LocalEndPoint!).Port;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private protected override Socket Connect(Address remote)
    {
        var address = Resolve(remote.Host);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false, NoDelay = true };
        try
        {
            try
            {
                socket.Connect(new IPEndPoint(address, remote.Port ?? 0));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.InProgress)
            {
                if (!socket.Poll(Settings.ConnectTimeout, SelectMode.SelectWrite))
                    throw new SocketException((int)SocketError.TimedOut);
                var error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != 0)
                    throw new SocketException(error);
            }

            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private protected override Address AddressOf(Socket accepted)
    {
        accepted.NoDelay = true;
        var from = (IPEndPoint)accepted.RemoteEndPoint!;
        return new Address(SchemeIdentifier, System.Name, from.Address.ToString(), from.Port);
    }

    // Names stand for IPv4 addresses, as with Akka.Remote's own transport.
    private static IPAddress Resolve(string host) => IPAddress.TryParse(host, out var address)
        ? address
        : Dns.GetHostAddresses(host, AddressFamily.InterNetwork).FirstOrDefault() ?? throw new SocketException((int)SocketError.HostNotFound);
}
