using System.Diagnostics;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace Testbed.Node.Transport;

/// <summary>
/// One connection between two processes: frames out and frames in, without ever blocking. It lives on the loop's thread; what other threads want
/// of it is posted there.
/// </summary>
internal sealed class Connection : IPolled
{
    /// <summary>Most bytes taken in at a time, so that one peer's flood leaves the others their share.</summary>
    private const int MostBytesAtATime = 256 * 1024;

    /// <summary>How long a peer may take to receive what was sent before the end, and to close its side.</summary>
    private static readonly TimeSpan ClosingLimit = TimeSpan.FromSeconds(2);

    private readonly LoopThread _loop;
    private readonly CableTransport _owner;
    private readonly SendQueue _queue = new();
    private readonly FrameReader _reader;
    private readonly long _queueLimit;
    private readonly RingFile? _offered;
    private State _state;
    private Setup _setup;
    private IByteStream _stream;
    private SharedStream? _shared;
    private IHandleEventListener? _listener;
    private bool _willSend;
    private bool _inputEnded;
    private bool _outputEnded;
    private long _deadline;

    /// <summary>One that has been accepted, or made.</summary>
    /// <param name="owner">The transport.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="socket">The socket, non-blocking.</param>
    /// <param name="local">The address here.</param>
    /// <param name="remote">The address there.</param>
    /// <param name="offered">Memory to be offered to the peer: then nothing else is sent until it has answered.</param>
    public Connection(CableTransport owner, LoopThread loop, Socket socket, Address local, Address remote, RingFile? offered = null)
    {
        (_owner, _loop, Socket, _offered) = (owner, loop, socket, offered);
        (_reader, _queueLimit) = (new FrameReader(owner.Settings.MostFrameBytes), owner.Settings.SendQueueLimit);
        _stream = new SocketStream(socket);

        // From the beginning: Akka may write before the loop comes to open it, and the offer goes first.
        _setup = offered is not null ? Setup.Offered : owner.HearsOffers ? Setup.MayBeOffered : Setup.Done;
        Handle = new Association(this, local, remote);
    }

    private enum State
    {
        Open,

        // What is queued still goes out; then this side's end of the stream; then the peer's is waited for, and what it sends is discarded.
        Closing,
        Closed,
    }

    private enum Setup
    {
        // No more to be settled: the bytes go where they go.
        Done,

        // An offer was made, and the answer is awaited.
        Offered,

        // The peer's first frame may be an offer.
        MayBeOffered,
    }

    /// <summary>What Akka knows it by.</summary>
    public AssociationHandle Handle { get; }

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public bool WantsToRead => _shared is null ? MayReceive : !_shared.HasSocketEnded;

    /// <inheritdoc/>
    public bool WantsToWrite => _shared is null && MaySend;

    private bool MayReceive => _state == State.Open ? _listener is not null : !_inputEnded;

    private bool MaySend => _queue.Bytes > 0 && _setup != Setup.Offered;

    private SharedStream.Wanted Wanted =>
        (MayReceive ? SharedStream.Wanted.Bytes : SharedStream.Wanted.None) | (MaySend ? SharedStream.Wanted.Room : SharedStream.Wanted.None);

