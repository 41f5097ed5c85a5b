using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Network;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Kernel;

/// <summary>
/// A Linux 2.2 kernel: system calls, sleeping and waking, interrupt handlers (top halves) with bottom halves behind them, and the path
/// of a packet between socket and driver. What it runs on, the machine itself or a virtual one, is its subclasses' business.
/// </summary>
/// <remarks>
/// Only interrupts nest: a process's path through the kernel can be interrupted by a top half and the bottom half behind it, a bottom
/// half by a top half. A path is a chain of steps, each of which first executes its cost.
/// </remarks>
public abstract class LinuxKernel : ModelActor, IDriverKernel
{
    /// <summary>Received frames that may wait for the bottom half (Linux 2.2, net/core/dev.c: netdev_max_backlog).</summary>
    public const int MaxBacklog = 300;

    /// <summary>Frames that may wait for the driver (Linux 2.2, ether_setup: tx_queue_len).</summary>
    public const int MaxDeviceQueue = 100;

    /// <summary>A program's code runs in slices of at most this, at the reference clock, so that interrupts are taken soon.</summary>
    private const long LongestUserSliceNs = 10_000;

    private readonly Scheduler _scheduler;
    private readonly Ticks _ticks;
    private readonly KernelCounters _counters;
    private readonly SocketBuffers _buffers;
    private readonly Queue<ReadOnlyMemory<byte>> _backlog = new();
    private readonly Queue<OutgoingFrame> _deviceQueue = new();
    private readonly Dictionary<ushort, EchoReply> _echoes = [];
    private readonly Action _schedule;
    private readonly Action _runBottomHalves;
    private readonly IInterruptHandler?[] _interruptHandlers = new IInterruptHandler?[Pic8259.Lines];
    private readonly Action _frameHandled;
    private TcpListener? _listener;
    private bool _inBottomHalf;
    private bool _timersAreDue;
    private bool _deviceQueueIsDue;
    private bool _transmitting;

    /// <summary>A kernel on a processor.</summary>
    protected LinuxKernel(
        Lane lane, IProcessor processor, KernelActivities activities, InetStack stack, Scheduler scheduler, Ticks ticks, KernelCounters counters, SocketBuffers? buffers = null)
        : base(lane)
    {
        (Processor, Activities, Stack, _scheduler, _ticks, _counters) = (processor, activities, stack, scheduler, ticks, counters);
        _buffers = buffers ?? new SocketBuffers();
        _schedule = Schedule;
        _runBottomHalves = RunBottomHalves;
        _frameHandled = () =>
        {
            _counters.FramesHandled++;
            RunBottomHalves();
        };
    }

    /// <summary>A program to run from boot.</summary>
    /// <param name="Program">Its actor.</param>
    /// <param name="Priority">Its priority: 20, or 1 for the nicest and 40 for the least nice.</param>
    /// <param name="Account">Takes the times of its turns; null if nobody asks.</param>
    public sealed record Spawn(IActorRef Program, int Priority = Process.DefaultPriority, ProcessAccount? Account = null);

    /// <summary>A driver to load before boot, for a device on an interrupt line of its own.</summary>
    /// <param name="Line">The interrupt controller's line.</param>
    /// <param name="Make">Makes the driver.</param>
    public sealed record LoadDriver(int Line, Func<LinuxKernel, IInterruptHandler> Make);

    /// <summary>Boot is over: the kernel has the processor, and begins to schedule.</summary>
    public sealed class Boot : IHandOff
    {
        /// <summary>The one there is.</summary>
        public static readonly Boot Instance = new();
    }

    /// <summary>The current process goes no further, wherever it was: the kernel has the processor, and schedules.</summary>
    /// <param name="Killed">Whether it is killed, so that its kernel closes what it has open (<c>do_exit</c>); else it hangs, and keeps it.</param>
    public sealed record ProcessLost(bool Killed) : IHandOff;

