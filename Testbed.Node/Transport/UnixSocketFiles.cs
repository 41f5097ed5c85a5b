using System.Globalization;
using System.Net.Sockets;

namespace Testbed.Node.Transport;

/// <summary>The files that stand for Unix domain sockets: one for each port, in a folder of this user's that nobody else can enter.</summary>
public static class UnixSocketFiles
{
    private const int FirstChosenPort = 49152, LastPort = 65535;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private static int _lastChosen = Environment.ProcessId * 64;

    /// <summary>The folder.</summary>
    public static string Folder { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"testbed-{Environment.UserName}");

    /// <summary>Whether there are such sockets here; <paramref name="reason"/> says why not.</summary>
    public static bool AreAvailable(out string reason)
    {
        reason = FolderProblem() ?? "";
        if (reason.Length == 0)
        {
            try
            {
                _ = new UnixDomainSocketEndPoint($"{Path(LastPort)}.{int.MaxValue}");
            }
            catch (ArgumentException)
            {
                reason = $"{Folder} is too long for the name of a socket";
            }
        }

        return reason.Length == 0;
    }

    /// <summary>The file of a port.</summary>
    public static string Path(int port) => System.IO.Path.Combine(Folder, port.ToString(CultureInfo.InvariantCulture));

    /// <summary>Listens.</summary>
    /// <param name="port">The port; 0 has a free one chosen.</param>
    /// <param name="backlog">How many may wait to be accepted.</param>
    /// <exception cref="SocketException">The port is in use, or there are no such sockets here.</exception>
    public static (Socket Socket, int Port) Listen(int port, int backlog)
    {
        if (!AreAvailable(out var reason))
            throw new SocketException((int)SocketError.AddressFamilyNotSupported, reason);
        if (port != 0)
            return (ListenAt(port, backlog), port);

        // Processes that start together begin their search at different places; and a port that has just been given up is not chosen again,
        // for others may still look for their peer there.
        for (var i = 0; i <= LastPort - FirstChosenPort; i++)
        {
            var candidate = FirstChosenPort + (int)((uint)Interlocked.Increment(ref _lastChosen) % (LastPort - FirstChosenPort + 1));
            try
            {
                return (ListenAt(candidate, backlog), candidate);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                // The next one.
            }
        }

        throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>Checks that nobody listens on a port.</summary>
    /// <exception cref="SocketException">Somebody does.</exception>
    public static void CheckIsFree(int port)
    {
        if (port != 0 && File.Exists(Path(port)) && !IsLeftBehind(port))
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
    }

    /// <summary>Connects.</summary>
    /// <param name="port">The port.</param>
    /// <param name="timeout">How long the peer may take to accept.</param>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static Socket Connect(int port, TimeSpan timeout)
    {
        // On Unix the time to send is the time to connect, too.
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { SendTimeout = (int)timeout.TotalMilliseconds };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(Path(port)));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static Socket ListenAt(int port, int backlog)
    {
        var file = Path(port);
        CheckIsFree(port);
        File.Delete(file);

        // It gets its name when it listens: whoever finds one that does not answer may take it for one left behind.
        var unnamed = $"{file}.{Environment.ProcessId}";
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(unnamed));
            socket.Listen(backlog);
            File.Move(unnamed, file);
            return socket;
        }
        catch (IOException)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.AddressAlreadyInUse);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A process that was killed leaves its file; nobody answers there any more.
    private static bool IsLeftBehind(int port)
    {
        try
        {
            Connect(port, TimeSpan.FromSeconds(1)).Dispose();
            return false;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode == SocketError.ConnectionRefused;
        }
    }

    private static string? FolderProblem()
    {
        try
        {
            if (!Socket.OSSupportsUnixDomainSockets || OperatingSystem.IsWindows())
                return "this system has no Unix domain sockets";
            var folder = Directory.CreateDirectory(Folder, OwnerOnly);
            return folder.LinkTarget is null && folder.UnixFileMode == OwnerOnly ? null : $"{Folder} is open to other users";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }
}