    /// <summary>Begins, on the loop.</summary>
    public void Open()
    {
        _loop.Add(this);
        if (_offered is not null)
            SendAtOnce(RingOffer.Of(_offered.Name, SharedStream.MemoryBytes()));
        Handle.ReadHandlerSource.Task.ContinueWith(
            listener => OnLoop(() => Read(listener.Result)), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Sends what it can without waiting.</summary>
    public void Send()
    {
        _willSend = false;
        while (_state != State.Closed && MaySend)
        {
            var sent = _stream.Send(_queue.Next);
            if (sent == 0)
                return;
            if (sent < 0)
            {
                Break();
                return;
            }

            _queue.Sent(sent);
        }

        if (_state == State.Closing && _queue.Bytes == 0)
            EndOutput();
    }

    /// <summary>Sends and takes in what can be without looking at the socket, if bytes go through memory.</summary>
    /// <returns>Whether there was anything to do.</returns>
    public bool LookAtMemory()
    {
        var (canReceive, canSend) = (_shared!.Has(Wanted & SharedStream.Wanted.Bytes), _shared.Has(Wanted & SharedStream.Wanted.Room));
        if (canSend)
            Send();
        if (canReceive)
            Receive();
        return canSend || canReceive;
    }

    /// <summary>Has the peer ring when there is anything to do, if bytes go through memory.</summary>
    /// <returns>False if there is already.</returns>
    public bool FallAsleep() => _shared!.FallAsleep(Wanted);

    /// <summary>The peer need not ring.</summary>
    public void WakeUp() => _shared!.WakeUp();

    /// <inheritdoc/>
    public void OnReady(bool readable, bool writable)
    {
        if (readable)
            _shared?.HearBells();
        if (writable)
            Send();
        if (readable && MayReceive)
            Receive();
    }

    /// <inheritdoc/>
    public void OnTick(long now)
    {
        if (_state == State.Closing && now > _deadline)
            End(DisassociateInfo.Unknown);
    }

    /// <inheritdoc/>
    public void Abandon() => End(DisassociateInfo.Shutdown);

    /// <summary>Closes it in good order: everything that is queued is sent first. On the loop; twice is once.</summary>
    public void Close()
    {
        if (_state != State.Open)
            return;
        _state = State.Closing;
        _deadline = Stopwatch.GetTimestamp() + (long)(ClosingLimit.TotalSeconds * Stopwatch.Frequency);
        _loop.StartTicking();
        SendSoon();
    }

    private void Read(IHandleEventListener listener)
    {
        if (_state == State.Closed)
            listener.Notify(new Disassociated(DisassociateInfo.Unknown));
        else
            _listener = listener;
    }

    private void Write(ByteString frame)
    {
        if (_state != State.Open)
            return;
        if (_queue.Bytes + frame.Length > _queueLimit)
        {
            _owner.Log.Error(
                "the connection with {0} is closed: it does not take what is sent to it; {1} bytes wait, of which {2} may",
                Handle.RemoteAddress,
                _queue.Bytes + frame.Length,
                _queueLimit);
            End(DisassociateInfo.Unknown);
            return;
        }

        _queue.Add(frame);
        SendSoon();
    }

    private void SendSoon()
    {
        if (_willSend)
            return;
        _willSend = true;
        _loop.SendSoon(this);
    }

    private void Receive()
    {
        var left = MostBytesAtATime;
        while (left > 0 && _state != State.Closed)
        {
            var free = _reader.Free;
            var count = _stream.Receive(free);
            if (count == 0)
                return;
            if (count < 0)
            {
                OnInputEnd();
                return;
            }

            left -= count;
            if (_state == State.Closing && _setup != Setup.Offered)
                continue;
            _reader.Filled(count);
            if (!Deliver() || (count < free.Length && _shared is null))
                return;
        }
    }

    private bool Deliver()
    {
        string? malformed;
        while (_reader.TryTake(out var frame, out malformed))
        {
            if (_setup != Setup.Done && IsOfSetup(frame))
                continue;
            if (!AkkaFrame.IsPlausible(frame))
            {
                malformed = $"{frame.Length} bytes that are not of Akka's protocol";
                break;
            }

            _listener?.Notify(new InboundPayload(ByteString.CopyFrom(frame)));
        }

        if (malformed is not null)
            Break(malformed);
        return malformed is null;
    }

    /// <summary>Whether a frame, the first, was of the peers' agreement on memory.</summary>
    private bool IsOfSetup(ReadOnlySpan<byte> frame)
    {
        var setup = _setup;
        if (setup == Setup.Offered)
        {
            if (!RingOffer.TryReadAnswer(frame, out var yes))
                return false;
            _setup = Setup.Done;
            if (yes)
                Share(_offered!.Take());
            else
                _offered!.Dispose();
            SendSoon();
            return true;
        }

        _setup = Setup.Done;
        if (!RingOffer.TryReadOffer(frame, SharedStream.MemoryBytes(), out var name))
            return false;

        // What waits here already has to go through the socket.
        var memory = _owner.SharesMemory && _queue.Bytes == 0 ? RingFile.TryOpen(name, SharedStream.MemoryBytes()) : null;
        if (memory is null)
            _queue.Add(RingOffer.Answer(yes: false));
        else if (SendAtOnce(RingOffer.Answer(yes: true)))
            Share(memory);
        else
            memory.Dispose();
        SendSoon();
        return true;
    }

    // Before anything that is queued. So few bytes as the first ones are taken whole, or nothing will be.
    private bool SendAtOnce(ByteString frame)
    {
        var alone = new SendQueue();
        alone.Add(frame);
        if (_stream.Send(alone.Next) == alone.Bytes)
            return true;
        End(DisassociateInfo.Unknown);
        return false;
    }

    private void Share(SharedMemory memory)
    {
        // What may have come behind the answer is bells, and this side is awake.
        _reader.Clear();
        _shared = new SharedStream(Socket, memory, connected: _offered is not null);
        _stream = _shared;
        _loop.Share(this);
    }

    private void OnInputEnd()
    {
        _inputEnded = true;
        if (_stream.Malformed is not null)
            Break();

        // Through memory a peer that has ended its output cannot ring any more; it discards what it gets.
        else if (_state == State.Open || _outputEnded || _shared is not null)
            End(DisassociateInfo.Unknown);
    }

    private void Break(string? malformed = null)
    {
        malformed ??= _stream.Malformed;
        if (malformed is not null)
            _owner.Log.Error("the connection with {0} is closed: it sent {1}", Handle.RemoteAddress, malformed);
        End(DisassociateInfo.Unknown);
    }

    private void EndOutput()
    {
        if (_outputEnded)
            return;
        _outputEnded = true;
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The peer was faster.
            _inputEnded = true;
        }

        if (_inputEnded)
            End(DisassociateInfo.Unknown);
    }

    private void End(DisassociateInfo info)
    {
        if (_state == State.Closed)
            return;
        if (_state == State.Closing)
            _loop.StopTicking();
        _state = State.Closed;
        _queue.Clear();
        _loop.Remove(this);
        _stream.Close();
        _offered?.Dispose();
        Socket.Dispose();
        _listener?.Notify(new Disassociated(info));
        _owner.OnClosed(this);
    }

    private void OnLoop(Action action)
    {
        if (_loop.IsCurrent)
            action();
        else
            _loop.Post(action);
    }

    /// <summary>Akka's hold on a connection.</summary>
    private sealed class Association : AssociationHandle
    {
        private readonly Connection _connection;

        public Association(Connection connection, Address local, Address remote)
            : base(local, remote)
        {
            _connection = connection;

            // Whoever completes it must not run the loop's code.
            ReadHandlerSource = new TaskCompletionSource<IHandleEventListener>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        // "False" would have Akka wait and try again, between 0.3 and 50 ms later.
        public override bool Write(ByteString payload)
        {
            if (_connection._loop.IsCurrent)
                _connection.Write(payload);
            else
                _connection._loop.Post(() => _connection.Write(payload));
            return true;
        }

        [Obsolete("As in the base class: the other method gives a reason, and comes here.")]
        public override void Disassociate() => _connection.OnLoop(_connection.Close);
    }
}
