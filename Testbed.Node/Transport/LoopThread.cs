using System.Diagnostics;
using Akka.Dispatch;
using Testbed.Node.Time;

namespace Testbed.Node.Transport;

/// <summary>
/// The one thread of a process that runs Akka.Remote's endpoint actors, reads and writes the sockets, and takes the timelines' turns in between:
/// from a socket to the model and back nothing changes threads. It never blocks but in its one wait.
/// </summary>
/// <remarks>
/// Each pass: run what actors have to do (so much at most), send what that has left behind, look at the sockets; if nothing has come of it, one
/// turn of a timeline; if there is none either, wait: look again and again for a while if that pays (<see cref="SpinPolicy"/>), then sleep.
/// </remarks>
public sealed class LoopThread : IModelThread
{
    /// <summary>Runs of mailboxes in one pass, so that a flood of messages cannot keep the sockets waiting.</summary>
    private const int MostRunsInAPass = 256;

    /// <summary>How often deadlines are looked at while there are any.</summary>
    private const int TickMs = 50;

    /// <summary>While a timeline has turns to take, the sockets are looked at so often.</summary>
    private static readonly long LookInterval = Stopwatch.Frequency / 20_000;

    /// <summary>While all bytes go through memory, the sockets have only news of connections that come and go.</summary>
    private static readonly long RareLookInterval = Stopwatch.Frequency / 2_000;

    private static readonly long SpinLimit = (long)(SpinPolicy.Limit.TotalSeconds * Stopwatch.Frequency);

    private readonly ISocketPoll _poll;
    private readonly SpinPolicy _spin = new();
    private readonly Queue<Turn> _queue = new(256);
    private readonly Queue<Action> _turns = new();
    private readonly OtherThreads _fromOtherThreads = new();
    private readonly List<IPolled> _sockets = [];
    private readonly List<Connection> _shared = [];
    private readonly List<Connection> _unsent = [];
    private readonly int _thread;
    private int _asleep;
    private volatile bool _stopping;
    private volatile bool _stopped;
    private int _deadlines;
    private int _onSockets;
    private long _lastLook;
    private long _lastTick;

    private LoopThread(ISocketPoll poll, string name)
    {
        _poll = poll;
        var thread = new Thread(Loop) { IsBackground = true, Name = name };
        _thread = thread.ManagedThreadId;
        thread.Start();
    }

    /// <summary>Whether the calling thread is this one.</summary>
    public bool IsCurrent => Environment.CurrentManagedThreadId == _thread;

    /// <summary>Whether the loop is over, and nobody looks after sockets any more.</summary>
    public bool IsOver => _stopped;

    /// <summary>Starts one.</summary>
    /// <param name="portable">Use what every system has, even on Linux.</param>
    public static LoopThread Start(bool portable = false) =>
        new(OperatingSystem.IsLinux() && !portable ? new LinuxPoll() : new SelectPoll(), "loop");

    /// <inheritdoc/>
    public void Request(Action turn)
    {
        if (IsCurrent && !_stopped)
            _turns.Enqueue(turn);
        else
            Post(new TurnRequest(this, turn));
    }

    /// <summary>Has something done on this thread, soon and in order; from any thread. When the loop is over, the thread pool does it.</summary>
    public void Post(IRunnable run)
    {
        if (IsCurrent && !_stopped)
        {
            Enqueue(run);
            return;
        }

        _fromOtherThreads.Add(run);

        // The other half of the bargain is in Sleep: it says that it sleeps, then looks here once more.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _asleep) == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
            _poll.Wake();
        if (_stopped)
            _fromOtherThreads.TakeAll(OtherThreads.OnThreadPool);
    }

    /// <summary>As the other.</summary>
    public void Post(Action action) => Post(new Posted(action));

    /// <summary>Ends the loop; connections that are left are cut off. Does not wait for it.</summary>
    public void Stop()
    {
        _stopping = true;
        Post(static () => { });
    }

    /// <summary>Looks after a socket from now on; on this thread.</summary>
    internal void Add(IPolled socket)
    {
        _sockets.Add(socket);
        if (socket is Connection)
            _onSockets++;
    }

    /// <summary>No longer looks after it; on this thread.</summary>
    internal void Remove(IPolled socket)
    {
        _sockets.Remove(socket);
        if (socket is Connection connection && !_shared.Remove(connection))
            _onSockets--;
    }

    /// <summary>A connection's bytes go through memory from now on; on this thread.</summary>
    internal void Share(Connection connection)
    {
        _shared.Add(connection);
        _onSockets--;
    }

