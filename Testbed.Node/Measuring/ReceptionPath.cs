using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Testbed.Node.Time;

namespace Testbed.Node.Measuring;

/// <summary>Where a reception's time goes between the wire and the guest's <c>recv()</c> (paper, section 2).</summary>
public enum ReceptionSegment
{
    /// <summary>From the last bit on the wire through the card, the real interrupt and the host's handler to VMNet's queue; without a host, through the VMM's driver to the guest's memory.</summary>
    HostInterrupt,

    /// <summary>In VMNet's queue, until VMApp has found it by <c>select()</c> and read it.</summary>
    VmNetQueue,

    /// <summary>From VMApp by world switch and virtual interrupt to the guest's driver.</summary>
    VirtualInterrupt,

    /// <summary>Through the guest's bottom half: IP and TCP.</summary>
    GuestProtocols,

    /// <summary>Until the program's <c>recv()</c> has returned it.</summary>
    GuestReceive,
}

/// <summary>
/// Takes the times of each received frame on its way from the wire to the guest's program. It is no part of the PC and takes none of its time. Frames
/// never overtake each other on this way, so each stage takes them from the one before it in turn, and those that were dropped in between fall out.
/// </summary>
public sealed class ReceptionPath
{
    private const int Bound = 4096;
    private static readonly int Segments = Enum.GetValues<ReceptionSegment>().Length;
    private readonly Queue<(byte[] Frame, Instant At)> _arrived = new();
    private readonly Queue<Stamp> _queued = new();
    private readonly Queue<Stamp> _stored = new();
    private readonly Queue<Stamp> _inGuest = new();
    private readonly Queue<Stamp> _forProgram = new();
    private Stamp _read;

    /// <summary>What was found for each segment.</summary>
    public ImmutableArray<LatencyHistogram> BySegment { get; } = [.. Enumerable.Range(0, Segments).Select(_ => new LatencyHistogram())];

    /// <summary>From the frame's last bit to its handling by the guest's driver; every frame.</summary>
    public LatencyHistogram ToGuest { get; } = new();

    /// <summary>From the frame's last bit to the return of the <c>recv()</c> that got its last byte; frames with payload for a program.</summary>
    public LatencyHistogram ToProgram { get; } = new();

    /// <summary>A frame's last bit has come in.</summary>
    public void Arrived(ReadOnlyMemory<byte> frame, Instant now)
    {
        if (_arrived.Count == Bound)
            _arrived.Dequeue();
        _arrived.Enqueue((ArrayOf(frame), now));
    }

    /// <summary>VMNet has put a frame into its queue.</summary>
    public void QueuedByVmNet(ReadOnlyMemory<byte> frame, Instant now)
    {
        if (TryFind(frame, now, out var stamp))
            _queued.Enqueue(stamp);
    }

    /// <summary>A VMM with a driver of its own, and no VMNet, has the frame.</summary>
    public void ReadByVmm(ReadOnlyMemory<byte> frame, Instant now) => TryFind(frame, now, out _read);

    /// <summary>VMApp has read the next frame of the queue.</summary>
    public void ReadByVmApp(Instant now)
    {
        if (!_queued.TryDequeue(out var stamp))
            return;
        Pass(ReceptionSegment.VmNetQueue, stamp.Last, now);
        _read = stamp with { Last = now };
    }

    /// <summary>Whether the frame that was read last has found a place in the guest's receive ring.</summary>
    public void StoredForGuest(bool stored)
    {
        if (stored)
            _stored.Enqueue(_read);
    }

    /// <summary>The guest's driver has taken the next frame of its ring.</summary>
    public void TakenByGuestDriver(Instant now)
    {
        if (!_stored.TryDequeue(out var stamp))
            return;
        Pass(ReceptionSegment.VirtualInterrupt, stamp.Last, now);
        ToGuest.Record(now - stamp.Arrived);
        _inGuest.Enqueue(stamp with { Last = now });
    }

    /// <summary>The guest's kernel has dropped the frame that its driver took last.</summary>
    public void DroppedByGuest() => _inGuest.TryDequeue(out _);

    /// <summary>The guest's protocols have handled the next frame.</summary>
    /// <param name="payload">Whether it brought something that a program will receive.</param>
    /// <param name="received">All that has been received for programs so far, this frame included.</param>
    /// <param name="now">The present instant.</param>
    public void HandledByGuest(bool payload, long received, Instant now)
    {
        if (!_inGuest.TryDequeue(out var stamp))
            return;
        Pass(ReceptionSegment.GuestProtocols, stamp.Last, now);
        if (!payload)
            return;
        if (_forProgram.Count == Bound)
            _forProgram.Dequeue();
        _forProgram.Enqueue(stamp with { Last = now, Received = received });
    }

    /// <summary>A program's call has returned, and programs have now got this much in all.</summary>
    public void ReturnedToProgram(long returned, Instant now)
    {
        while (_forProgram.TryPeek(out var stamp) && stamp.Received <= returned)
        {
            _forProgram.Dequeue();
            Pass(ReceptionSegment.GuestReceive, stamp.Last, now);
            ToProgram.Record(now - stamp.Arrived);
        }
    }

    private bool TryFind(ReadOnlyMemory<byte> frame, Instant now, out Stamp stamp)
    {
        var bytes = ArrayOf(frame);
        while (_arrived.TryDequeue(out var arrived))
        {
            if (arrived.Frame != bytes)
                continue;
            Pass(ReceptionSegment.HostInterrupt, arrived.At, now);
            stamp = new Stamp(arrived.At, now);
            return true;
        }

        stamp = default;
        return false;
    }

    private void Pass(ReceptionSegment segment, Instant from, Instant now) => BySegment[(int)segment].Record(now - from);

    private static byte[] ArrayOf(ReadOnlyMemory<byte> frame) =>
        MemoryMarshal.TryGetArray(frame, out var segment) ? segment.Array! : throw new ArgumentException("a frame is an array of bytes", nameof(frame));

    private readonly record struct Stamp(Instant Arrived, Instant Last, long Received = 0);
}
