using System.Net.Sockets;

namespace Testbed.Node.Transport;

/// <summary>
/// The bytes go through memory that both processes have mapped, a ring for each direction. The socket is the doorbell, and its end the end of the
/// stream.
/// </summary>
/// <remarks>
/// <para>
/// While both processes are awake no system call is made: each looks at the rings by itself. One that is about to sleep on its sockets says so in
/// the memory and what for, then looks at the rings once more. The other, whenever it has written or taken bytes, looks whether its peer sleeps,
/// and if so takes that word back and sends a byte through the socket.
/// </para>
/// <para>
/// No waking is lost. There is a full fence on both sides: between the word and the last look, and between the count and the look at the word. So of
/// the two looks at least one sees what the other side wrote before: either the sleeper finds the bytes (or the room) and stays up, or the other
/// finds it asleep. The word is taken back with an exchange, and whoever took one back rings, whatever stood in it by then: a bell too many
/// costs one look, a bell too few would cost the connection. A byte in the socket stays there until it is read, so ringing before the other has
/// gone to bed is fine. Neither waits for the other but in that sleep; so there is no deadlock either: a full ring has its writer keep the rest,
/// and the reader needs nothing from the writer to take bytes out.
/// </para>
/// <para>
/// What is in a ring when its writer dies is still there to be read: the end of the socket is looked at first, then the ring, and only if that is
/// empty has the stream ended.
/// </para>
/// </remarks>
internal sealed class SharedStream : IByteStream
{
    /// <summary>Bytes under way in a direction, at most, unless a test wants it tight.</summary>
    public const int UsualCapacity = 128 * 1024;

    /// <summary>What is sent through the socket to wake the peer.</summary>
    public const byte Bell = 1;

    private const int HeadBytes = 4096;
    private const int SleepAt = 2 * SharedRing.CountsBytes;

    private readonly Socket _socket;
    private readonly SharedMemory _memory;
    private readonly SharedRing _output;
    private readonly SharedRing _input;
    private readonly int _mySleep;
    private readonly int _peersSleep;

    /// <summary>One end.</summary>
    /// <param name="socket">The socket, non-blocking; its connection's.</param>
    /// <param name="memory">The memory, all zeros at first; this one's.</param>
    /// <param name="connected">Whether this is the side that has connected: one side is, the other is not.</param>
    /// <param name="capacity">Bytes of a ring; a power of two.</param>
    public SharedStream(Socket socket, SharedMemory memory, bool connected, int capacity = UsualCapacity)
    {
        (_socket, _memory) = (socket, memory);
        var rings = new[]
        {
            new SharedRing(memory, 0, HeadBytes, capacity),
            new SharedRing(memory, SharedRing.CountsBytes, HeadBytes + capacity, capacity),
        };
        var (mine, peers) = connected ? (0, 1) : (1, 0);
        (_output, _input) = (rings[mine], rings[peers]);
        (_mySleep, _peersSleep) = (SleepAt + (mine * SharedRing.LineBytes), SleepAt + (peers * SharedRing.LineBytes));
    }

    /// <summary>What a sleeper is to be woken for.</summary>
    [Flags]
    public enum Wanted
    {
        /// <summary>Nothing.</summary>
        None = 0,

        /// <summary>Bytes to read.</summary>
        Bytes = 1,

        /// <summary>Room to write.</summary>
        Room = 2,
    }

    /// <inheritdoc/>
    public string? Malformed { get; private set; }

    /// <summary>Whether the socket has come to its end: what is still in the ring is the last.</summary>
    public bool HasSocketEnded { get; private set; }

    /// <summary>Bytes of memory that two rings take.</summary>
    public static int MemoryBytes(int capacity = UsualCapacity) => HeadBytes + (2 * capacity);

    /// <inheritdoc/>
    public int Send(ReadOnlySpan<byte> bytes)
    {
        var sent = _output.Write(bytes);
        if (sent < 0)
            Malformed = "nonsense in shared memory: more taken than there was";
        else if (sent > 0)
            WakePeerFor(Wanted.Bytes);
        return sent;
    }

    /// <inheritdoc/>
    public int Receive(Span<byte> bytes)
    {
        if (Malformed is not null)
            return -1;
        var count = _input.Read(bytes);
        if (count < 0)
            Malformed = "nonsense in shared memory: more bytes than there is room for";
        else if (count > 0)
            WakePeerFor(Wanted.Room);
        else if (HasSocketEnded)
            return -1;
        return count;
    }

    /// <summary>Whether there is any of what is wanted, which is no system call. The end, and nonsense, are something to be read.</summary>
    public bool Has(Wanted wanted) =>
        (wanted.HasFlag(Wanted.Bytes) && (_input.HasBytes || HasSocketEnded || Malformed is not null)) ||
        (wanted.HasFlag(Wanted.Room) && _output.HasRoom);

    /// <summary>Says that this side sleeps, to be woken by a byte in the socket.</summary>
    /// <returns>False when there is something already, and it had better not.</returns>
    public bool FallAsleep(Wanted wanted)
    {
        Volatile.Write(ref _memory.NumberAt(_mySleep), (long)wanted);
        Interlocked.MemoryBarrier();
        return !Has(wanted);
    }

    /// <summary>Says that it is awake.</summary>
    public void WakeUp() => Volatile.Write(ref _memory.NumberAt(_mySleep), 0);

    /// <summary>Takes bells, and the end, out of the socket.</summary>
    public void HearBells()
    {
        Span<byte> bells = stackalloc byte[64];
        var count = _socket.Receive(bells, SocketFlags.None, out var error);
        if (error == SocketError.WouldBlock)
            return;
        if (error != SocketError.Success || count == 0)
            HasSocketEnded = true;
        else if (bells[..count].ContainsAnyExcept(Bell))
            Malformed ??= "something else than bells through the socket";
    }

    /// <inheritdoc/>
    public void Close() => _memory.Dispose();

    private void WakePeerFor(Wanted wanted)
    {
        Interlocked.MemoryBarrier();
        ref var sleep = ref _memory.NumberAt(_peersSleep);
        if ((Volatile.Read(ref sleep) & (long)wanted) == 0 || Interlocked.Exchange(ref sleep, 0) == 0)
            return;

        // A socket that takes no more is full of bells; one that is broken is found to have ended, in its turn.
        _socket.Send([Bell], SocketFlags.None, out _);
    }
}
