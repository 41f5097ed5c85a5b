using CsCheck;
using Testbed.Node.Guest;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Tests.Guest;

/// <summary>The idealized card and its driver against each other.</summary>
public sealed class VmxnetTests
{
    private const int Base = 0x1000;
    private static readonly MacAddress Own = MacAddress.Parse("00:50:56:00:07:33");
    private static readonly MacAddress Other = MacAddress.Parse("00:90:27:00:03:50");
    private readonly Rig _rig = new(transmitRing: 4, receiveRing: 4);

    [Fact]
    public void A_packet_takes_one_OUT_and_is_sent_as_it_was_given()
    {
        _rig.Driver.Transmit(Frame(7, 1514), () => { });
        Assert.Equal([VmxnetPort.Transmit], _rig.Outs);
        _rig.SendAll();
        Assert.Equal(Frame(7, 1514).Bytes, _rig.Sent.Single().ToArray());
        Assert.False(_rig.Card.InterruptRequested);
        Assert.Equal(1, _rig.Card.Counters.FramesSent);
    }

    [Fact]
    public void An_OUT_starts_a_transmission_only_if_a_packet_is_there()
    {
        Assert.False(_rig.Card.WouldTransmit(VmxnetPort.Transmit, 0));
        _rig.Driver.Transmit(Frame(1), () => { });
        Assert.True(_rig.Card.WouldTransmit(VmxnetPort.Transmit, 0));
        Assert.False(_rig.Card.WouldTransmit(VmxnetPort.SharedLow, 0));
    }

    [Fact]
    public void What_was_sent_is_taken_back_with_the_next_packet_without_an_interrupt()
    {
        for (byte i = 0; i < 3; i++)
            _rig.Driver.Transmit(Frame(i), () => { });
        _rig.SendAll();
        Assert.Empty(_rig.Freed);
        _rig.Driver.Transmit(Frame(3), () => { });
        Assert.Equal([0, 1, 2], _rig.Freed.Select(frame => (int)frame.Bytes[20]));
        Assert.False(_rig.Card.InterruptRequested);
    }

    [Fact]
    public void A_full_ring_asks_for_an_interrupt_once_there_is_room()
    {
        for (byte i = 0; i < 4; i++)
            _rig.Driver.Transmit(Frame(i), () => { });
        Assert.False(_rig.Driver.HasRoom);
        Assert.False(_rig.Card.InterruptRequested);
        Assert.True(_rig.Card.TryFetchTransmit(out _));
        Assert.True(_rig.Card.TryFetchTransmit(out _));
        Assert.False(_rig.Driver.HasRoom);
        _rig.Card.CompleteTransmit();
        Assert.True(_rig.Card.InterruptRequested);
        _rig.Driver.HandleInterrupt(() => { });
        Assert.False(_rig.Card.InterruptRequested);
        Assert.True(_rig.Driver.HasRoom);
        _rig.Card.CompleteTransmit();
        Assert.False(_rig.Card.InterruptRequested);
    }

    [Fact]
    public void A_frame_received_interrupts_and_its_handling_takes_no_port()
    {
        Assert.True(_rig.Card.TryReceive(Frame(5, 100).Bytes));
        Assert.True(_rig.Card.InterruptRequested);
        _rig.Driver.HandleInterrupt(() => { });
        Assert.False(_rig.Card.InterruptRequested);
        Assert.Empty(_rig.Outs);
        Assert.Equal(Frame(5, 100).Bytes, _rig.TakenIn.Single().ToArray());
    }

    [Fact]
    public void Frames_for_others_and_frames_without_room_are_counted()
    {
        Assert.False(_rig.Card.TryReceive(Frame(1, 60, Other).Bytes));
        Assert.True(_rig.Card.TryReceive(Frame(1, 60, MacAddress.Broadcast).Bytes));
        for (byte i = 0; i < 3; i++)
            Assert.True(_rig.Card.TryReceive(Frame(i).Bytes));
        Assert.False(_rig.Card.TryReceive(Frame(9).Bytes));
        Assert.Equal((4, 1, 1), (_rig.Card.Counters.FramesReceived, _rig.Card.Counters.Missed, _rig.Card.Counters.Filtered));
    }

