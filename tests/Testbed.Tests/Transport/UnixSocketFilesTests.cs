using System.Net.Sockets;
using Testbed.Node.Remoting;
using Testbed.Node.Transport;

namespace Testbed.Tests.Transport;

public class UnixSocketFilesTests
{
    public UnixSocketFilesTests() => Skip.IfNot(UnixSocketFiles.AreAvailable(out var reason), reason);

    [SkippableFact]
    public void Nobody_else_can_enter_their_folder()
    {
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(UnixSocketFiles.Folder));
    }

    [SkippableFact]
    public void A_port_has_one_listener_and_is_free_when_that_is_gone()
    {
        var (first, port) = UnixSocketFiles.Listen(0, 1);
        Assert.Equal(
            SocketError.AddressAlreadyInUse, Assert.Throws<SocketException>(() => UnixSocketFiles.Listen(port, 1)).SocketErrorCode);

        // As a killed process leaves it: nobody listens, the file is there.
        first.Dispose();
        Assert.True(File.Exists(UnixSocketFiles.Path(port)));
        var (second, _) = UnixSocketFiles.Listen(port, 1);

        UnixSocketFiles.Connect(port, Peer.Patience).Dispose();
        second.Dispose();
        File.Delete(UnixSocketFiles.Path(port));
    }

    [SkippableFact]
    public async Task A_system_leaves_no_file_behind()
    {
        var peer = Peer.Start("cable-unix");
        var file = UnixSocketFiles.Path(peer.Port);
        Assert.True(File.Exists(file));

        await peer.DisposeAsync();

        Assert.False(File.Exists(file));
    }

    [SkippableFact]
    public void A_system_that_is_to_be_reached_from_other_machines_is_refused() => Assert.Equal(
        "cannot listen on 192.0.2.1:0: cable-unix is for processes of one machine; bind to 127.0.0.1",
        Assert.Throws<RemotingException>(() => RemoteSystem.Start(
            new RemotingSettings(new HostPort("192.0.2.1", 0)) { Transport = TransportKind.CableUnix })).Message);

    [SkippableFact]
    public async Task A_port_that_is_taken_is_one_line()
    {
        await using var peer = Peer.Start("cable-unix");

        Assert.Equal(
            $"cannot listen on 127.0.0.1:{peer.Port}: the port is in use; choose another, or 0 to have one chosen",
            Assert.Throws<RemotingException>(() => RemoteSystem.Start(
                new RemotingSettings(new HostPort("127.0.0.1", peer.Port)) { Transport = TransportKind.CableUnix })).Message);
    }
}
