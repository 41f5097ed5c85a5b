using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Actor.Setup;
using Testbed.Node.Time;
using Testbed.Node.Transport;

namespace Testbed.Node.Remoting;

/// <summary>Starts the actor system of a process, and names the actors of others.</summary>
public static class RemoteSystem
{
    /// <summary>The name that every actor system of the testbed has; a part of every address.</summary>
    public const string Name = "testbed";

    /// <summary>Starts listening.</summary>
    /// <exception cref="RemotingException">The address is not this machine's, or is taken.</exception>
    public static ActorSystem Start(RemotingSettings settings)
    {
        var publicAddress = settings.Public ?? settings.Bind with { Host = Reachable(settings.Bind) };
        CheckCanBind(settings);
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(RemotingConfig.Build(settings, publicAddress)));
        if (settings.Transport == TransportKind.DotNetty)
            return Start(settings, setup);

        var loop = LoopThread.Start();
        try
        {
            var system = Start(settings, setup.And(new LoopSetup(loop)).And(new ModelThreadSetup(loop)));
            system.WhenTerminated.ContinueWith(_ => loop.Stop(), TaskScheduler.Default);
            return system;
        }
        catch
        {
            loop.Stop();
            throw;
        }
    }

    /// <summary>The address by which others reach this system.</summary>
    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>The address of a testbed process at <paramref name="at"/>, over the transport that <paramref name="system"/> uses.</summary>
    public static Address AddressOf(ActorSystem system, HostPort at) =>
        AddressOf(system).WithHost(at.Host.Contains(':', StringComparison.Ordinal) ? $"[{at.Host}]" : at.Host).WithPort(at.Port);

    /// <summary>
    /// The actor at a path of another process, whether it exists or not. Not an actor selection: those need a serializer that can wrap any
    /// message, and are dropped by a node.
    /// </summary>
    public static IActorRef ActorAt(ActorSystem system, Address address, string path) =>
        ((ExtendedActorSystem)system).Provider.ResolveActorRef($"{address}{path}");

    /// <summary>The local address from which <paramref name="peer"/> is reached; no packet is sent.</summary>
    /// <exception cref="RemotingException">Its name has no address, or there is no route to it.</exception>
    public static string LocalAddressTowards(HostPort peer)
    {
        try
        {
            using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(peer.Host, peer.Port == 0 ? 9 : peer.Port);
            var address = ((IPEndPoint)socket.LocalEndPoint!).Address;
            return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
        }
        catch (SocketException e)
        {
            throw new RemotingException($"{peer} cannot be reached from this machine: {e.Message}");
        }
    }

    /// <summary>Whether only this machine can connect to it.</summary>
    public static bool IsLoopback(HostPort bind) =>
        bind.Host == "localhost" || (IPAddress.TryParse(bind.Host, out var ip) && IPAddress.IsLoopback(ip));

    // Bound to every address, it still needs one name: that of the interface on the default route.
    private static string Reachable(HostPort bind)
    {
        if (!IPAddress.TryParse(bind.Host, out var ip) || !(ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any)))
            return bind.Host;
        try
        {
            // TEST-NET-1 (RFC 5737): routed like any far address, assigned to nobody.
            return LocalAddressTowards(new HostPort("192.0.2.1", 9));
        }
        catch (RemotingException)
        {
            throw new RemotingException($"bound to {bind.Host}, and this machine has no default route: say with --public host:port where others reach it");
        }
    }

    private static ActorSystem Start(RemotingSettings settings, ActorSystemSetup setup)
    {
        try
        {
            return ActorSystem.Create(Name, setup);
        }
        catch (Exception e) when (e.GetBaseException() is SocketException s)
        {
            throw CannotBind(settings.Bind, s);
        }
    }

    // Akka would report a taken port as a stack trace in its log.
    private static void CheckCanBind(RemotingSettings settings)
    {
        var bind = settings.Bind;
        if (settings.Transport == TransportKind.CableUnix)
        {
            if (!IsLoopback(bind))
                throw new RemotingException($"cannot listen on {bind}: {TransportKind.CableUnix.Name()} is for processes of one machine; bind to 127.0.0.1");
            if (!UnixSocketFiles.AreAvailable(out var reason))
                throw new RemotingException($"cannot listen on {bind} by {TransportKind.CableUnix.Name()}: {reason}; use {TransportKind.CableTcp.Name()}");
        }

        try
        {
            if (settings.Transport == TransportKind.CableUnix)
            {
                UnixSocketFiles.CheckIsFree(bind.Port);
                return;
            }

            // Akka resolves names to IPv4 addresses.
            if (!IPAddress.TryParse(bind.Host, out var address))
                address = Dns.GetHostAddresses(bind.Host, AddressFamily.InterNetwork)[0];
            using var probe = new TcpListener(address, bind.Port);
            probe.Start();
        }
        catch (SocketException e)
        {
            throw CannotBind(bind, e);
        }
    }

    private static RemotingException CannotBind(HostPort bind, SocketException e) => new(e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"cannot listen on {bind}: the port is in use; choose another, or 0 to have one chosen",
        SocketError.AddressNotAvailable => $"cannot listen on {bind}: this machine does not have that address",
        SocketError.AccessDenied => $"cannot listen on {bind}: ports below 1024 need privileges",
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => $"cannot listen on {bind}: no such host",
        _ => $"cannot listen on {bind}: {e.Message}",
    });
}
