namespace Testbed.Node.Network.Tcp;

/// <summary>Why a connection ended other than by two FINs.</summary>
public enum TcpError
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The peer answered the SYN with a reset: nobody listens there.</summary>
    ConnectionRefused,

    /// <summary>The peer reset the connection.</summary>
    ConnectionReset,

    /// <summary>The peer did not answer any more.</summary>
    TimedOut,

    /// <summary>This side gave it up (<see cref="TcpConnection.Abort"/>, or closed with data unread).</summary>
    Aborted,
}
