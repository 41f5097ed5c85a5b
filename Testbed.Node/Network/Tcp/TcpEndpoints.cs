namespace Testbed.Node.Network.Tcp;

/// <summary>The two ends of a connection.</summary>
/// <param name="Local">This host's address.</param>
/// <param name="LocalPort">This host's port.</param>
/// <param name="Remote">The peer's address.</param>
/// <param name="RemotePort">The peer's port.</param>
public readonly record struct TcpEndpoints(Ipv4Address Local, ushort LocalPort, Ipv4Address Remote, ushort RemotePort)
{
    /// <summary>What tells the connections of one host apart, in one number.</summary>
    internal ulong Key => KeyOf(Remote, RemotePort, LocalPort);

    internal static ulong KeyOf(Ipv4Address remote, ushort remotePort, ushort localPort) =>
        (ulong)remote.Bits << 32 | (uint)remotePort << 16 | localPort;

    /// <summary>Both ends, local first.</summary>
    public override string ToString() => $"{Local}:{LocalPort}-{Remote}:{RemotePort}";
}
