using Testbed.Node.Hardware;
using Testbed.Node.Network;

namespace Testbed.Node.Kernel;

/// <summary>What a Linux 2.2 kernel spends processor time on. Each is a row of the ledger and an entry of the cost table.</summary>
public sealed class KernelActivities(Processor processor, World world)
{
    /// <summary>Entering and leaving a system call, and the socket layer. Per call.</summary>
    public Activity SystemCall { get; } = processor.Activity(world, "system-call");

    /// <summary>Copying from the program's buffer into socket buffers, with the checksum. Per byte.</summary>
    public Activity CopyFromUser { get; } = processor.Activity(world, "copy-from-user");

    /// <summary>Copying from socket buffers into the program's buffer. Per byte.</summary>
    public Activity CopyToUser { get; } = processor.Activity(world, "copy-to-user");

    /// <summary>Switching to another process or to the idle task. Per switch.</summary>
    public Activity ProcessSwitch { get; } = processor.Activity(world, "process-switch");

    /// <summary>Taking an interrupt: entry, the interrupt controller's ports, return. Per interrupt.</summary>
    public Activity Interrupt { get; } = processor.Activity(world, "interrupt");

    /// <summary>The timer interrupt's handler. Per tick.</summary>
    public Activity TimerTick { get; } = processor.Activity(world, "timer-tick");

    /// <summary>The NIC driver starting a transmission. Per frame.</summary>
    public Activity DriverTransmit { get; } = processor.Activity(world, "driver-transmit");

    /// <summary>The NIC driver taking back a transmit descriptor. Per frame.</summary>
    public Activity DriverTransmitted { get; } = processor.Activity(world, "driver-transmitted");

    /// <summary>The NIC driver taking a received frame and giving the card a fresh buffer. Per frame.</summary>
    public Activity DriverReceive { get; } = processor.Activity(world, "driver-receive");

    private readonly Activity _transmitData = processor.Activity(world, "tcp-transmit");
    private readonly Activity _transmitAck = processor.Activity(world, "tcp-transmit-ack");
    private readonly Activity _transmitOther = processor.Activity(world, "other-transmit");
    private readonly Activity _receiveData = processor.Activity(world, "tcp-receive");
    private readonly Activity _receiveAck = processor.Activity(world, "tcp-receive-ack");
    private readonly Activity _receiveOther = processor.Activity(world, "other-receive");

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
