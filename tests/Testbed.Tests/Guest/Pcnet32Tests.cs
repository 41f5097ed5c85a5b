using Testbed.Node.Guest;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;
using Testbed.Node.Network;

namespace Testbed.Tests.Guest;

/// <summary>The guest's driver against the chip itself: what Linux 2.2's pcnet32.c accesses, in its order.</summary>
public sealed class Pcnet32Tests
{
    private const int Base = 0x1000;
    private static readonly MacAddress Own = MacAddress.Parse("00:50:56:00:07:33");
    private readonly Rig _rig;

    public Pcnet32Tests() => _rig = new Rig(transmitRing: 4, receiveRing: 4);

    [Fact]
    public void Opening_resets_the_chip_has_it_read_its_block_and_starts_it()
    {
        Assert.Equal("in RESET", _rig.Accesses[0]);
        Assert.Equal(LanceStatus.TransmitterOn | LanceStatus.ReceiverOn, _rig.Lance.Status & (LanceStatus.TransmitterOn | LanceStatus.ReceiverOn));
        Assert.Equal(["out RAP 0", "out RDP 1"], _rig.Accesses.SkipWhile(access => access != "out RAP 0").Take(2));
        Assert.Equal(["out RAP 0", "out RDP 42"], _rig.Accesses.TakeLast(2));
    }

    [Fact]
    public void A_packet_takes_one_access_to_each_port_and_its_interrupt_six_and_four()
    {
        _rig.Settle();
        _rig.Driver.Transmit(Frame(1), () => { });
        Assert.Equal(["out RAP 0", "out RDP 48"], _rig.Accesses);

        _rig.SendAll();
        _rig.Accesses.Clear();
        _rig.Driver.HandleInterrupt(() => { });

        // Read CSR0; acknowledge TINT (what was read, less TDMD, IENA and the like); read again: nothing; enable interrupts; RAP as it was.
        Assert.Equal(
            ["in RAP", "out RAP 0", "in RDP", "out RAP 0", "out RDP 2b0", "out RAP 0", "in RDP", "out RAP 0", "out RDP 7940", "out RAP 0"],
            _rig.Accesses);
        Assert.Equal(1, _rig.Freed.Single().Bytes[20]);
        Assert.False(_rig.Lance.InterruptRequested);
    }

    [Fact]
    public void What_was_sent_and_what_was_received_share_an_interrupt()
    {
        _rig.Settle();
        _rig.Driver.Transmit(Frame(1), () => { });
        _rig.SendAll();
        Assert.Equal(LanceReceived.Stored, _rig.Lance.Receive(Frame(2).Bytes));
        _rig.Accesses.Clear();
        _rig.Driver.HandleInterrupt(() => { });
        Assert.Equal(10, _rig.Accesses.Count);
        Assert.Equal((1, 2), (_rig.Freed.Single().Bytes[20], _rig.TakenIn.Single().Span[20]));
    }

    [Fact]
    public void Interrupts_are_disabled_while_the_chip_is_told_of_a_packet_and_as_before_afterwards()
    {
        _rig.InterruptsEnabled = true;
        _rig.Accesses.Clear();
        var during = true;
        _rig.OnAccess = () => during &= !_rig.InterruptsEnabled;
        _rig.Driver.Transmit(Frame(1), () => { });
        Assert.True(during);
        Assert.True(_rig.InterruptsEnabled);
    }

    [Fact]
    public void A_full_ring_has_no_room_until_the_chip_has_sent_and_the_interrupt_has_been_handled()
    {
        for (byte i = 0; i < 4; i++)
            _rig.Driver.Transmit(Frame(i), () => { });
        Assert.False(_rig.Driver.HasRoom);
        _rig.SendAll();
        Assert.False(_rig.Driver.HasRoom);
        _rig.Driver.HandleInterrupt(() => { });
        Assert.True(_rig.Driver.HasRoom);
    }