    /// <summary>The current process sleeps to a time, wherever it is.</summary>
    /// <param name="Until">To the first tick from this instant on.</param>
    /// <param name="Then">Where it goes on.</param>
    public sealed record PutToSleep(Instant Until, Continuation Then) : IHandOff;

    /// <summary>The processor that it runs on.</summary>
    protected IProcessor Processor { get; }

    /// <inheritdoc/>
    public KernelActivities Activities { get; }

    /// <inheritdoc/>
    public bool InterruptsEnabled
    {
        get => Processor.InterruptsEnabled;
        set => Processor.InterruptsEnabled = value;
    }

    /// <summary>Its Internet layer.</summary>
    protected InetStack Stack { get; }

    /// <summary>The driver of its network card.</summary>
    protected abstract INetworkDriver Driver { get; }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SystemCall.Send send:
                Execute(Activities.SystemCall, () => SendFrom(send, 0));
                break;
            case SystemCall.Receive receive:
                Execute(Activities.SystemCall, () => ReceiveInto(receive, 0));
                break;
            case SystemCall.Listen listen:
                Execute(Activities.SystemCall, () => OnListen(listen));
                break;
            case SystemCall.Accept:
                Execute(Activities.SystemCall, OnAccept);
                break;
            case SystemCall.Connect connect:
                Execute(Activities.SystemCall, () => OnConnect(connect));
                break;
            case SystemCall.Close close:
                Execute(Activities.SystemCall, () => OnClose(close));
                break;
            case SystemCall.Sleep sleep:
                Execute(Activities.SystemCall, () => OnSleep(sleep.Until));
                break;
            case SystemCall.SendEcho echo:
                Execute(Activities.SystemCall, () => OnSendEcho(echo));
                break;
            case SystemCall.ReceiveEcho echo:
                Execute(Activities.SystemCall, () => OnReceiveEcho(echo));
                break;
            case SystemCall.Compute compute:
                OnCompute(compute);
                break;
            case SystemCall.Exit:
                Execute(Activities.SystemCall, Exit);
                break;
            case ProcessLost lost:
                OnProcessLost(lost.Killed);
                break;
            case PutToSleep sleep:
                Sleep(() => Now >= sleep.Until, sleep.Until, sleep.Then.OnTime);
                break;
            case Spawn spawn:
                _scheduler.Add(new Process(new ModelRef(spawn.Program), spawn.Priority, spawn.Account));
                break;
            case Boot:
                Initialize(() => InitializeDrivers(0, () =>
                {
                    Processor.InterruptsEnabled = true;
                    Schedule();
                }));
                break;
            case LoadDriver load:
                _interruptHandlers[load.Line] = load.Make(this);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc/>
    public void Execute(Activity activity, Action then, long bytes = 0) => Processor.Execute(activity, Then(then), bytes);

    /// <summary>What there is to set up before the first process runs.</summary>
    protected virtual void Initialize(Action then) => then();

    private void InitializeDrivers(int line, Action then)
    {
        while (line < Pic8259.Lines && _interruptHandlers[line] is null)
            line++;
        if (line == Pic8259.Lines)
            then();
        else
            _interruptHandlers[line]!.Initialize(() => InitializeDrivers(line + 1, then));
    }

    /// <summary>A top half: the interrupt is acknowledged at the controller, handled and ended there; then come the bottom halves.</summary>
    /// <param name="line">The interrupt controller's line.</param>
    /// <param name="networkLine">The network card's.</param>
    protected void HandleInterrupt(int line, int networkLine) => AcknowledgeInterrupt(line, () =>
    {
        if (line == HostTimer.InterruptLine)
            OnTimerInterrupt(line);
        else if (line == networkLine)
            Driver.HandleInterrupt(() => LeaveTopHalf(line));
        else if (_interruptHandlers[line] is { } handler)
            handler.HandleInterrupt(() => LeaveTopHalf(line));
        else
            LeaveTopHalf(line);
    });

