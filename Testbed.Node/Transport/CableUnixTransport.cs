using System.Globalization;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;

namespace Testbed.Node.Transport;

/// <summary>
/// <c>cable-unix</c>: over Unix domain sockets, for processes of one user on one machine; on Linux through memory that they share, with the sockets
/// as doorbells. The port of an address names the socket's file; the host has to be a loopback address.
/// </summary>
public sealed class CableUnixTransport : CableTransport
{
    private const int Backlog = 128;

    private string? _file;
    private int _accepted;

    /// <summary>Made by Akka.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">Its section of the configuration.</param>
    public CableUnixTransport(ActorSystem system, Config config)
        : base(system, config, "unix")
    {
    }

    /// <inheritdoc/>
    internal override bool HearsOffers => true;

    /// <inheritdoc/>
    internal override bool SharesMemory => Settings.SharesMemory && OperatingSystem.IsLinux();

    private protected override Socket Bind(out int port)
    {
        var (socket, chosen) = UnixSocketFiles.Listen(Settings.Port, Backlog);
        _file = UnixSocketFiles.Path(chosen);
        port = chosen;
        if (SharesMemory)
            RingFile.Sweep();
        return socket;
    }

    private protected override Socket Connect(Address remote) =>
        UnixSocketFiles.Connect(remote.Port ?? 0, Settings.ConnectTimeout);

    private protected override Address AddressOf(Socket accepted) => new(
        SchemeIdentifier, System.Name, string.Create(CultureInfo.InvariantCulture, $"connection-{++_accepted}"), 1);

    private protected override void OnUnbound()
    {
        if (_file is not null)
            File.Delete(_file);
    }
}
