using System.Runtime.InteropServices;
using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Measuring;
using Testbed.Node.Network;
using Testbed.Node.Programs;
using Testbed.Node.Time;

namespace Testbed.Node.Host;

/// <summary>
/// VMNet, in the host's kernel, bridged to the physical network card (paper, section 2): VMApp writes it frames to send, and reads
/// from it those that came for its virtual machine.
/// </summary>
public sealed class VmNet : ModelActor
{
    private const string TransmitRow = "vmnet-transmit";

    private readonly Processor _processor;
    private readonly ModelRef _host;
    private readonly int _queueBound;
    private readonly VmNetCounters _counters;
    private readonly SharedMemory _shared;
    private readonly bool _preallocated;
    private readonly SocketBuffers _buffers;
    private readonly TransmissionPath _transmission;
    private readonly SendingPath _sending;
    private readonly ReceptionPath _reception;
    private readonly Activity _transmit;
    private readonly Activity _transmitReturn;
    private readonly Activity _select;
    private readonly Activity _read;
    private readonly Continuation _onSelect;
    private readonly Continuation _onQueued;
    private readonly Continuation _onWritten;
    private readonly Queue<ReadOnlyMemory<byte>> _queue = new();
    private int _lent;

    private VmNet(Lane lane, Settings settings, Processor processor, IActorRef host, SharedMemory shared, SocketBuffers buffers, VmNetCounters counters, TransmissionPath transmission, SendingPath sending, ReceptionPath reception)
        : base(lane)
    {
        (_processor, _host, _queueBound, _preallocated) = (processor, new ModelRef(host), settings.QueueBound, settings.PreallocatedSkbuffs);
        (_shared, _buffers, _counters, _transmission, _sending, _reception) = (shared, buffers, counters, transmission, sending, reception);
        _transmit = processor.Activity(World.Host, TransmitRow, _preallocated ? "vmnet-transmit-preallocated" : null);
        _transmit.ToDoorbell = processor.Activity(World.Host, "driver-transmit").Least;
        _transmitReturn = processor.Activity(World.Host, "vmnet-transmit-return");
        _select = processor.Activity(World.Host, "vmapp-select");
        _read = processor.Activity(World.Host, "vmapp-receive");
        _onSelect = Then(OnSelect);
        _onQueued = Then(OnQueued);
        _onWritten = Then(OnWritten);
    }

    /// <summary>What it is told to do.</summary>
    /// <param name="QueueBound">Frames that may wait for VMApp; one too many is dropped and counted.</param>
    /// <param name="PreallocatedSkbuffs">Whether its socket buffers are laid over the virtual machine's memory beforehand, so that it allocates and copies nothing for a frame out.</param>
    public sealed record Settings(int QueueBound, bool PreallocatedSkbuffs);

    /// <summary>VMNet of a host.</summary>
    /// <param name="lane">The PC's lane.</param>
    /// <param name="settings">What it is told to do.</param>
    /// <param name="processor">The PC's processor.</param>
    /// <param name="host">The host's kernel.</param>
    /// <param name="shared">What it shares with VMApp.</param>
    /// <param name="buffers">The host's memory for socket buffers.</param>
    /// <param name="counters">What it counts.</param>
    /// <param name="transmission">Is told how far a transmission by itself has come.</param>
    /// <param name="sending">Is told how far each packet out has come.</param>
    /// <param name="reception">Is told how far a reception has come.</param>
    public static Props Props(
        Lane lane, Settings settings, Processor processor, IActorRef host, SharedMemory shared, SocketBuffers buffers, VmNetCounters counters, TransmissionPath transmission, SendingPath sending, ReceptionPath reception) =>
        lane.Props(() => new VmNet(lane, settings, processor, host, shared, buffers, counters, transmission, sending, reception));

