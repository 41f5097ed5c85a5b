using Testbed.Node.Hardware;
using Testbed.Node.Network;
using static Testbed.Node.Hardware.LanceDescriptorFlags;

namespace Testbed.Tests.Hardware;

/// <summary>Facts of the Am79C970A data sheet, by register.</summary>
public sealed class LanceTests
{
    private const LanceStatus Running =
        LanceStatus.Initialize | LanceStatus.Start | LanceStatus.TransmitterOn | LanceStatus.ReceiverOn | LanceStatus.InterruptEnable;

    private readonly LanceRig _rig = new();

    private Lance Chip => _rig.Chip;

    [Fact]
    public void A_reset_leaves_the_chip_stopped_and_says_which_chip_it_is()
    {
        // What pcnet32's probe looks at.
        Assert.Equal(0, Chip.Read(LancePort.Reset));
        Assert.Equal(LanceStatus.Stop, _rig.Status);
        var id = _rig.In(LanceRegister.ChipIdLow) | _rig.In(LanceRegister.ChipIdHigh) << 16;
        Assert.Equal((0x003, 0x2621), (id & 0xFFF, id >> 12 & 0xFFFF));
        Assert.Equal(89, Chip.Read(LancePort.RegisterAddress));
    }

    [Fact]
    public void The_address_prom_holds_the_address_a_signature_and_a_sum()
    {
        var prom = Enumerable.Range(0, 16).Select(Chip.ReadByte).ToArray();
        Assert.Equal(LanceRig.Own, MacAddress.Read(prom));
        Assert.Equal("WW"u8.ToArray(), prom[14..]);
        Assert.Equal(prom[..12].Sum(b => b) + (2 * 'W'), prom[12] | prom[13] << 8);
        Assert.Equal(prom[2] | prom[3] << 8, Chip.Read(2));
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(0x01)]
    [InlineData(0x11)]
    [InlineData(0x18)]
    public void A_port_that_is_not_there_is_refused(int offset)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Chip.Read(offset));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chip.Write(offset, 0));
    }

    [Fact]
    public void The_address_port_has_memory_semantics()
    {
        _rig.Open();
        var before = Chip.Status;
        for (var value = 0; value < 128; value++)
        {
            Chip.Write(LancePort.RegisterAddress, (ushort)(value | 0xFF80));
            Assert.Equal(value, Chip.Read(LancePort.RegisterAddress));
            Assert.Equal(value, Chip.SelectedRegister);
        }

        Assert.Equal(before, Chip.Status);
    }

    [Fact]
    public void The_initialization_block_is_read_as_the_data_sheet_lays_it_out()
    {
        // Byte for byte: MODE, RLEN and TLEN, PADR, reserved, LADRF, RDRA, TDRA.
        byte[] block =
        [
            0x03, 0x80, 0x50, 0x30, 0x00, 0x50, 0x56, 0x01, 0x02, 0x03, 0, 0,
            1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0x32, 0x10, 0x00, 0x80, 0x76, 0x54, 0x00,
        ];
        _rig.Prepare();
        block.CopyTo(_rig.Memory.At(LanceRig.Block, block.Length));
        _rig.Status = LanceStatus.Initialize;

        Assert.Equal(0x8003, _rig.In(LanceRegister.Mode));
        Assert.Equal([0x5000, 0x0156, 0x0302], Enumerable.Range(12, 3).Select(i => (int)_rig.In(i)));
        Assert.Equal([0x0201, 0x0403, 0x0605, 0x0807], Enumerable.Range(8, 4).Select(i => (int)_rig.In(i)));
        Assert.Equal(0x0010_3240, _rig.In(24) | _rig.In(25) << 16);
        Assert.Equal(0x0054_7680, _rig.In(30) | _rig.In(31) << 16);
        Assert.Equal((0x10000 - 32, 0x10000 - 8), (_rig.In(LanceRegister.ReceiveRingLength), _rig.In(LanceRegister.TransmitRingLength)));

        var read = LanceInitializationBlock.Read(_rig.Memory, LanceRig.Block);
        _rig.Memory.At(LanceRig.Block, block.Length).Fill(0xFF);
        read.Write(_rig.Memory, LanceRig.Block);
        Assert.Equal(block, _rig.Memory.At(LanceRig.Block, block.Length).ToArray());
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(9, 512)]
    [InlineData(10, 512)]
    [InlineData(15, 512)]
    public void A_ring_has_a_power_of_two_descriptors_up_to_512(int log2, int length)
    {
        _rig.Prepare();
        new LanceInitializationBlock(LanceMode.None, log2, log2, LanceRig.Own, 0, 0, 0).Write(_rig.Memory, LanceRig.Block);
        _rig.Status = LanceStatus.Initialize;
        Assert.Equal((0x10000 - length, 0x10000 - length), (_rig.In(LanceRegister.ReceiveRingLength), _rig.In(LanceRegister.TransmitRingLength)));
    }

    [Fact]
    public void Initializing_and_starting_set_the_bits_that_pcnet32_waits_for()
    {
        _rig.Prepare();
        _rig.Status = LanceStatus.Initialize;
        Assert.Equal(LanceStatus.Initialize | LanceStatus.InitializationDone | LanceStatus.InterruptRequest, _rig.Status);
        Assert.False(Chip.InterruptRequested);

        // pcnet32 starts it with 0042h and leaves IDON to its interrupt handler.
        _rig.Status = LanceStatus.Start | LanceStatus.InterruptEnable;
        Assert.Equal(0x01F3, (int)_rig.Status);
        Assert.True(Chip.InterruptRequested);
        _rig.Status = LanceStatus.InitializationDone | LanceStatus.InterruptEnable;
        Assert.Equal(Running, _rig.Status);
        Assert.False(Chip.InterruptRequested);
    }

    [Fact]
    public void Initializing_and_starting_may_be_one_write()
    {
        _rig.Prepare();
        _rig.Status = LanceStatus.Initialize | LanceStatus.Start | LanceStatus.InterruptEnable;
        Assert.Equal(Running | LanceStatus.InitializationDone | LanceStatus.InterruptRequest, _rig.Status);
    }

    [Theory]
    [InlineData(LanceMode.DisableReceiver, LanceStatus.TransmitterOn)]
    [InlineData(LanceMode.DisableTransmitter, LanceStatus.ReceiverOn)]
    [InlineData(LanceMode.DisableReceiver | LanceMode.DisableTransmitter, LanceStatus.None)]
    public void The_mode_register_keeps_either_half_off(LanceMode mode, LanceStatus on)
    {
        _rig.Open(mode);
        _rig.Queue(0, LanceRig.Frame(1));
        Assert.Equal(on, _rig.Status & (LanceStatus.TransmitterOn | LanceStatus.ReceiverOn));
        Assert.Equal((on & LanceStatus.TransmitterOn) != 0, Chip.TransmitPending);
        Assert.Equal((on & LanceStatus.ReceiverOn) != 0 ? LanceReceived.Stored : LanceReceived.Off, Chip.Receive(LanceRig.Frame(1)));
    }

    [Fact]
    public void Stop_clears_everything_else_and_beats_what_is_written_with_it()
    {
        _rig.Open();
        Chip.Receive(LanceRig.Frame(1));
        _rig.Queue(0, LanceRig.Frame(1));
        _rig.Status = (LanceStatus)0xFFFF & ~LanceStatus.Acknowledgeable;
        Assert.Equal(LanceStatus.Stop, _rig.Status);
        Assert.False(Chip.InterruptRequested);
        Assert.False(Chip.TransmitPending);
        Assert.Equal(LanceReceived.Off, Chip.Receive(LanceRig.Frame(1)));
        Assert.Null(_rig.Fetch());
    }

    [Fact]
    public void A_restart_begins_both_rings_at_their_first_descriptors()
    {
        _rig.Open();
        Chip.Receive(LanceRig.Frame(1));
        _rig.Queue(0, LanceRig.Frame(2));
        _rig.Send();
        _rig.Status = LanceStatus.Stop;
        _rig.GiveReceive(0);
        _rig.Queue(0, LanceRig.Frame(3));
        _rig.Status = LanceStatus.Start;
        Assert.Equal(LanceRig.Frame(3), _rig.Send());
        Chip.Receive(LanceRig.Frame(4));
        Assert.Equal(LanceRig.Frame(4), _rig.Received(0, 60));
    }

    [Fact]
    public void A_reset_takes_away_masks_and_mode_but_not_the_rings_nor_the_software_style()
    {
        _rig.Open(LanceMode.Promiscuous);
        _rig.Out(LanceRegister.InterruptMasks, 0x5F40);
        _rig.Out(LanceRegister.Features, 0x0915);
        Chip.Read(LancePort.Reset);
        Assert.Equal(0, Chip.Read(LancePort.RegisterAddress));
        Assert.Equal(LanceStatus.Stop, _rig.Status);
        Assert.Equal((0, 0x0115, 0), (_rig.In(LanceRegister.InterruptMasks), _rig.In(LanceRegister.Features), _rig.In(LanceRegister.Mode)));
        Assert.Equal(LanceRig.ReceiveRing, _rig.In(24) | (uint)_rig.In(25) << 16);
        Assert.Equal(0x0302, _rig.InBus(LanceRegister.BusSoftwareStyle));
    }

    [Fact]
    public void What_may_be_written_when_stopped_only_is_not_changed_while_it_runs()
    {
        _rig.Open();
        int[] registers =
        [
            1, 2, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 30, 31, LanceRegister.SoftwareStyle, LanceRegister.ReceiveRingLength, LanceRegister.TransmitRingLength,
        ];
        var before = registers.Select(_rig.In).ToArray();
        foreach (var register in registers)
            _rig.Out(register, 0x1234);
        _rig.OutBus(LanceRegister.BusSoftwareStyle, 0);
        Assert.Equal(before, registers.Select(_rig.In).ToArray());

        _rig.Status = LanceStatus.Stop;
        foreach (var register in registers)
            _rig.Out(register, 0x1234);
        Assert.All(registers.Except([LanceRegister.SoftwareStyle]), register => Assert.Equal(0x1234, _rig.In(register)));
    }

    [Fact]
    public void The_software_style_is_one_register_under_two_numbers()
    {
        Assert.Equal(0x0200, _rig.In(LanceRegister.SoftwareStyle));
        _rig.Out(LanceRegister.SoftwareStyle, LanceRegister.PcnetPciStyle);
        Assert.Equal(0x0302, _rig.InBus(LanceRegister.BusSoftwareStyle));
        _rig.OutBus(LanceRegister.BusSoftwareStyle, 0);
        Assert.Equal(0x0200, _rig.In(LanceRegister.SoftwareStyle));
    }

    [Fact]
    public void Structures_that_are_not_modelled_are_refused()
    {
        Assert.Throws<NotSupportedException>(() => _rig.Status = LanceStatus.Initialize);
        Assert.Throws<NotSupportedException>(() => _rig.Status = LanceStatus.Start);
    }

    [Fact]
    public void Every_combination_of_causes_and_masks_gives_intr_and_the_pin_by_the_data_sheets_rule()
    {
        LanceStatus[] causes =
        [
            LanceStatus.InitializationDone, LanceStatus.TransmitInterrupt, LanceStatus.ReceiveInterrupt, LanceStatus.MissedFrame, LanceStatus.Babble,
        ];
        for (var set = 0; set < 1 << causes.Length; set++)
        {
            var caused = LanceStatus.None;
            for (var i = 0; i < causes.Length; i++)
            {
                if ((set >> i & 1) != 0)
                    caused |= causes[i];
            }

            Cause(caused);
            Assert.Equal(caused, _rig.Status & LanceStatus.Acknowledgeable);
            for (var masks = 0; masks < 1 << 6; masks++)
            {
                // The masks for IDON, TINT, RINT, MERR, MISS and BABL.
                var csr3 = (masks & 0x1F) << 8 | (masks & 0x20) << 9;
                _rig.Out(LanceRegister.InterruptMasks, csr3);
                Assert.Equal(csr3, _rig.In(LanceRegister.InterruptMasks));
                foreach (var enable in new[] { LanceStatus.None, LanceStatus.InterruptEnable })
                {
                    _rig.Status = enable;
                    var requested = ((int)caused & ~csr3) != 0;
                    Assert.Equal(requested, (_rig.Status & LanceStatus.InterruptRequest) != 0);
                    Assert.Equal(requested && enable != LanceStatus.None, Chip.InterruptRequested);
                    Assert.Equal(
                        (caused & (LanceStatus.MissedFrame | LanceStatus.Babble)) != 0, (_rig.Status & LanceStatus.Error) != 0);
                }
            }

            // Each is cleared by a one to it, and by that only.
            foreach (var cause in causes)
            {
                _rig.Status = cause;
                caused &= ~cause;
                Assert.Equal(caused, _rig.Status & LanceStatus.Acknowledgeable);
            }
        }
    }

    [Fact]
    public void Writing_back_what_was_read_as_pcnet32_does_acknowledges_that_and_disables_interrupts()
    {
        _rig.Open();
        Chip.Receive(LanceRig.Frame(1));
        var read = _rig.Status;
        _rig.Queue(0, LanceRig.Frame(2));
        _rig.Send();
        _rig.Status = read & (LanceStatus)~0x004F;

        // The cause that came after the read stays; the pin is low till interrupts are enabled again.
        Assert.Equal(LanceStatus.TransmitInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.False(Chip.InterruptRequested);
        _rig.Status = (LanceStatus)0x7940;
        Assert.True(Chip.InterruptRequested);
        Assert.Equal(2, Chip.Counters.Interrupts);
    }

    [Fact]
    public void A_demand_starts_a_transmission_only_if_there_is_a_frame_and_the_transmitter_is_on()
    {
        const ushort Demand = (ushort)(LanceStatus.TransmitDemand | LanceStatus.InterruptEnable);
        _rig.Prepare();
        _rig.Queue(0, LanceRig.Frame(1));
        Assert.False(Would());
        _rig.Status = LanceStatus.Initialize | LanceStatus.Start;
        Assert.True(Would());
        Assert.False(Chip.WouldTransmit(LancePort.RegisterAddress, Demand));
        Assert.False(Chip.WouldTransmit(LancePort.RegisterData, (ushort)LanceStatus.InterruptEnable));
        Assert.False(Chip.WouldTransmit(LancePort.RegisterData, Demand | (ushort)LanceStatus.Stop));
        Chip.Write(LancePort.RegisterAddress, LanceRegister.InterruptMasks);
        Assert.False(Chip.WouldTransmit(LancePort.RegisterData, Demand));

        _rig.Status = (LanceStatus)Demand;
        Assert.NotEqual(LanceStatus.None, _rig.Status & LanceStatus.TransmitDemand);
        _rig.Send();
        Assert.Equal(LanceStatus.None, _rig.Status & LanceStatus.TransmitDemand);
        Assert.False(Would());
        _rig.Status = (LanceStatus)Demand;
        Assert.Equal(LanceStatus.None, _rig.Status & LanceStatus.TransmitDemand);

        bool Would()
        {
            Chip.Write(LancePort.RegisterAddress, LanceRegister.Status);
            return Chip.WouldTransmit(LancePort.RegisterData, Demand);
        }
    }

    [Fact]
    public void A_frame_is_taken_as_it_stands_in_memory_and_its_descriptor_given_back_when_it_is_sent()
    {
        _rig.Open();
        var frame = LanceRig.Frame(1, length: 1514);
        _rig.Queue(0, frame);
        Assert.Equal(frame, _rig.Fetch());
        Assert.NotEqual(None, _rig.TransmitFlags(0) & Own);
        Assert.Equal(LanceStatus.None, _rig.Status & LanceStatus.TransmitInterrupt);
        Assert.Null(_rig.Fetch());

        Chip.CompleteTransmit();
        Assert.Equal(LanceDescriptor.Length(1514) | StartOfPacket | EndOfPacket, _rig.TransmitFlags(0));
        Assert.Equal(0u, _rig.TransmitMessage(0));
        Assert.Equal(LanceStatus.TransmitInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.Equal((1, 1518), (Chip.Counters.FramesSent, Chip.Counters.BytesSent));
        Assert.Throws<InvalidOperationException>(Chip.CompleteTransmit);
    }

    [Fact]
    public void Frames_are_taken_one_after_another_before_the_first_is_complete_and_complete_in_their_order()
    {
        _rig.Open();
        for (var i = 0; i < _rig.TransmitLength; i++)
            _rig.Queue(i, LanceRig.Frame(i));
        for (var i = 0; i < _rig.TransmitLength; i++)
            Assert.Equal(LanceRig.Frame(i), _rig.Fetch());
        Assert.False(Chip.TransmitPending);
        Assert.Null(_rig.Fetch());
        for (var i = 0; i < _rig.TransmitLength; i++)
        {
            Assert.NotEqual(None, _rig.TransmitFlags(i) & Own);
            Chip.CompleteTransmit();
            Assert.Equal(None, _rig.TransmitFlags(i) & Own);
        }

        _rig.Queue(0, LanceRig.Frame(9));
        Assert.Equal(LanceRig.Frame(9), _rig.Send());
    }

    [Fact]
    public void A_frame_in_several_buffers_is_one_frame()
    {
        _rig.Open();
        var frame = LanceRig.Frame(1, length: 300);
        _rig.Queue(0, frame.AsSpan(0, 14), StartOfPacket);
        _rig.Queue(1, frame.AsSpan(14, 186), None);
        _rig.Queue(2, frame.AsSpan(200), EndOfPacket);
        Assert.Equal(frame, _rig.Send());
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(None, _rig.TransmitFlags(i) & Own));
        Assert.Equal(1, Chip.Counters.FramesSent);
    }

    [Theory]
    [InlineData(0x0115, 42)]
    [InlineData(0x0915, 60)]
    public void A_short_frame_is_padded_with_zeros_if_the_chip_is_told_so(int csr4, int length)
    {
        _rig.Open();
        _rig.Out(LanceRegister.Features, csr4);
        var frame = LanceRig.Frame(1, length: 42);
        _rig.Queue(0, frame);
        var sent = _rig.Send()!;
        Assert.Equal(length, sent.Length);
        Assert.Equal(frame, sent[..42]);
        Assert.All(sent[42..], padding => Assert.Equal(0, padding));
    }

    [Fact]
    public void Both_rings_wrap()
    {
        _rig.Open();
        for (var i = 0; i < 3 * _rig.TransmitLength; i++)
        {
            _rig.Queue(i % _rig.TransmitLength, LanceRig.Frame(i));
            Assert.Equal(LanceRig.Frame(i), _rig.Send());
            Assert.Null(_rig.Send());

            Assert.Equal(LanceReceived.Stored, Chip.Receive(LanceRig.Frame(i)));
            Assert.Equal(LanceRig.Frame(i), _rig.Received(i % _rig.ReceiveLength, 60));
            _rig.GiveReceive(i % _rig.ReceiveLength);
        }
    }

    [Fact]
    public void A_full_transmit_ring_is_sent_in_order()
    {
        _rig.Open();
        for (var i = 0; i < _rig.TransmitLength; i++)
            _rig.Queue(i, LanceRig.Frame(i));
        for (var i = 0; i < _rig.TransmitLength; i++)
            Assert.Equal(LanceRig.Frame(i), _rig.Send());
        Assert.Null(_rig.Send());
    }

    [Theory]
    [InlineData(0x0000, false)]
    [InlineData(0x0040, true)]
    public void A_frame_without_its_end_is_an_underflow_and_turns_the_transmitter_off_unless_told_otherwise(int csr3, bool goesOn)
    {
        _rig.Open();
        _rig.Out(LanceRegister.InterruptMasks, csr3);
        _rig.Queue(0, LanceRig.Frame(1), StartOfPacket);
        _rig.Queue(1, LanceRig.Frame(1), None);
        Assert.Null(_rig.Fetch());
        Assert.Equal((None, Error), (_rig.TransmitFlags(0) & (Own | Error), _rig.TransmitFlags(1) & (Own | Error)));
        Assert.Equal(LanceDescriptor.TransmitUnderflow, _rig.TransmitMessage(1));
        Assert.Equal(LanceStatus.TransmitInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.Equal(goesOn, (_rig.Status & LanceStatus.TransmitterOn) != 0);

        _rig.Queue(2, LanceRig.Frame(2));
        Assert.Equal(goesOn ? LanceRig.Frame(2) : null, _rig.Send());
    }

    [Fact]
    public void A_whole_ring_without_an_end_is_an_underflow()
    {
        _rig.Open();
        for (var i = 0; i < _rig.TransmitLength; i++)
            _rig.Queue(i, LanceRig.Frame(i), i == 0 ? StartOfPacket : None);
        Assert.Null(_rig.Fetch());
        Assert.Equal(1, Chip.Counters.Underflows);
    }

    [Fact]
    public void A_descriptor_that_begins_no_frame_is_given_back()
    {
        _rig.Open();
        _rig.Queue(0, LanceRig.Frame(1), EndOfPacket);
        _rig.Queue(1, LanceRig.Frame(2));
        Assert.Equal(LanceRig.Frame(2), _rig.Send());
        Assert.Equal(None, _rig.TransmitFlags(0) & Own);
    }

    [Fact]
    public void A_frame_aborted_by_a_stop_is_not_completed()
    {
        _rig.Open();
        _rig.Queue(0, LanceRig.Frame(1));
        _rig.Fetch();
        _rig.Status = LanceStatus.Stop;
        Chip.CompleteTransmit();
        Assert.NotEqual(None, _rig.TransmitFlags(0) & Own);
        Assert.Equal((LanceStatus.Stop, 0), (_rig.Status, Chip.Counters.FramesSent));
    }

    [Fact]
    public void A_received_frame_is_stored_with_its_check_sequence_and_its_descriptor_given_back()
    {
        _rig.Open();
        var frame = LanceRig.Frame(1, length: 1514);
        Assert.Equal(LanceReceived.Stored, Chip.Receive(frame));
        Assert.Equal(EthernetFrame.AppendFcs(frame), _rig.Received(0, 1518));
        Assert.Equal(LanceDescriptor.Length(LanceRig.BufferSize) | StartOfPacket | EndOfPacket | PhysicalMatch, _rig.ReceiveFlags(0));
        Assert.Equal(1518, _rig.ReceivedLength(0));
        Assert.Equal(LanceStatus.ReceiveInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.True(Chip.InterruptRequested);
        Assert.Equal((1, 1518), (Chip.Counters.FramesReceived, Chip.Counters.BytesReceived));
    }

    [Theory]
    [InlineData(60, 64, 1)]
    [InlineData(61, 64, 2)]
    [InlineData(64, 64, 2)]
    [InlineData(68, 64, 2)]
    [InlineData(200, 64, 4)]
    [InlineData(252, 64, 4)]
    public void A_frame_longer_than_a_buffer_goes_on_in_the_next(int length, int bufferSize, int buffers)
    {
        _rig.Open(bufferSize: bufferSize);
        var frame = LanceRig.Frame(1, length);
        Assert.Equal(LanceReceived.Stored, Chip.Receive(frame));
        var stored = Enumerable.Range(0, buffers).SelectMany(i => _rig.Received(i, bufferSize)).Take(length + 4).ToArray();
        Assert.Equal(EthernetFrame.AppendFcs(frame), stored);
        for (var i = 0; i < _rig.ReceiveLength; i++)
        {
            var expected = i >= buffers ? Own : (i == 0 ? StartOfPacket : None) | (i == buffers - 1 ? EndOfPacket : None);
            Assert.Equal(expected, _rig.ReceiveFlags(i) & (Own | Error | StartOfPacket | EndOfPacket));
        }

        Assert.Equal(length + 4, _rig.ReceivedLength(buffers - 1));
    }

    [Fact]
    public void A_frame_for_which_the_buffers_run_out_is_cut_off_with_a_buffer_error()
    {
        _rig.Open(bufferSize: 64);
        _rig.TakeReceive(2);
        Assert.Equal(LanceReceived.CutOff, Chip.Receive(LanceRig.Frame(1, length: 500)));
        Assert.Equal(StartOfPacket, _rig.ReceiveFlags(0) & (Own | Error | BufferError | StartOfPacket | EndOfPacket));
        Assert.Equal(Error | BufferError, _rig.ReceiveFlags(1) & (Own | Error | BufferError | StartOfPacket | EndOfPacket));
        Assert.Equal(LanceStatus.ReceiveInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.Equal((1, 0, 0), (Chip.Counters.CutOff, Chip.Counters.FramesReceived, Chip.Counters.Missed));
    }

    [Fact]
    public void A_frame_without_a_descriptor_is_missed_counted_and_leaves_the_ring_as_it_was()
    {
        _rig.Open();
        for (var i = 0; i < _rig.ReceiveLength; i++)
            Chip.Receive(LanceRig.Frame(i));
        Assert.Equal(LanceReceived.Missed, Chip.Receive(LanceRig.Frame(98)));
        Assert.Equal(LanceReceived.Missed, Chip.Receive(LanceRig.Frame(99)));
        Assert.Equal(LanceStatus.MissedFrame | LanceStatus.ReceiveInterrupt, _rig.Status & LanceStatus.Acknowledgeable);
        Assert.Equal(2, _rig.In(LanceRegister.MissedFrameCount));
        Assert.Equal(2, Chip.Counters.Missed);
        Assert.Equal(LanceRig.Frame(0), _rig.Received(0, 60));

        // Frames for somebody else are not missed.
        Assert.Equal(LanceReceived.Filtered, Chip.Receive(LanceRig.Frame(1, to: LanceRig.Other)));
        Assert.Equal(2, _rig.In(LanceRegister.MissedFrameCount));

        _rig.GiveReceive(0);
        Assert.Equal(LanceReceived.Stored, Chip.Receive(LanceRig.Frame(100)));
        Assert.Equal(LanceRig.Frame(100), _rig.Received(0, 60));
        _rig.Status = LanceStatus.Stop;
        Assert.Equal(0, _rig.In(LanceRegister.MissedFrameCount));
    }

    [Fact]
    public void The_missed_frame_counter_wraps_and_says_so_if_not_masked()
    {
        _rig.Open();
        _rig.Status = LanceStatus.InterruptEnable;
        _rig.TakeReceive(0);
        for (var i = 0; i < 0x10000; i++)
            Chip.Receive(LanceRig.Frame(i));
        Assert.Equal(0, _rig.In(LanceRegister.MissedFrameCount));
        _rig.Status = LanceStatus.MissedFrame | LanceStatus.InterruptEnable;
        Assert.False(Chip.InterruptRequested);
        _rig.Out(LanceRegister.Features, 0x0015);
        Assert.Equal(0x0215, _rig.In(LanceRegister.Features));
        Assert.True(Chip.InterruptRequested);
        _rig.Out(LanceRegister.Features, 0x0215);
        Assert.Equal(0x0015, _rig.In(LanceRegister.Features));
        Assert.False(Chip.InterruptRequested);
    }

    [Fact]
    public void The_start_of_a_transmission_interrupts_if_not_masked()
    {
        _rig.Open();
        _rig.Out(LanceRegister.Features, 0x0111);
        _rig.Queue(0, LanceRig.Frame(1));
        _rig.Fetch();
        Assert.True(Chip.InterruptRequested);
        Assert.Equal(0x0119, _rig.In(LanceRegister.Features));
        _rig.Out(LanceRegister.Features, 0x0119);
        Assert.False(Chip.InterruptRequested);
    }

    [Theory]
    [InlineData(LanceMode.None, "00:50:56:00:07:33", PhysicalMatch)]
    [InlineData(LanceMode.None, "00:50:56:00:07:34", null)]
    [InlineData(LanceMode.None, "ff:ff:ff:ff:ff:ff", BroadcastMatch)]
    [InlineData(LanceMode.None, "01:00:5e:00:00:01", null)]
    [InlineData(LanceMode.DisableReceivePhysical, "00:50:56:00:07:33", null)]
    [InlineData(LanceMode.DisableReceiveBroadcast, "ff:ff:ff:ff:ff:ff", null)]
    [InlineData(LanceMode.Promiscuous, "00:50:56:00:07:33", PhysicalMatch)]
    [InlineData(LanceMode.Promiscuous, "00:50:56:00:07:34", None)]
    [InlineData(LanceMode.Promiscuous, "01:00:5e:00:00:01", None)]
    public void The_destination_decides_what_is_received(LanceMode mode, string to, LanceDescriptorFlags? match)
    {
        _rig.Open(mode);
        var received = Chip.Receive(LanceRig.Frame(1, to: MacAddress.Parse(to)));
        Assert.Equal(match is null ? LanceReceived.Filtered : LanceReceived.Stored, received);
        Assert.Equal(match is null ? 1 : 0, Chip.Counters.Filtered);
        if (match is not null)
            Assert.Equal(match, _rig.ReceiveFlags(0) & (PhysicalMatch | BroadcastMatch | LogicalMatch));
    }

    [Fact]
    public void The_logical_address_filter_chooses_by_the_upper_six_bits_of_the_address_crc()
    {
        // The all-hosts group, 01:00:5e:00:00:01, has the place that Linux's drivers compute: CRC-32, reflected, not complemented.
        var group = MacAddress.Parse("01:00:5e:00:00:01");
        Span<byte> bytes = stackalloc byte[6];
        group.Write(bytes);
        var crc = 0xFFFF_FFFFu;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xEDB8_8320 : 0);
        }

        var place = 1UL << (int)(crc >> 26);
        _rig.Open(filter: place);
        Assert.Equal(LanceReceived.Stored, Chip.Receive(LanceRig.Frame(1, to: group)));
        Assert.Equal(LogicalMatch, _rig.ReceiveFlags(0) & (PhysicalMatch | BroadcastMatch | LogicalMatch));
        _rig.Open(filter: ~place);
        Assert.Equal(LanceReceived.Filtered, Chip.Receive(LanceRig.Frame(1, to: group)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(13)]
    [InlineData(59)]
    public void A_runt_is_not_received(int length)
    {
        _rig.Open(LanceMode.Promiscuous);
        Assert.Equal(LanceReceived.Filtered, Chip.Receive(LanceRig.Frame(1).AsSpan(0, length)));
    }

    [Fact]
    public void A_frame_longer_than_the_chip_can_count_is_refused()
    {
        var rig = new LanceRig(receiveRingLog2: 4).Open();
        Assert.Equal(LanceReceived.Stored, rig.Chip.Receive(LanceRig.Frame(1, Lance.MaxReceive)));
        Assert.Throws<ArgumentOutOfRangeException>(() => rig.Chip.Receive(LanceRig.Frame(1, Lance.MaxReceive + 1)));
    }

    [Fact]
    public void Accesses_and_receptions_allocate_nothing()
    {
        _rig.Open();
        var frame = LanceRig.Frame(1, length: 1514);
        Cycle();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Cycle();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Cycle()
        {
            for (var i = 0; i < _rig.ReceiveLength; i++)
            {
                Chip.Receive(frame);
                var status = _rig.Status;
                _rig.Status = status & (LanceStatus)~0x004F;
                _rig.GiveReceive(i);
                _rig.Status = (LanceStatus)0x7940;
            }
        }
    }

    /// <summary>Brings a fresh chip, interrupts disabled, into a state with just these causes.</summary>
    private void Cause(LanceStatus causes)
    {
        _rig.Prepare();
        _rig.Status = LanceStatus.Initialize;
        _rig.Status = LanceStatus.Start;
        if ((causes & LanceStatus.ReceiveInterrupt) != 0)
            Chip.Receive(LanceRig.Frame(1));
        if ((causes & LanceStatus.MissedFrame) != 0)
        {
            for (var i = 0; i < _rig.ReceiveLength; i++)
                _rig.TakeReceive(i);
            Chip.Receive(LanceRig.Frame(1));
        }

        _rig.Queue(0, LanceRig.Frame(1, length: (causes & LanceStatus.Babble) != 0 ? 1515 : 1514));
        _rig.Send();

        // Initializing and sending are causes by themselves: acknowledge what is not wanted.
        _rig.Status = ~causes & (LanceStatus.TransmitInterrupt | LanceStatus.InitializationDone);
    }
}
