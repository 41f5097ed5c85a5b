using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Testbed.Node.Transport;

/// <summary><c>poll(2)</c> on the sockets and on an <c>eventfd(2)</c>, by which other threads wake it.</summary>
internal sealed class LinuxPoll : ISocketPoll
{
    private const short PollIn = 0x001, PollOut = 0x004, Broken = 0x008 | 0x010 | 0x020;
    private const int EventNonBlocking = 0x800, EventCloseOnExec = 0x80000;

    private readonly int _event;
    private readonly Lock _gate = new();
    private bool _disposed;
    private PollFd[] _fds = new PollFd[8];

    public LinuxPoll()
    {
        _event = EventFd(0, EventNonBlocking | EventCloseOnExec);
        if (_event < 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        _fds[0] = new PollFd { Fd = _event, Events = PollIn };
    }

    /// <inheritdoc/>
    public int Poll(List<IPolled> sockets, int timeoutMs)
    {
        var count = sockets.Count;
        if (_fds.Length < count + 1)
            Array.Resize(ref _fds, 2 * (count + 1));
        for (var i = 0; i < count; i++)
        {
            var socket = sockets[i];
            var events = (short)((socket.WantsToRead ? PollIn : 0) | (socket.WantsToWrite ? PollOut : 0));

            // A broken socket is reported whether asked for or not; one that wants nothing is left out by a negative number.
            _fds[i + 1] = new PollFd { Fd = events == 0 ? -1 : (int)socket.Socket.Handle, Events = events };
        }

        var ready = Poll(ref _fds[0], (nuint)(count + 1), timeoutMs);
        if (ready <= 0)
            return 0;
        if (_fds[0].Returned != 0)
        {
            Read(_event, out _, sizeof(ulong));
            ready--;
        }

        // Whoever is told may add to the list or take itself off it.
        for (var i = count - 1; i >= 0 && ready > 0; i--)
        {
            var returned = _fds[i + 1].Returned;
            if (returned != 0)
                sockets[i].OnReady((returned & (PollIn | Broken)) != 0, (returned & PollOut) != 0);
        }

        return ready;
    }

    /// <inheritdoc/>
    public void Wake()
    {
        lock (_gate)
        {
            if (!_disposed)
                Write(_event, 1, sizeof(ulong));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (!_disposed)
                _ = Close(_event);
            _disposed = true;
        }
    }

    [DllImport("libc", EntryPoint = "poll")]
    private static extern int Poll(ref PollFd fds, nuint count, int timeoutMs);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    private static extern int EventFd(uint initial, int flags);

    [DllImport("libc", EntryPoint = "read")]
    private static extern nint Read(int fd, out ulong value, nint bytes);

    [DllImport("libc", EntryPoint = "write")]
    private static extern nint Write(int fd, in ulong value, nint bytes);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int fd);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollFd
    {
        public int Fd;
        public short Events;
        public short Returned;
    }
}
