using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote.Transport;

namespace Testbed.Node.Transport;

/// <summary>
/// A transport for Akka.Remote on the <see cref="LoopThread"/>: stream sockets that never block, and on them what Akka.Remote's own TCP transport
/// speaks: each of its frames behind its length.
/// </summary>
public abstract class CableTransport : Akka.Remote.Transport.Transport
{
    private readonly LoopThread _loop;
    private readonly List<Connection> _connections = [];
    private readonly TaskCompletionSource<IAssociationEventListener> _listenerPromise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _allClosed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Listener? _listener;
    private Address _local = Address.AllSystems;
    private bool _isShutDown;

    private protected CableTransport(ActorSystem system, Config config, string scheme)
    {
        System = system;
        Config = config;
        SchemeIdentifier = scheme;
        Settings = CableTransportSettings.Read(config);
        MaximumPayloadBytes = Settings.MaximumPayload;
        Log = Logging.GetLogger(system, GetType());
        _loop = LoopSetup.Of(system.Settings);
    }

    internal CableTransportSettings Settings { get; }

    internal ILoggingAdapter Log { get; }

    /// <summary>Whether a connection may begin with an offer of memory, which has to be answered.</summary>
    internal virtual bool HearsOffers => false;

    /// <summary>Whether memory is shared with peers.</summary>
    internal virtual bool SharesMemory => false;

    /// <inheritdoc/>
    public sealed override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen()
    {
        var socket = Bind(out var port);
        _local = new Address(SchemeIdentifier, System.Name, Settings.PublicHost, Settings.PublicPort != 0 ? Settings.PublicPort : port);

        // Whoever connects before Akka can take them waits in the system's queue.
        _listenerPromise.Task.ContinueWith(
            listener => _loop.Post(() => Accept(socket, listener.Result)),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion,
            TaskScheduler.Default);
        return Task.FromResult((_local, _listenerPromise));
    }

    /// <inheritdoc/>
    public sealed override bool IsResponsibleFor(Address remote) => true;

    /// <inheritdoc/>
    public sealed override async Task<AssociationHandle> Associate(Address remoteAddress)
    {
        Socket socket;
        RingFile? offered;
        try
        {
            // On the thread pool: names are looked up and peers waited for, which the loop never does.
            (socket, offered) = await Task.Run(
                () => (Connect(remoteAddress), SharesMemory ? RingFile.TryCreate(SharedStream.MemoryBytes()) : null)).ConfigureAwait(false);
        }
        catch (SocketException e)
        {
            throw new InvalidAssociationException($"{e.Message} {remoteAddress}");
        }

        socket.Blocking = false;
        var connection = new Connection(this, _loop, socket, _local, remoteAddress, offered);
        _loop.Post(() => Open(connection));
        return connection.Handle;
    }

    /// <inheritdoc/>
    public sealed override Task<bool> Shutdown()
    {
        _loop.Post(() =>
        {
            _isShutDown = true;
            _listener?.Abandon();
            foreach (var connection in _connections.ToArray())
                connection.Close();
            CompleteIfAllClosed();
        });
        return _allClosed.Task;
    }

    /// <summary>Takes what has come to the listening socket; on the loop.</summary>
    internal void OnAccepted(Socket socket, IAssociationEventListener listener)
    {
        socket.Blocking = false;
        var connection = new Connection(this, _loop, socket, _local, AddressOf(socket));
        Open(connection);
        listener.Notify(new InboundAssociation(connection.Handle));
    }

    /// <summary>A connection has ended; on the loop.</summary>
    internal void OnClosed(Connection connection)
    {
        _connections.Remove(connection);
        CompleteIfAllClosed();
    }

    /// <summary>Whether there may be one more; on the loop.</summary>
    internal int ConnectionCount => _connections.Count;

    /// <summary>Begins to listen.</summary>
    /// <param name="port">What stands in this transport's address as port.</param>
    /// <exception cref="SocketException">It cannot be bound.</exception>
    private protected abstract Socket Bind(out int port);

    /// <summary>Connects; may block for up to <see cref="CableTransportSettings.ConnectTimeout"/>.</summary>
    /// <exception cref="SocketException">There is no connection.</exception>
    private protected abstract Socket Connect(Address remote);

    /// <summary>An address for whoever has connected, until the handshake tells its own: another one for every connection.</summary>
    private protected abstract Address AddressOf(Socket accepted);

    /// <summary>Nobody can connect any more.</summary>
    private protected virtual void OnUnbound()
    {
    }

    private void Accept(Socket socket, IAssociationEventListener listener)
    {
        if (_isShutDown)
        {
            socket.Dispose();
            OnUnbound();
            return;
        }

        socket.Blocking = false;
        _listener = new Listener(this, _loop, socket, listener, OnUnbound);
        _loop.Add(_listener);
    }

    private void Open(Connection connection)
    {
        _connections.Add(connection);
        connection.Open();
        if (_loop.IsOver)
            connection.Abandon();
        else if (_isShutDown)
            connection.Close();
    }

    private void CompleteIfAllClosed()
    {
        if (_isShutDown && _connections.Count == 0)
            _allClosed.TrySetResult(true);
    }
}
