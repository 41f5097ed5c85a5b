using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Node.Host;

/// <summary>
/// The host's driver of the EtherExpress, as Linux 2.2's eepro100.c: a command asks for an interrupt only every quarter of the ring; else
/// the interrupt comes when the queue has drained, since each command suspends the unit until the next takes its suspend bit away.
/// </summary>
/// <remarks>
/// If the card does not get on, the driver asks it for an interrupt, and 2 ticks later it resets it and starts both units where it stands itself: what was in
/// the transmit ring is sent, or sent again (speedo_tx_timeout, TX_TIMEOUT). Linux 2.2 looks only when another packet is to be sent and the ring is full;
/// that it looks at every tick, and likewise at causes that nobody acknowledges and at a receive unit that is idle, is an assumption.
/// </remarks>
/// <param name="chip">The card's registers and rings.</param>
/// <param name="nic">The card.</param>
/// <param name="kernel">Its kernel.</param>
/// <param name="counters">What it counts.</param>
/// <param name="ticksPerSecond">Ticks of the kernel's timer (HZ).</param>
public sealed class EtherExpressDriver(EtherExpressChip chip, IActorRef nic, IDriverKernel kernel, KernelCounters counters, int ticksPerSecond) : INetworkDriver
{
    /// <summary>Descriptors that always stay free, so that a full ring is not taken for an empty one (eepro100.c, TX_QUEUE_LIMIT).</summary>
    private const int Spare = 2;

    /// <summary>After so many seconds without progress it resets the card (eepro100.c, TX_TIMEOUT: 2 HZ).</summary>
    private const int TimeoutSeconds = 2;

    /// <summary>So many ticks before that it asks for an interrupt (eepro100.c, speedo_start_xmit: TX_TIMEOUT - 2).</summary>
    private const int TicksForInterrupt = 2;

    private readonly OutgoingFrame[] _frames = new OutgoingFrame[chip.TransmitRing.Length];
    private readonly int _interruptEvery = Math.Max(1, chip.TransmitRing.Length / 4);
    private readonly int _timeout = TimeoutSeconds * ticksPerSecond;
    private readonly TransmitWatchdog _watchdog = new();
    private long _given;
    private long _finished;
    private long _received;
    private long _refilled;
    private ScbStatus _causes;
    private bool _interrupted;
    private int _ticksUnheard;
    private int _ticksDeaf;

    /// <inheritdoc/>
    public bool HasRoom => _given - _finished < chip.TransmitRing.Length - Spare;

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
        command.HasBegun = false;
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
        _interrupted = true;
        Refill();
        _causes = chip.Status;
        chip.Acknowledge(_causes);
        if (_causes == ScbStatus.None)
            then();
        else
            TakeReceived(then);
    }

    /// <inheritdoc/>
    public void OnTick(Action then)
    {
        var stalled = _watchdog.Tick(_finished, _given);
        _ticksUnheard = _interrupted || chip.Status == ScbStatus.None ? 0 : _ticksUnheard + 1;
        _ticksDeaf = chip.ReceiveUnitActive ? 0 : _ticksDeaf + 1;
        _interrupted = false;
        if (stalled >= _timeout || _ticksDeaf >= _timeout)
        {
            Reset(then);
            return;
        }

        if (stalled == _timeout - TicksForInterrupt || _ticksUnheard >= _timeout - TicksForInterrupt)
        {
            _ticksUnheard = 0;
            counters.InterruptsAskedFor++;
            chip.RequestInterrupt();
        }

        then();
    }

    /// <summary>The card starts anew where the driver stands. What it has done by itself until now is taken first.</summary>
    private void Reset(Action then)
    {
        _watchdog.Restart();
        _ticksDeaf = _ticksUnheard = 0;
        counters.CardResets++;
        _causes = ScbStatus.FrameReceived | ScbStatus.CommandExecuted;
        TakeReceived(() =>
        {
            nic.Tell(new EtherExpress.Restart((int)(_finished % _frames.Length), (int)(_received % chip.ReceiveRing.Length)));
            then();
        });
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
        var descriptor = chip.ReceiveRing[(int)(_received % chip.ReceiveRing.Length)];
        frame = descriptor.Frame;

        // One that has been taken and has no new buffer is complete, but empty.
        if (!_causes.HasFlag(ScbStatus.FrameReceived) || !descriptor.Complete || frame.IsEmpty)
            return false;
        descriptor.Frame = default;
        _received++;
        chip.Counters.FramesTaken++;
        Refill();
        return true;
    }

    /// <summary>Descriptors whose frames have been taken are given new buffers, as long as there is memory; the rest have to wait for the next time (speedo_rx).</summary>
    private void Refill()
    {
        for (; _refilled < _received; _refilled++)
        {
            if (!kernel.TryAllocate())
            {
                counters.RefillFailures++;
                return;
            }

            chip.ReceiveRing[(int)(_refilled % chip.ReceiveRing.Length)].Complete = false;
        }
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
