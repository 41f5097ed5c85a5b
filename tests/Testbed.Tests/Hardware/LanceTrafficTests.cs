using CsCheck;
using Testbed.Node.Hardware;
using static Testbed.Node.Hardware.LanceDescriptorFlags;

namespace Testbed.Tests.Hardware;

/// <summary>
/// Random but legal driver behaviour against the chip: whatever the order in which descriptors are filled, demanded, given, taken and causes
/// acknowledged, frames come through whole, once and in order, or are counted as missed.
/// </summary>
public sealed class LanceTrafficTests
{
    private const int Steps = 300;

    private static readonly Gen<(int Kind, int Size)[]> Actions = Gen.Select(Gen.Int[0, 8], Gen.Int[0, 1454]).Array[1, Steps];

    [Fact]
    public void No_frame_is_lost_altered_duplicated_or_reordered() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[64, 1544], Actions).Sample(
            (receiveRingLog2, transmitRingLog2, bufferSize, actions) =>
            {
                var driver = new Driver(new LanceRig(receiveRingLog2, transmitRingLog2).Open(bufferSize: bufferSize), bufferSize);
                foreach (var (kind, size) in actions)
                    driver.Do(kind, size);
                driver.Finish();
            },
            iter: 300);

    /// <summary>A driver, the wire at the other side of the chip, and a simple reference: queues of the frames that are on their way.</summary>
    private sealed class Driver(LanceRig rig, int bufferSize)
    {
        private readonly Queue<byte[]> _sending = new();
        private readonly Queue<byte[]> _receiving = new();
        private readonly bool[] _given = [.. Enumerable.Repeat(true, rig.ReceiveLength)];
        private int _frames;
        private int _nextTransmit;
        private int _firstUnsent;
        private int _queued;
        private int _nextReceive;
        private int _nextGive;
        private int _unread;
        private int _missed;
        private int _cutOff;
        private bool _fetched;

        public void Do(int kind, int size)
        {
            switch (kind)
            {
                case 0 or 1:
                    Queue(size, parts: 1 + (size % 3));
                    break;
                case 2:
                    rig.Status = LanceStatus.TransmitDemand | LanceStatus.InterruptEnable;
                    break;
                case 3:
                    FetchOrComplete();
                    break;
                case 4 or 5:
                    Arrive(size);
                    break;
                case 6:
                    Take();
                    break;
                case 7:
                    Give(1 + (size % 3));
                    break;
                default:
                    rig.Status = ((LanceStatus)(size << 4) & LanceStatus.Acknowledgeable) | ((size & 1) != 0 ? LanceStatus.InterruptEnable : LanceStatus.None);
                    break;
            }

            AssertPinFollowsStatus();
        }

        public void Finish()
        {
            while (_fetched || rig.Chip.TransmitPending)
                FetchOrComplete();
            Take();
            Assert.Empty(_sending);
            Assert.Empty(_receiving);
            Assert.Equal(_missed, rig.Chip.Counters.Missed);
            Assert.Equal(_cutOff, rig.Chip.Counters.CutOff);
            Assert.Equal(_missed, rig.In(LanceRegister.MissedFrameCount));
            Assert.Equal(0, rig.Chip.Counters.Filtered);
        }

        private byte[] NewFrame(int size) => LanceRig.Frame(_frames++, 60 + size);

        private void Queue(int size, int parts)
        {
            // Free what has been given back, as a driver's transmit interrupt does.
            while (_queued > 0 && (rig.TransmitFlags(_firstUnsent) & Own) == 0)
            {
                _firstUnsent = (_firstUnsent + 1) % rig.TransmitLength;
                _queued--;
            }

            if (_queued + parts > rig.TransmitLength)
                return;
            var frame = NewFrame(size);

            // The first part's descriptor is handed over last: the chip must never see half a frame.
            for (var part = parts - 1; part >= 0; part--)
            {
                var (from, to) = (frame.Length * part / parts, frame.Length * (part + 1) / parts);
                var flags = (part == 0 ? StartOfPacket : None) | (part == parts - 1 ? EndOfPacket : None);
                rig.Queue((_nextTransmit + part) % rig.TransmitLength, frame.AsSpan(from, to - from), flags);
            }

            _nextTransmit = (_nextTransmit + parts) % rig.TransmitLength;
            _queued += parts;
            _sending.Enqueue(frame);
            Assert.True(rig.Chip.TransmitPending);
        }

        private void FetchOrComplete()
        {
            if (_fetched)
            {
                rig.Chip.CompleteTransmit();
                Assert.NotEqual(LanceStatus.None, rig.Status & LanceStatus.TransmitInterrupt);
                _fetched = false;
                return;
            }

            var pending = rig.Chip.TransmitPending;
            var frame = rig.Fetch();
            Assert.Equal(pending, frame is not null);
            Assert.Equal(_sending.Count > 0, frame is not null);
            if (frame is null)
                return;
            Assert.Equal(_sending.Dequeue(), frame);
            _fetched = true;
        }

        private void Arrive(int size)
        {
            var frame = NewFrame(size);
            var free = Enumerable.Range(0, rig.ReceiveLength).TakeWhile(i => _given[(_nextReceive + _unread + i) % rig.ReceiveLength]).Count();
            free = Math.Min(free, rig.ReceiveLength - _unread);
            var needed = (frame.Length + 4 + bufferSize - 1) / bufferSize;
            switch (rig.Chip.Receive(frame))
            {
                case LanceReceived.Stored:
                    Assert.InRange(needed, 1, free);
                    _receiving.Enqueue(frame);
                    _unread += needed;
                    break;
                case LanceReceived.Missed:
                    Assert.Equal(0, free);
                    Assert.NotEqual(LanceStatus.None, rig.Status & LanceStatus.MissedFrame);
                    _missed++;
                    return;
                case LanceReceived.CutOff:
                    Assert.InRange(free, 1, needed - 1);
                    _receiving.Enqueue([]);
                    _unread += free;
                    _cutOff++;
                    break;
                default:
                    Assert.Fail("A frame to this station was neither stored nor missed.");
                    break;
            }

            Assert.NotEqual(LanceStatus.None, rig.Status & LanceStatus.ReceiveInterrupt);
        }

        /// <summary>Takes frames until a descriptor is the chip's or not given, as a driver's receive interrupt does.</summary>
        private void Take()
        {
            while (_given[_nextReceive] && (rig.ReceiveFlags(_nextReceive) & Own) == 0)
            {
                var collected = new List<byte>();
                LanceDescriptorFlags flags;
                Assert.NotEqual(None, rig.ReceiveFlags(_nextReceive) & StartOfPacket);
                do
                {
                    flags = rig.ReceiveFlags(_nextReceive);
                    var length = (flags & EndOfPacket) != 0 ? rig.ReceivedLength(_nextReceive) - collected.Count : bufferSize;
                    collected.AddRange(rig.Received(_nextReceive, length));
                    _given[_nextReceive] = false;
                    _nextReceive = (_nextReceive + 1) % rig.ReceiveLength;
                    _unread--;
                }
                while ((flags & (EndOfPacket | Error)) == 0);

                var expected = _receiving.Dequeue();
                if ((flags & Error) != 0)
                    Assert.Empty(expected);
                else
                    Assert.Equal(expected, collected.SkipLast(4));
            }
        }

        /// <summary>Gives empty buffers back, in the ring's order.</summary>
        private void Give(int count)
        {
            for (; count > 0 && !_given[_nextGive]; count--)
            {
                rig.GiveReceive(_nextGive, bufferSize);
                _given[_nextGive] = true;
                _nextGive = (_nextGive + 1) % rig.ReceiveLength;
            }
        }

        private void AssertPinFollowsStatus()
        {
            var status = rig.Chip.Status;
            var caused = (status & LanceStatus.InterruptCauses) != 0;
            Assert.Equal(caused, (status & LanceStatus.InterruptRequest) != 0);
            Assert.Equal(caused && (status & LanceStatus.InterruptEnable) != 0, rig.Chip.InterruptRequested);
        }
    }
}
