using Testbed.Node.Hardware;
using Testbed.Node.Network;

namespace Testbed.Node.Kernel;

/// <summary>What a Linux 2.2 kernel spends processor time on. Each is a row of the ledger and an entry of the cost table.</summary>
/// <param name="activity">The activity of a name, on the processor that the kernel runs on.</param>
public sealed class KernelActivities(Func<string, Activity> activity)
{
    /// <summary>Entering and leaving a system call, and the socket layer. Per call.</summary>
    public Activity SystemCall { get; } = activity("system-call");

    /// <summary>Copying from the program's buffer into socket buffers, with the checksum. Per byte.</summary>
    public Activity CopyFromUser { get; } = activity("copy-from-user");

    /// <summary>Copying from socket buffers into the program's buffer. Per byte.</summary>
    public Activity CopyToUser { get; } = activity("copy-to-user");

    /// <summary>Switching to another process or to the idle task. Per switch.</summary>
    public Activity ProcessSwitch { get; } = activity("process-switch");

    /// <summary>Taking an interrupt: entry, the interrupt controller's ports, return. Per interrupt.</summary>
    public Activity Interrupt { get; } = activity("interrupt");

    /// <summary>The timer interrupt's handler. Per tick.</summary>
    public Activity TimerTick { get; } = activity("timer-tick");

    /// <summary>The NIC driver starting a transmission. Per frame.</summary>
    public Activity DriverTransmit { get; } = activity("driver-transmit");

    /// <summary>The NIC driver taking back a transmit descriptor. Per frame.</summary>
    public Activity DriverTransmitted { get; } = activity("driver-transmitted");

    /// <summary>The NIC driver taking a received frame and giving the card a fresh buffer. Per frame.</summary>
    public Activity DriverReceive { get; } = activity("driver-receive");

    /// <summary>A program's own code. Per nanosecond at the reference clock.</summary>
    public Activity UserCode { get; } = activity("user-code");

    private readonly Activity _transmitData = activity("tcp-transmit");
    private readonly Activity _transmitAck = activity("tcp-transmit-ack");
    private readonly Activity _transmitOther = activity("other-transmit");
    private readonly Activity _receiveData = activity("tcp-receive");
    private readonly Activity _receiveAck = activity("tcp-receive-ack");
    private readonly Activity _receiveOther = activity("other-receive");

    /// <summary>Building a frame of a kind, from the protocol to the device queue. Per frame.</summary>
    public Activity Transmit(FrameKind kind) => kind switch
    {
        FrameKind.TcpData => _transmitData,
        FrameKind.TcpAck => _transmitAck,
        _ => _transmitOther,
    };

    /// <summary>Handling a received frame of a kind, from the network bottom half to the socket. Per frame, and per byte of its checksum.</summary>
    public Activity Receive(FrameKind kind) => kind switch
    {
        FrameKind.TcpData => _receiveData,
        FrameKind.TcpAck => _receiveAck,
        _ => _receiveOther,
    };
}
