using System.Net.Sockets;

namespace Testbed.Node.Transport;

/// <summary>A socket that a <see cref="LoopThread"/> looks after; used on that thread alone.</summary>
internal interface IPolled
{
    /// <summary>The socket, non-blocking.</summary>
    Socket Socket { get; }

    /// <summary>Whether to be told when something can be read, or accepted.</summary>
    bool WantsToRead { get; }

    /// <summary>Whether to be told when something can be written.</summary>
    bool WantsToWrite { get; }

    /// <summary>Something can be read or written, or the connection is broken.</summary>
    void OnReady(bool readable, bool writable);

    /// <summary>A deadline of its own may have come.</summary>
    /// <param name="now">The clock of <see cref="System.Diagnostics.Stopwatch"/>.</param>
    void OnTick(long now);

    /// <summary>The loop ends: close, now.</summary>
    void Abandon();
}

/// <summary>The operating system's way to wait for several sockets at once, and to be woken by another thread.</summary>
internal interface ISocketPoll : IDisposable
{
    /// <summary>Waits until a socket is ready, or another thread calls <see cref="Wake"/>; tells those that are.</summary>
    /// <param name="sockets">The sockets. Those that want nothing are left out.</param>
    /// <param name="timeoutMs">How long to wait: 0 only looks, -1 is without end.</param>
    /// <returns>How many sockets were ready.</returns>
    int Poll(List<IPolled> sockets, int timeoutMs);

    /// <summary>Ends a wait, the one under way or else the next; from any thread.</summary>
    void Wake();
}