    /// <summary>Acknowledges a line's interrupt at the controller, so that others can come.</summary>
    protected abstract void AcknowledgeInterrupt(int line, Action then);

    /// <summary>The handler for a line is done: ends the interrupt at the controller.</summary>
    protected abstract void EndOfInterrupt(int line, Action then);

    /// <summary>The timer interrupt: what is due is left to the bottom half.</summary>
    private void OnTimerInterrupt(int line)
    {
        // What is due is judged by the tick, as Linux does by its count of jiffies, and not by when the handler came to look.
        _timersAreDue |= Instant.Min(NextTimer, _scheduler.NextAlarm) <= _ticks.AtOrBefore(Now);
        _scheduler.Tick();
        Execute(Activities.TimerTick, () => Driver.OnTick(() => LeaveTopHalf(line)));
    }

    private void LeaveTopHalf(int line) => EndOfInterrupt(line, () =>
    {
        if (_inBottomHalf)
        {
            Processor.ReturnFromInterrupt();
            return;
        }

        _inBottomHalf = true;
        Processor.InterruptsEnabled = true;
        RunBottomHalves();
    });

    /// <inheritdoc/>
    void IDriverKernel.Received(ReadOnlyMemory<byte> frame) => Enqueue(frame);

    /// <inheritdoc/>
    bool IDriverKernel.TryAllocate() => _buffers.TryAllocate(SocketBuffers.ForDriver);

    /// <summary>netif_rx: a received frame waits for the bottom half.</summary>
    /// <returns>Whether there was room; else it is dropped and counted.</returns>
    protected bool Enqueue(ReadOnlyMemory<byte> frame)
    {
        Lane.Observer?.Passed(Activities.DriverReceive.Name, frame);
        _counters.FramesReceived++;
        if (_backlog.Count == MaxBacklog)
        {
            _counters.BacklogDrops++;
            return false;
        }

        _backlog.Enqueue(frame);
        _counters.Backlog = _backlog.Count;
        _counters.MostBacklog = Math.Max(_counters.MostBacklog, _backlog.Count);
        return true;
    }

    /// <inheritdoc/>
    public virtual void Transmitted(in OutgoingFrame frame)
    {
        Stack.FrameFreed(frame);
        _scheduler.WakeUp();
        _deviceQueueIsDue = _deviceQueue.Count > 0;
    }

    private void RunBottomHalves()
    {
        if (_timersAreDue)
        {
            _timersAreDue = false;
            RunTimers();
        }
        else if (_backlog.TryDequeue(out var frame))
        {
            _counters.Backlog = _backlog.Count;
            _counters.FramesBegun++;
            Receive(frame, _frameHandled);
        }
        else if (_deviceQueueIsDue)
        {
            _deviceQueueIsDue = false;
            Transmit(_runBottomHalves);
        }
        else
        {
            _inBottomHalf = false;
            Processor.ReturnFromInterrupt();
        }
    }

    private void RunTimers()
    {
        OnTimer();
        _scheduler.WakeUp();
        Transmit(_runBottomHalves);
    }

    /// <summary>When its networks have something to do.</summary>
    protected virtual Instant NextTimer => Stack.NextTimer;

    /// <summary>Its networks do what is due.</summary>
    protected virtual void OnTimer() => Stack.OnTimer(Now);

    /// <summary>The bottom half's part in a received frame: the protocols have it.</summary>
    protected virtual void Receive(ReadOnlyMemory<byte> frame, Action then)
    {
        var kind = InetStack.Classify(frame.Span, out var payloadBytes);
        Execute(
            Activities.Receive(kind),
            () =>
            {
                Lane.Observer?.Passed(Activities.Receive(kind).Name, frame);
                OnReceived(frame);
                Transmit(then);
            },
            payloadBytes);
    }

    /// <summary>The protocols take a frame in, and wake whom it concerns.</summary>
    protected virtual void OnReceived(ReadOnlyMemory<byte> frame) => OnReceived(Stack, frame);

