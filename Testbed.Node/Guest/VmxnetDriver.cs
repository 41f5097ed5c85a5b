using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Node.Guest;

/// <summary>
/// The guest's driver of the idealized card (paper, section 6): a packet takes one <c>OUT</c>, an interrupt none. What has been sent is taken back when the next
/// packet is given, so that no interrupt is needed for it but when the ring is full.
/// </summary>
public sealed class VmxnetDriver : IGuestDriver
{
    /// <summary>A buffer: the largest frame without FCS, on a multiple of 8.</summary>
    private const int BufferSize = 1520;

    private readonly Pcnet32.Settings _settings;
    private readonly IPorts _ports;
    private readonly GuestMemory _memory;
    private readonly IDriverKernel _kernel;
    private readonly KernelCounters _counters;
    private readonly OutgoingFrame[] _frames;
    private readonly uint _transmitRing;
    private readonly uint _receiveRing;
    private readonly uint _transmitBuffers;
    private readonly uint _receiveBuffers;
    private long _given;
    private long _finished;
    private long _received;

    /// <summary>A driver whose card has not been opened yet.</summary>
    /// <param name="settings">Where the card is, and how long its rings are: as pcnet32's, whose place it takes.</param>
    /// <param name="ports">The guest's I/O ports.</param>
    /// <param name="memory">The guest's memory, where the shared area, the rings and the buffers are.</param>
    /// <param name="kernel">The guest's kernel.</param>
    /// <param name="counters">What it counts.</param>
    public VmxnetDriver(Pcnet32.Settings settings, IPorts ports, GuestMemory memory, IDriverKernel kernel, KernelCounters counters)
    {
        (_settings, _ports, _memory, _kernel, _counters) = (settings, ports, memory, kernel, counters);
        _frames = new OutgoingFrame[settings.TransmitRing];
        _transmitRing = settings.Memory + VmxnetShared.Size;
        _receiveRing = _transmitRing + (uint)(settings.TransmitRing * VmxnetDescriptor.Size);
        _transmitBuffers = _receiveRing + (uint)(settings.ReceiveRing * VmxnetDescriptor.Size);
        _receiveBuffers = _transmitBuffers + (uint)(settings.TransmitRing * BufferSize);
    }

    /// <inheritdoc/>
    public bool HasRoom => _given - _finished < _frames.Length || IsSent;

    /// <summary>Whether the packet that was given longest ago has been sent and not been taken back.</summary>
    private bool IsSent => _finished < _given && (TransmitFlags(_finished) & VmxnetDescriptor.Own) == 0;

    /// <inheritdoc/>
    public void Open(Action then)
    {
        WriteShared(VmxnetShared.Causes, 0);
        WriteShared(VmxnetShared.WaitsForRoom, 0);
        WriteShared(VmxnetShared.TransmitRing, _transmitRing);
        WriteShared(VmxnetShared.TransmitRing + VmxnetShared.RingLength, (uint)_settings.TransmitRing);
        WriteShared(VmxnetShared.ReceiveRing, _receiveRing);
        WriteShared(VmxnetShared.ReceiveRing + VmxnetShared.RingLength, (uint)_settings.ReceiveRing);
        for (uint entry = 0; entry < _settings.TransmitRing; entry++)
            _memory.WriteUInt32(TransmitDescriptor(entry) + VmxnetDescriptor.Buffer, _transmitBuffers + entry * BufferSize);
        for (uint entry = 0; entry < _settings.ReceiveRing; entry++)
        {
            _memory.WriteUInt32(ReceiveDescriptor(entry) + VmxnetDescriptor.Buffer, _receiveBuffers + entry * BufferSize);
            GiveReceiveBuffer(entry);
        }

        _ports.Out(_settings.Port + VmxnetPort.SharedLow, (int)(_settings.Memory & 0xFFFF), () =>
            _ports.Out(_settings.Port + VmxnetPort.SharedHigh, (int)(_settings.Memory >> 16), () =>
            _ports.Out(_settings.Port + VmxnetPort.Switch, 1, then)));
    }

    /// <inheritdoc/>
    public void Transmit(in OutgoingFrame frame, Action then)
    {
        if (!HasRoom)
            throw new InvalidOperationException("The transmit ring is full.");
        var given = frame;
        var interruptsEnabled = _kernel.InterruptsEnabled;
        _kernel.InterruptsEnabled = false;
        TakeTransmitted(() =>
        {
            Give(given);
            _ports.Out(_settings.Port + VmxnetPort.Transmit, 0, () =>
            {
                _kernel.InterruptsEnabled = interruptsEnabled;
                then();
            });
        });
    }

    /// <inheritdoc/>
    public void HandleInterrupt(Action then)
    {
        // Memory, not a port: it does not trap. What comes from here on makes the card request anew.
        WriteShared(VmxnetShared.Causes, 0);
        TakeReceived(() => TakeTransmitted(then));
    }

    private void Give(in OutgoingFrame frame)
    {
        var entry = _given % _frames.Length;
        _frames[entry] = frame;
        frame.Bytes.CopyTo(_memory.At(_transmitBuffers + (uint)(entry * BufferSize), frame.Bytes.Length));
        _memory.WriteUInt32(TransmitDescriptor(entry) + VmxnetDescriptor.Flags, VmxnetDescriptor.Own | (uint)frame.Bytes.Length);
        _given++;
        if (_given - _finished == _frames.Length)
            WriteShared(VmxnetShared.WaitsForRoom, 1);
    }

    private void TakeReceived(Action then)
    {
        var entry = _received % _settings.ReceiveRing;
        var flags = _memory.ReadUInt32(ReceiveDescriptor(entry) + VmxnetDescriptor.Flags);
        if ((flags & VmxnetDescriptor.Own) != 0)
        {
            then();
            return;
        }

        var frame = _memory.At(_receiveBuffers + (uint)(entry * BufferSize), (int)(flags & VmxnetDescriptor.Length)).ToArray();
        _received++;
        _kernel.Execute(_kernel.Activities.DriverReceive, () =>
        {
            if (_kernel.TryAllocate())
                _kernel.Received(frame);
            else
                _counters.NoBufferDrops++;
            GiveReceiveBuffer(entry);
            TakeReceived(then);
        });
    }

    private void TakeTransmitted(Action then)
    {
        if (!IsSent)
        {
            then();
            return;
        }

        var entry = _finished % _frames.Length;
        var frame = _frames[entry];
        _frames[entry] = default;
        _finished++;
        _kernel.Execute(_kernel.Activities.DriverTransmitted, () =>
        {
            _kernel.Transmitted(frame);
            TakeTransmitted(then);
        });
    }

    private void GiveReceiveBuffer(long entry) => _memory.WriteUInt32(ReceiveDescriptor(entry) + VmxnetDescriptor.Flags, VmxnetDescriptor.Own | BufferSize);

    private uint TransmitDescriptor(long entry) => _transmitRing + (uint)(entry * VmxnetDescriptor.Size);

    private uint TransmitFlags(long packet) => _memory.ReadUInt32(TransmitDescriptor(packet % _frames.Length) + VmxnetDescriptor.Flags);

    private uint ReceiveDescriptor(long entry) => _receiveRing + (uint)(entry * VmxnetDescriptor.Size);

    private void WriteShared(uint word, uint value) => _memory.WriteUInt32(_settings.Memory + word, value);
}
