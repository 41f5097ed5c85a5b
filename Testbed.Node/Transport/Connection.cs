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
    private State _state;
    private IHandleEventListener? _listener;
    private bool _willSend;
    private bool _inputEnded;
    private bool _outputEnded;
    private long _deadline;

    public Connection(CableTransport owner, LoopThread loop, Socket socket, Address local, Address remote)
    {
        (_owner, _loop, Socket) = (owner, loop, socket);
        (_reader, _queueLimit) = (new FrameReader(owner.Settings.MostFrameBytes), owner.Settings.SendQueueLimit);
        Handle = new Association(this, local, remote);
    }

    private enum State
    {
        Open,

        // What is queued still goes out; then this side's end of the stream; then the peer's is waited for, and what it sends is discarded.
        Closing,
        Closed,
    }

    /// <summary>What Akka knows it by.</summary>
    public AssociationHandle Handle { get; }

    /// <inheritdoc/>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public bool WantsToRead => _state == State.Open ? _listener is not null : !_inputEnded;

    /// <inheritdoc/>
    public bool WantsToWrite => _queue.Bytes > 0;

    /// <summary>Begins, on the loop.</summary>
    public void Open()
    {
        _loop.Add(this);
        Handle.ReadHandlerSource.Task.ContinueWith(
            listener => OnLoop(() => Read(listener.Result)), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
    }

    /// <summary>Sends what it can without waiting.</summary>
    public void Send()
    {
        _willSend = false;
        while (_state != State.Closed && _queue.Bytes > 0)
        {
            var sent = Socket.Send(_queue.Next, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success)
            {
                End(DisassociateInfo.Unknown);
                return;
            }

            _queue.Sent(sent);
        }

        if (_state == State.Closing)
            EndOutput();
    }

    /// <inheritdoc/>
    public void OnReady(bool readable, bool writable)
    {
        if (writable)
            Send();
        if (readable)
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
            var count = Socket.Receive(free, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return;
            if (error != SocketError.Success || count == 0)
            {
                OnInputEnd();
                return;
            }

            left -= count;
            if (_state == State.Closing)
                continue;
            _reader.Filled(count);
            if (!Deliver() || count < free.Length)
                return;
        }
    }

    private bool Deliver()
    {
        string? malformed;
        while (_reader.TryTake(out var frame, out malformed))
        {
            if (!AkkaFrame.IsPlausible(frame))
            {
                malformed = $"{frame.Length} bytes that are not of Akka's protocol";
                break;
            }

            _listener!.Notify(new InboundPayload(ByteString.CopyFrom(frame)));
        }

        if (malformed is null)
            return true;
        _owner.Log.Error("the connection with {0} is closed: it sent {1}", Handle.RemoteAddress, malformed);
        End(DisassociateInfo.Unknown);
        return false;
    }

    private void OnInputEnd()
    {
        _inputEnded = true;
        if (_state == State.Open || _outputEnded)
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
