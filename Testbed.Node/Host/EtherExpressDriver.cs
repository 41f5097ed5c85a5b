using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Node.Host;

/// <summary>
/// The host's driver of the EtherExpress, as Linux 2.2's eepro100.c: a command asks for an interrupt only every quarter of the ring; else
/// the interrupt comes when the queue has drained, since each command suspends the unit until the next takes its suspend bit away.
/// </summary>
public sealed class EtherExpressDriver(EtherExpressChip chip, IActorRef nic, IDriverKernel kernel) : INetworkDriver
{
    /// <summary>Descriptors that always stay free, so that a full ring is not taken for an empty one (eepro100.c, TX_QUEUE_LIMIT).</summary>
    private const int Spare = 2;

    private readonly OutgoingFrame[] _frames = new OutgoingFrame[chip.TransmitRing.Count];
    private readonly int _interruptEvery = Math.Max(1, chip.TransmitRing.Count / 4);
    private long _given;
    private long _finished;
    private int _received;
    private ScbStatus _causes;

    /// <inheritdoc/>
    public bool HasRoom => _given - _finished < chip.TransmitRing.Count - Spare;

    /// <inheritdoc/>
    public void Transmit(in OutgoingFrame frame, Action then)
    {
        if (!HasRoom)
            throw new InvalidOperationException("The transmit ring is full.");
        var entry = (int)(_given % _frames.Length);
        _frames[entry] = frame;
        var command = chip.TransmitRing[entry];
        command.Frame = frame.Bytes;
        command.Complete = false;
        command.Suspend = true;
        command.Interrupt = entry % _interruptEvery == 0;
        if (_given > 0)
            chip.TransmitRing[(int)((_given - 1) % _frames.Length)].Suspend = false;
        _given++;
        nic.Tell(EtherExpress.ResumeCommandUnit.Instance);
        then();
    }

    /// <inheritdoc/>
    public void HandleInterrupt(Action then)
    {
        _causes = chip.Status;
        chip.Acknowledge(_causes);
        if (_causes == ScbStatus.None)
            then();
        else
            TakeReceived(then);
    }

    private void TakeReceived(Action then)
    {
        if (TryTakeReceived(out var frame))
        {
            kernel.Execute(kernel.Activities.DriverReceive, () =>
            {
                kernel.Received(frame);
                TakeReceived(then);
            });
            return;
        }

        TakeTransmitted(then);
    }

    private void TakeTransmitted(Action then)
    {
        if (TryTakeTransmitted(out var frame))
        {
            kernel.Execute(kernel.Activities.DriverTransmitted, () =>
            {
                kernel.Transmitted(frame);
                TakeTransmitted(then);
            });
            return;
        }

        HandleInterrupt(then);
    }

    private bool TryTakeReceived(out ReadOnlyMemory<byte> frame)
    {
        var descriptor = chip.ReceiveRing[_received];
        frame = descriptor.Frame;
        if (!_causes.HasFlag(ScbStatus.FrameReceived) || !descriptor.Complete)
            return false;
        descriptor.Frame = default;
        descriptor.Complete = false;
        _received = (_received + 1) % chip.ReceiveRing.Count;
        chip.Counters.FramesTaken++;
        return true;
    }

    private bool TryTakeTransmitted(out OutgoingFrame frame)
    {
        frame = default;
        const ScbStatus Transmitted = ScbStatus.CommandExecuted | ScbStatus.CommandUnitNotActive;
        var entry = (int)(_finished % _frames.Length);
        if ((_causes & Transmitted) == 0 || _finished == _given || !chip.TransmitRing[entry].Complete)
            return false;
        frame = _frames[entry];
        _frames[entry] = default;
        chip.TransmitRing[entry].Frame = default;
        _finished++;
        return true;
    }
}
