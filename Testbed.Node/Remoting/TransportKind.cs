using Testbed.Node.Transport;

namespace Testbed.Node.Remoting;

/// <summary>What carries Akka.Remote's messages between processes. All that talk to each other use the same, or a TCP one each.</summary>
public enum TransportKind
{
    /// <summary><c>cable-tcp</c>: TCP, on the process's one loop.</summary>
    CableTcp,

    /// <summary><c>cable-unix</c>: Unix domain sockets, on the process's one loop; for processes of one user on one machine.</summary>
    CableUnix,

    /// <summary><c>dotnetty</c>: Akka.Remote's own, over TCP, on threads of its own.</summary>
    DotNetty,
}

/// <summary>The names of transports.</summary>
public static class TransportKinds
{
    /// <summary>The names, as a person writes them.</summary>
    public static readonly IReadOnlyList<string> Names = ["cable-tcp", "cable-unix", "dotnetty"];

    /// <summary>The name of a transport.</summary>
    public static string Name(this TransportKind kind) => Names[(int)kind];

    /// <summary>Reads a name.</summary>
    /// <exception cref="FormatException">It is none; in one line.</exception>
    public static TransportKind Parse(string text)
    {
        for (var i = 0; i < Names.Count; i++)
        {
            if (Names[i] == text)
                return (TransportKind)i;
        }

        throw new FormatException($"'{text}' is no transport; there are {string.Join(", ", Names)}");
    }

    /// <summary>The fastest there is between processes of this machine.</summary>
    /// <param name="messages">Told, in one line, when that is not <see cref="TransportKind.CableUnix"/>.</param>
    public static TransportKind ForThisMachine(TextWriter messages)
    {
        if (UnixSocketFiles.AreAvailable(out var reason))
            return TransportKind.CableUnix;
        messages.WriteLine($"using {TransportKind.CableTcp.Name()} for the nodes: {reason}");
        return TransportKind.CableTcp;
    }
}