    /// <summary>VMApp's <c>write()</c>: sends a frame. Answered with <see cref="Written"/>.</summary>
    /// <param name="Frame">The frame without its check sequence; nobody changes it any more.</param>
    public sealed record Write(ReadOnlyMemory<byte> Frame) : SystemCall, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Frame;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => new Write(bytes);
    }

    /// <summary><see cref="Write"/> returns.</summary>
    public sealed record Written : SystemCall
    {
        /// <summary>The one there is.</summary>
        public static readonly Written Instance = new();
    }

    /// <summary>VMApp's <c>select()</c>: is there a frame to read? Answered with <see cref="Selected"/>.</summary>
    public sealed record Select : SystemCall
    {
        /// <summary>The one there is.</summary>
        public static readonly Select Instance = new();
    }

    /// <summary><see cref="Select"/> returns.</summary>
    /// <param name="IsReadable">Whether there is a frame to read.</param>
    public sealed record Selected(bool IsReadable) : SystemCall
    {
        internal static readonly Selected Readable = new(IsReadable: true);
        internal static readonly Selected Nothing = new(IsReadable: false);
    }

    /// <summary>VMApp's <c>read()</c>: takes the next frame. Answered with <see cref="Frame"/>; with <see cref="Selected"/> if there is none after all.</summary>
    public sealed record Read : SystemCall
    {
        /// <summary>The one there is.</summary>
        public static readonly Read Instance = new();
    }

    /// <summary><see cref="Read"/> returns.</summary>
    /// <param name="Bytes">The frame without its check sequence.</param>
    /// <param name="MoreToRead">Whether another waits.</param>
    public sealed record Frame(ReadOnlyMemory<byte> Bytes, bool MoreToRead) : SystemCall, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Bytes;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => new Frame(bytes, MoreToRead);
    }

    /// <summary>A socket buffer that lay over the guest's memory is free: the network card has read the frame.</summary>
    public sealed class SocketBufferFreed : ISignal
    {
        /// <summary>The one there is.</summary>
        public static readonly SocketBufferFreed Instance = new();
    }

    /// <summary>The bridge has seen a frame for the virtual machine.</summary>
    public sealed record FrameArrived(ReadOnlyMemory<byte> Frame) : ISignal, ICarriesBytes
    {
        ReadOnlyMemory<byte> ICarriesBytes.Carried => Frame;

        object ICarriesBytes.With(ReadOnlyMemory<byte> bytes) => new FrameArrived(bytes);
    }

    /// <inheritdoc/>
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Write write:
                _processor.Execute(_transmit, Then(() => OnWrite(write.Frame)), write.Frame.Length);
                break;
            case Select:
                _counters.Selects++;
                _processor.Execute(_select, _onSelect);
                break;
            case Read:
                OnRead();
                break;
            case SocketBufferFreed when _lent > 0:
                _lent--;
                _shared.SentPackets++;
                break;
            case SocketBufferFreed:
                break;
            case FrameArrived arrived:
                OnFrameArrived(arrived.Frame);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>The module is loaded anew, as faults may have it: what waited is lost, and the buffers that lay over the guest's memory are free.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        _counters.RestartDrops += _queue.Count;
        _counters.Waiting = 0;
        _shared.DevicesWithPackets &= ~SharedMemory.NetworkCard;
        _shared.SentPackets += _lent;
        base.PreRestart(reason, message);
    }

    /// <summary>A socket buffer has been allocated and the frame copied into it, or lies over it: the network card's driver has it next.</summary>
    private void OnWrite(ReadOnlyMemory<byte> frame)
    {
        if (!_preallocated && !_buffers.TryAllocate(SocketBuffers.ForVmNet))
        {
            _counters.NoBufferDrops++;
            _counters.NoBufferDropsOut++;
            _host.Tell(Written.Instance);
            return;
        }

        Lane.Observer?.Passed(_transmit.Name, frame);
        _transmission.Passed(TransmissionSegment.VmNet, Now);
        _sending.PassedVmNet(Now);
        _counters.FramesSent++;
        if (_preallocated)
            _lent++;
        else
            _counters.BytesCopied += frame.Length;

        // The Lance has already taken the frame out of the guest's memory, into an array of its own: that is the copy which is paid for here.
        var bytes = MemoryMarshal.TryGetArray(frame, out var array) && array.Count == array.Array!.Length ? array.Array : frame.ToArray();
        var buffer = new OutgoingFrame(bytes, FrameKind.Other, 0, IsRetransmission: false, Connection: null, Truesize: 0);
        _host.Tell(new HostKernel.QueueFrame(buffer, _onQueued, _preallocated ? SocketBufferFreed.Instance : null));
    }

    private void OnQueued()
    {
        _transmission.Passed(TransmissionSegment.Driver, Now);
        _sending.GivenToCard(Now);
        _processor.Execute(_transmitReturn, _onWritten);
    }

    private void OnWritten()
    {
        _transmission.Passed(TransmissionSegment.VmNet, Now);
        _host.Tell(Written.Instance);
    }

    private void OnSelect()
    {
        if (_queue.Count == 0)
            _counters.SelectsInVain++;
        _host.Tell(_queue.Count > 0 ? Selected.Readable : Selected.Nothing);
    }

    private void OnRead()
    {
        // What VMApp was told of may be gone, as faults have it: EAGAIN.
        if (!_queue.TryDequeue(out var next))
        {
            _host.Tell(Selected.Nothing);
            return;
        }

        _counters.Waiting = _queue.Count;
        _counters.FramesTaken++;
        _processor.Execute(_read, Then(() => OnRead(next)), next.Length);
    }

    private void OnRead(ReadOnlyMemory<byte> frame)
    {
        _counters.FramesRead++;
        _counters.BytesCopied += frame.Length;
        Lane.Observer?.Passed(_read.Name, frame);
        _reception.ReadByVmApp(Now);
        if (_queue.Count == 0)
            _shared.DevicesWithPackets &= ~SharedMemory.NetworkCard;
        _host.Tell(new Frame(frame, MoreToRead: _queue.Count > 0));
    }

    private void OnFrameArrived(ReadOnlyMemory<byte> frame)
    {
        if (_queue.Count == _queueBound)
        {
            _counters.QueueFullDrops++;
            return;
        }

        if (!_buffers.TryAllocate(SocketBuffers.ForVmNet))
        {
            _counters.NoBufferDrops++;
            return;
        }

        _queue.Enqueue(frame);
        _counters.Waiting = _queue.Count;
        _counters.MostWaiting = Math.Max(_counters.MostWaiting, _queue.Count);
        _shared.DevicesWithPackets |= SharedMemory.NetworkCard;
        _reception.QueuedByVmNet(frame, Now);
    }
}