    /// <summary>The protocols of one of its networks take a frame in, and wake whom it concerns.</summary>
    protected void OnReceived(InetStack stack, ReadOnlyMemory<byte> frame)
    {
        stack.Receive(frame, Now);
        while (stack.TryReceiveEchoReply(out var reply))
            _echoes[reply.Identifier] = reply;
        _scheduler.WakeUp();
    }

    /// <summary>A program has been given what was received for it: bytes of a stream, or an echo reply.</summary>
    protected virtual void OnProgramReceived(long amount)
    {
    }

    /// <summary>
    /// Sends what the protocols have put out: each frame is built, queued for the device, and given to the driver while its ring has room.
    /// A path that finds another, interrupted one at it leaves its frames to that one: frames never overtake each other.
    /// </summary>
    protected void Transmit(Action then)
    {
        if (_transmitting)
        {
            then();
        }
        else if (_deviceQueue.Count > 0 && Driver.HasRoom)
        {
            _transmitting = true;
            Execute(Activities.DriverTransmit, () =>
            {
                Lane.Observer?.Passed(Activities.DriverTransmit.Name, _deviceQueue.Peek().Bytes);
                _counters.FramesForDriver--;
                var next = _deviceQueue.Dequeue();
                _counters.DeviceQueue = _deviceQueue.Count;
                _counters.FramesToDriver++;
                Driver.Transmit(next, () =>
                {
                    _transmitting = false;
                    Transmit(then);
                });
            });
        }
        else if (Stack.TryDequeue(out var frame))
        {
            _transmitting = true;
            Execute(Activities.Transmit(frame.Kind), () =>
            {
                Lane.Observer?.Passed(Activities.Transmit(frame.Kind).Name, frame.Bytes);
                if (_buffers.TryAllocate(SocketBuffers.ForPacket))
                    ToDevice(frame);
                else
                    DropForWantOfBuffer(frame);
                _transmitting = false;
                Transmit(then);
            });
        }
        else
        {
            TransmitElsewhere(then);
        }
    }

    /// <summary>Sends what there is for another network than the driver's; then goes on.</summary>
    protected virtual void TransmitElsewhere(Action then) => then();

    /// <summary>Sends one frame to another network: no other is sent before that is paid for. Then come those that wait.</summary>
    protected void TransmitBy(Activity activity, Action transmit, Action then)
    {
        _transmitting = true;
        Execute(activity, () =>
        {
            transmit();
            _transmitting = false;
            Transmit(then);
        });
    }

    /// <summary>The Internet layer on which programs open their sockets.</summary>
    protected virtual InetStack SocketStack => Stack;

    /// <summary>Queues a frame for the device; one too many is dropped and counted.</summary>
    /// <returns>Whether there was room.</returns>
    protected bool ToDevice(in OutgoingFrame frame)
    {
        _counters.FramesToDevice++;
        if (_deviceQueue.Count < MaxDeviceQueue)
        {
            _deviceQueue.Enqueue(frame);
            _counters.DeviceQueue = _deviceQueue.Count;
            _counters.MostInDeviceQueue = Math.Max(_counters.MostInDeviceQueue, _deviceQueue.Count);
            _counters.FramesForDriver++;
            return true;
        }

        _counters.DeviceQueueDrops++;
        Stack.FrameFreed(frame);
        return false;
    }

    /// <summary>What the protocols sent is lost before it was anything (ENOBUFS): TCP's timers will find out.</summary>
    private void DropForWantOfBuffer(in OutgoingFrame frame)
    {
        _counters.NoBufferDrops++;
        Stack.FrameFreed(frame);
    }

    private void OnProcessLost(bool isKilled)
    {
        Processor.InterruptsEnabled = true;
        if (isKilled)
            Exit();
        else
            Leave();
    }