    [Fact]
    public void Round_and_round_the_rings_every_frame_leaves_and_comes_once_and_in_order()
    {
        for (byte i = 0; i < 50; i++)
        {
            _rig.Driver.Transmit(Frame(i), () => { });
            _rig.SendAll();
            Assert.Equal(LanceReceived.Stored, _rig.Lance.Receive(Frame(i, 60 + (20 * i)).Bytes));
            _rig.Driver.HandleInterrupt(() => { });
        }

        var expected = Enumerable.Range(0, 50).Select(i => (byte)i).ToArray();
        Assert.Equal(expected, _rig.Sent.Select(frame => frame.Span[20]));
        Assert.Equal(expected, _rig.Freed.Select(frame => frame.Bytes[20]));
        Assert.Equal(expected, _rig.TakenIn.Select(frame => frame.Span[20]));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => 60 + (20 * i)), _rig.TakenIn.Select(frame => frame.Length));
    }

    [Fact]
    public void A_card_that_sends_nothing_for_half_a_second_is_started_anew_and_what_was_in_the_ring_is_freed()
    {
        for (byte i = 0; i < 3; i++)
            _rig.Driver.Transmit(Frame(i), () => { });
        _rig.Lance.Receive(Frame(9).Bytes);
        _rig.Accesses.Clear();
        for (var tick = 1; tick <= 50; tick++)
            _rig.Driver.OnTick(() => { });
        Assert.Empty(_rig.Accesses);
        _rig.Driver.OnTick(() => { });
        Assert.Equal((1, 1), (_rig.Counters.CardResets, _rig.Counters.ResetDrops));
        Assert.Equal([0, 1, 2], _rig.Freed.Select(frame => (int)frame.Bytes[20]));
        Assert.Empty(_rig.Sent);

        // It works as before.
        _rig.Driver.Transmit(Frame(5), () => { });
        _rig.SendAll();
        Assert.Equal(LanceReceived.Stored, _rig.Lance.Receive(Frame(6).Bytes));
        _rig.Driver.HandleInterrupt(() => { });
        Assert.Equal(5, _rig.Freed[^1].Bytes[20]);
        Assert.Equal(6, Assert.Single(_rig.TakenIn).Span[20]);
        for (var tick = 1; tick <= 100; tick++)
            _rig.Driver.OnTick(() => { });
        Assert.Equal(1, _rig.Counters.CardResets);
    }

    private static OutgoingFrame Frame(byte content, int length = 60)
    {
        var bytes = new byte[length];
        EthernetFrame.WriteHeader(bytes, Own, Own, EthernetFrame.TypeIpv4);
        bytes[20] = content;
        return new OutgoingFrame(bytes, FrameKind.Other, 0, false, null, 0);
    }

    /// <summary>A kernel in which nothing takes time, on ports with the chip behind them.</summary>
    private sealed class Rig : IDriverKernel, IPorts
    {
        public Rig(int transmitRing, int receiveRing)
        {
            var memory = new GuestMemory(4 << 20);
            Lance = new Lance(memory, Own);
            Driver = new Pcnet32(new Pcnet32.Settings(Base, Own, transmitRing, receiveRing, 0x10_0000), this, memory, this, Counters, ticksPerSecond: 100);
            Driver.Open(() => { });
        }

        public Lance Lance { get; }

        public Pcnet32 Driver { get; }

        public KernelCounters Counters { get; } = new();

        public List<string> Accesses { get; } = [];

        public List<ReadOnlyMemory<byte>> Sent { get; } = [];

        public List<ReadOnlyMemory<byte>> TakenIn { get; } = [];

        public List<OutgoingFrame> Freed { get; } = [];

        public Action? OnAccess { get; set; }

        public KernelActivities Activities { get; } = new(_ => null!);

        public bool InterruptsEnabled { get; set; }

        /// <summary>Initialization's own interrupt is over.</summary>
        public void Settle()
        {
            Driver.HandleInterrupt(() => { });
            Accesses.Clear();
        }

        /// <summary>The chip sends what is in its ring.</summary>
        public void SendAll()
        {
            while (Lance.TryFetchTransmit(out var frame))
            {
                Sent.Add(frame);
                Lance.CompleteTransmit();
            }
        }

        public void Execute(Activity activity, Action then, long bytes = 0) => then();

        public void Received(ReadOnlyMemory<byte> frame) => TakenIn.Add(frame);

        public void Transmitted(in OutgoingFrame frame) => Freed.Add(frame);

        public void Out(int port, int value, Action then)
        {
            Accesses.Add($"out {Name(port)} {value:x}");
            OnAccess?.Invoke();
            Lance.Write(port - Base, (ushort)value);
            then();
        }

        public void In(int port, Action<int> then)
        {
            Accesses.Add($"in {Name(port)}");
            OnAccess?.Invoke();
            then(Lance.Read(port - Base));
        }

        private static string Name(int port) => (port - Base) switch
        {
            LancePort.RegisterAddress => "RAP",
            LancePort.RegisterData => "RDP",
            LancePort.Reset => "RESET",
            _ => "BDP",
        };
    }
}