    /// <summary>A connection has something to send: it does so at the end of the pass; on this thread.</summary>
    internal void SendSoon(Connection connection) => _unsent.Add(connection);

    /// <summary>A socket has a deadline and is to be told when time passes; on this thread.</summary>
    internal void StartTicking() => _deadlines++;

    /// <summary>It no longer has.</summary>
    internal void StopTicking() => _deadlines--;

    private void Loop()
    {
        while (!_stopping)
            Pass();
        foreach (var socket in _sockets.ToArray())
            socket.Abandon();
        _stopped = true;
        _poll.Dispose();
        _fromOtherThreads.TakeAll(OtherThreads.OnThreadPool);
        while (_queue.TryDequeue(out var run))
            OtherThreads.OnThreadPool(run.Runnable);
        while (_turns.TryDequeue(out var turn))
            OtherThreads.OnThreadPool(new Posted(turn));
    }

    private void Pass()
    {
        RunActors();
        foreach (var connection in _unsent)
            connection.Send();
        _unsent.Clear();

        var now = Stopwatch.GetTimestamp();
        if (_deadlines > 0)
            Tick(now);
        Look(now, soon: _turns.Count > 0);
        if (_queue.Count > 0 || _fromOtherThreads.HasSome)
            return;
        if (_turns.TryDequeue(out var turn))
            turn();
        else if (_unsent.Count == 0)
            Wait();
    }

    private void RunActors()
    {
        for (var runs = 0; runs < MostRunsInAPass; runs++)
        {
            if (_queue.TryDequeue(out var run))
                run.Runnable.Run();
            else if (_fromOtherThreads.HasSome)
                _fromOtherThreads.TakeAll(Enqueue);
            else
                return;
        }

        // A queue that never empties must not keep other threads waiting either.
        if (_fromOtherThreads.HasSome)
            _fromOtherThreads.TakeAll(Enqueue);
    }

    private void Enqueue(IRunnable run) => _queue.Enqueue(new Turn(run));

    /// <summary>Looks at memory always, at the sockets if bytes come by them, or else now and then.</summary>
    /// <param name="now">The time.</param>
    /// <param name="soon">Now and then will do in any case.</param>
    /// <returns>Whether there was anything.</returns>
    private bool Look(long now, bool soon = false)
    {
        var any = false;
        for (var i = _shared.Count - 1; i >= 0; i--)
            any |= _shared[i].LookAtMemory();
        if (now - _lastLook <= (_onSockets == 0 ? RareLookInterval : soon ? LookInterval : 0))
            return any;
        _lastLook = now;
        return _poll.Poll(_sockets, 0) > 0 || any;
    }

    private void Wait()
    {
        if (_spin.ShouldSpin() && Spin())
            return;
        Volatile.Write(ref _asleep, 1);
        Interlocked.MemoryBarrier();
        if (FallAsleep() && !_fromOtherThreads.HasSome)
            _poll.Poll(_sockets, _deadlines > 0 ? TickMs : -1);
        Volatile.Write(ref _asleep, 0);
        foreach (var connection in _shared)
            connection.WakeUp();
    }

    private bool FallAsleep()
    {
        foreach (var connection in _shared)
        {
            if (!connection.FallAsleep())
                return false;
        }

        return true;
    }

    /// <returns>Whether there is something to do.</returns>
    private bool Spin()
    {
        var start = Stopwatch.GetTimestamp();
        var took = 0L;
        while (true)
        {
            var ready = Look(start + took);
            took = Stopwatch.GetTimestamp() - start;
            if (ready && took <= SpinLimit)
                _spin.Hit();
            else if (took > SpinLimit)
                _spin.Miss();
            if (ready || _fromOtherThreads.HasSome)
                return true;
            if (took > SpinLimit)
                return false;
        }
    }

    private void Tick(long now)
    {
        if (now - _lastTick < TickMs * Stopwatch.Frequency / 1000)
            return;
        _lastTick = now;
        for (var i = _sockets.Count - 1; i >= 0; i--)
            _sockets[i].OnTick(now);
    }

    private sealed class Posted(Action action) : IRunnable
    {
        public void Run() => action();

        public void Execute() => Run();
    }

    private sealed class TurnRequest(LoopThread loop, Action turn) : IRunnable
    {
        public void Run()
        {
            if (loop._stopped)
                turn();
            else
                loop._turns.Enqueue(turn);
        }

        public void Execute() => Run();
    }
}