    /// <summary>do_exit: what the process has left open is closed for it.</summary>
    private void Exit()
    {
        var process = _scheduler.Current!;
        if (process.Listener is { } listener)
            SocketStack.Close(listener, Now);
        foreach (var connection in process.Connections)
            connection.Close(Now);
        if (process is { Listener: null, Connections.Count: 0 })
            Leave();
        else
            Transmit(Leave);
    }

    private void Leave()
    {
        _scheduler.Exit();
        Schedule();
    }

    private void Schedule()
    {
        if (!_scheduler.Next())
        {
            RunCurrent();
            return;
        }

        _counters.ProcessSwitches++;
        Execute(ProcessSwitch(), RunCurrent);
    }

    /// <summary>What the switch to the process that has just been chosen costs.</summary>
    protected virtual Activity ProcessSwitch() => Activities.ProcessSwitch;

    private void RunCurrent()
    {
        if (_scheduler.Current is { } process)
            process.Resume();
        else if (_scheduler.HasRunnable)
            Schedule();
        else
            Processor.Halt(Then(_schedule));
    }

    /// <summary>The current process sleeps until the condition holds, unless it came to hold on the way here.</summary>
    private void Sleep(Func<bool> until, Action then) => Sleep(until, Instant.Never, then);

    private void Sleep(Func<bool> until, Instant alarm, Action then)
    {
        if (until())
        {
            then();
            return;
        }

        _scheduler.Sleep(until, alarm, then);
        Schedule();
    }

    /// <summary>A system call comes back to the process that made it, unless that has to give way first.</summary>
    protected void Return(SystemCall answer)
    {
        var program = _scheduler.Current!.Program;
        if (_scheduler.NeedsReschedule)
            GiveWay(() => program.Tell(answer));
        else
            program.Tell(answer);
    }

    /// <summary>The current process lets a better one have the processor, and goes on from there at its next turn.</summary>
    private void GiveWay(Action resume)
    {
        _scheduler.Yield(resume);
        Schedule();
    }

    private void Return(int result) => Return(new SystemCall.Returned(result, null));

    private void ReturnError(TcpError error) => Return(new SystemCall.Returned(-1, Describe(error)));

    private static string Describe(TcpError error) => error switch
    {
        TcpError.ConnectionRefused => "connection refused",
        TcpError.ConnectionReset => "connection reset by peer",
        TcpError.TimedOut => "connection timed out",
        _ => error.ToString(),
    };

    /// <summary>tcp_sendmsg: socket buffer by socket buffer, each sent as soon as it is full; sleeps while the send buffer is full.</summary>
    private void SendFrom(SystemCall.Send call, int offset)
    {
        var tcp = ((TcpSocket)call.Socket).Connection;
        var left = call.Bytes.Span[offset..];
        if (tcp.Error != TcpError.None)
        {
            ReturnError(tcp.Error);
        }
        else if (left.IsEmpty)
        {
            tcp.Push(Now);
            Transmit(() => Return(call.Bytes.Length));
        }
        else if (tcp.Write(left, Now) is var written and > 0)
        {
            // The bytes are copied before the frame that carries them is built.
            WithTransmissionHeld(Activities.CopyFromUser, written, () => SendFrom(call, offset + written));
        }
        else
        {
            tcp.Push(Now);
            Transmit(() => Sleep(() => tcp.IsWritable || tcp.Error != TcpError.None, () => SendFrom(call, offset)));
        }
    }

    /// <summary>tcp_recvmsg: takes what is there, as often as there is more, until the program's buffer is full; sleeps only when there is nothing.</summary>
    private void ReceiveInto(SystemCall.Receive call, int offset)
    {
        var tcp = ((TcpSocket)call.Socket).Connection;
        var room = call.Buffer.Span[offset..];
        if (!room.IsEmpty && tcp.IsReadable)
        {
            var read = tcp.Read(room, Now);
            CopyToUser(read, tcp.Mss, () => ReceiveInto(call, offset + read));
        }
        else if (offset > 0 || tcp.AtEndOfStream)
        {
            OnProgramReceived(offset);
            Return(offset);
        }
        else if (tcp.Error != TcpError.None)
        {
            ReturnError(tcp.Error);
        }
        else
        {
            Sleep(() => tcp.IsReadable || tcp.AtEndOfStream || tcp.Error != TcpError.None, () => ReceiveInto(call, 0));
        }
    }

