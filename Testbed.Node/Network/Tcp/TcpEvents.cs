namespace Testbed.Node.Network.Tcp;

/// <summary>What happened to a connection that a sleeping process may have been waiting for.</summary>
[Flags]
public enum TcpEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>In-order data or the peer's FIN arrived (Linux 2.2: <c>data_ready</c>).</summary>
    Readable = 1,

    /// <summary>Buffers were freed and there is room to write (Linux 2.2: <c>write_space</c>).</summary>
    Writable = 2,

    /// <summary>The state changed (Linux 2.2: <c>state_change</c>).</summary>
    StateChanged = 4,
}