    [Fact]
    public void Whatever_the_order_every_frame_leaves_and_comes_once_and_in_order() => Gen.Int[0, 3].Array[1, 200].Sample(steps =>
    {
        var rig = new Rig(transmitRing: 4, receiveRing: 2);
        var (given, sending, stored) = (0, 0, 0);
        foreach (var step in steps)
        {
            switch (step)
            {
                case 0 when rig.Driver.HasRoom:
                    rig.Driver.Transmit(Frame((byte)given++), () => { });
                    break;
                case 1 when rig.Card.TryFetchTransmit(out var frame):
                    rig.Sent.Add(frame);
                    sending++;
                    break;
                case 2 when sending > 0:
                    rig.Card.CompleteTransmit();
                    sending--;
                    break;
                case 3:
                    stored += rig.Card.TryReceive(Frame((byte)stored, 60 + stored).Bytes) ? 1 : 0;
                    if (rig.Card.InterruptRequested)
                        rig.Driver.HandleInterrupt(() => { });
                    break;
                default:
                    break;
            }
        }

        for (; sending > 0; sending--)
            rig.Card.CompleteTransmit();
        rig.SendAll();
        Assert.Equal(Enumerable.Range(0, given).Select(i => (byte)i), rig.Sent.Select(frame => frame.Span[20]));
        Assert.Equal(Enumerable.Range(0, stored).Select(i => 60 + i), rig.TakenIn.Select(frame => frame.Length));
        Assert.Equal(rig.Freed.Select(frame => frame.Bytes[20]), Enumerable.Range(0, rig.Freed.Count).Select(i => (byte)i));
    });

    private static OutgoingFrame Frame(byte content, int length = 60, MacAddress? to = null)
    {
        var bytes = new byte[length];
        EthernetFrame.WriteHeader(bytes, to ?? Own, Own, EthernetFrame.TypeIpv4);
        bytes[20] = content;
        return new OutgoingFrame(bytes, FrameKind.Other, 0, false, null, 0);
    }

    /// <summary>A kernel in which nothing takes time, on ports with the card behind them.</summary>
    private sealed class Rig : IDriverKernel, IPorts
    {
        public Rig(int transmitRing, int receiveRing)
        {
            var memory = new GuestMemory(4 << 20);
            Card = new Vmxnet(memory, Own);
            Driver = new VmxnetDriver(new Pcnet32.Settings(Base, Own, transmitRing, receiveRing, 0x10_0000), this, memory, this, new KernelCounters());
            Driver.Open(() => { });
            Outs.Clear();
        }

        public Vmxnet Card { get; }

        public VmxnetDriver Driver { get; }

        public List<int> Outs { get; } = [];

        public List<ReadOnlyMemory<byte>> Sent { get; } = [];

        public List<ReadOnlyMemory<byte>> TakenIn { get; } = [];

        public List<OutgoingFrame> Freed { get; } = [];

        public KernelActivities Activities { get; } = new(_ => null!);

        public bool InterruptsEnabled { get; set; }

        public void SendAll()
        {
            while (Card.TryFetchTransmit(out var frame))
            {
                Sent.Add(frame);
                Card.CompleteTransmit();
            }
        }

        public void Execute(Activity activity, Action then, long bytes = 0) => then();

        public void Received(ReadOnlyMemory<byte> frame) => TakenIn.Add(frame);

        public void Transmitted(in OutgoingFrame frame) => Freed.Add(frame);

        public void Out(int port, int value, Action then)
        {
            Outs.Add(port - Base);
            Card.Write(port - Base, (ushort)value);
            then();
        }

        public void In(int port, Action<int> then) => then(Card.Read(port - Base));
    }
}