    /// <summary>Pays for a copy socket buffer by socket buffer, so that an interrupt waits no longer than for one.</summary>
    private void CopyToUser(int bytes, int socketBuffer, Action then)
    {
        var now = Math.Min(bytes, socketBuffer);
        WithTransmissionHeld(
            Activities.CopyToUser,
            now,
            () =>
            {
                if (now < bytes)
                    CopyToUser(bytes - now, socketBuffer, then);
                else
                    then();
            });
    }

    private void WithTransmissionHeld(Activity activity, int bytes, Action then)
    {
        _transmitting = true;
        Execute(
            activity,
            () =>
            {
                _transmitting = false;
                Transmit(then);
            },
            bytes);
    }

    private void OnListen(SystemCall.Listen call)
    {
        _listener = _scheduler.Current!.Listener = SocketStack.Listen(call.Port, 5);
        Return(0);
    }

    private void OnAccept()
    {
        if (_listener!.Accept() is { } connection)
            Return(Open(connection));
        else
            Sleep(() => _listener.HasPending, OnAccept);
    }

    private void OnConnect(SystemCall.Connect call)
    {
        var tcp = SocketStack.Connect(call.Address, call.Port, Now);
        Transmit(() => Sleep(
            () => tcp.IsWritable || tcp.Error != TcpError.None,
            () => Return(tcp.Error == TcpError.None
                ? Open(tcp)
                : new SystemCall.Connected(null, Describe(tcp.Error)))));
    }

    private SystemCall.Connected Open(TcpConnection connection)
    {
        _scheduler.Current!.Connections.Add(connection);
        return new SystemCall.Connected(new TcpSocket(connection), null);
    }

    private void OnClose(SystemCall.Close call)
    {
        var connection = ((TcpSocket)call.Socket).Connection;
        _scheduler.Current!.Connections.Remove(connection);
        connection.Close(Now);
        Transmit(() => Return(0));
    }

    /// <summary>A program computes, slice by slice, so that an interrupt waits no longer than for one.</summary>
    private void OnCompute(SystemCall.Compute call)
    {
        if (call.WorkNs == 0)
        {
            Return(0);
            return;
        }

        // Between two slices an interrupt's handler has returned to the program, where Linux looks whether it is to give way.
        if (_scheduler.NeedsReschedule)
        {
            GiveWay(() => OnCompute(call));
            return;
        }

        var now = Math.Min(call.WorkNs, LongestUserSliceNs);
        Execute(Activities.UserCode, () => OnCompute(new SystemCall.Compute(call.WorkNs - now)), now);
    }

    private void OnSleep(Instant until) => Sleep(() => Now >= until, until, () => Return(0));

    private void OnSendEcho(SystemCall.SendEcho call)
    {
        SocketStack.SendEcho(call.Address, call.Identifier, call.Sequence, call.Payload.Span, Now);
        Transmit(() => Return(call.Payload.Length));
    }

    private void OnReceiveEcho(SystemCall.ReceiveEcho call)
    {
        bool HasAnswer() => _echoes.ContainsKey(call.Identifier);
        Sleep(() => HasAnswer() || Now >= call.Until, call.Until, () =>
        {
            EchoReply? answer = _echoes.Remove(call.Identifier, out var reply) ? reply : null;
            OnProgramReceived(answer is null ? 0 : 1);
            Return(new SystemCall.EchoReceived(answer));
        });
    }

    private sealed class TcpSocket(TcpConnection connection) : Socket
    {
        public TcpConnection Connection { get; } = connection;
    }
}