/// <summary>What VMNet counted.</summary>
public sealed class VmNetCounters
{
    /// <summary>Frames that VMApp wrote.</summary>
    public long FramesSent { get; internal set; }

    /// <summary>Frames that VMApp read.</summary>
    public long FramesRead { get; internal set; }

    /// <summary>Frames taken from its queue for a <c>read()</c>.</summary>
    public long FramesTaken { get; internal set; }

    /// <summary>Frames that wait for VMApp.</summary>
    public int Waiting { get; internal set; }

    /// <summary>The most that ever did.</summary>
    public int MostWaiting { get; internal set; }

    /// <summary>Of <see cref="NoBufferDrops"/> those on the way out.</summary>
    public long NoBufferDropsOut { get; internal set; }

    /// <summary>Frames for the virtual machine dropped because VMApp had not read those before.</summary>
    public long QueueFullDrops { get; internal set; }

    /// <summary>Frames dropped, in either direction, because there was no memory for a socket buffer.</summary>
    public long NoBufferDrops { get; internal set; }

    /// <summary>Frames for the virtual machine lost because VMNet was loaded anew while they waited.</summary>
    public long RestartDrops { get; internal set; }

    /// <summary>Times that VMApp asked whether there is a frame.</summary>
    public long Selects { get; internal set; }

    /// <summary>Times that there was none.</summary>
    public long SelectsInVain { get; internal set; }

    /// <summary>Bytes copied between VMApp's memory and socket buffers, both ways.</summary>
    public long BytesCopied { get; internal set; }
}
