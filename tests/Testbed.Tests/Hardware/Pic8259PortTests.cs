using CsCheck;
using Testbed.Node.Hardware;
using static Testbed.Node.Hardware.Pic8259;

namespace Testbed.Tests.Hardware;

/// <summary>Facts of the 8259A data sheet at the ports of a PC's pair.</summary>
public sealed class Pic8259PortTests
{
    private const int Nic = 11;
    private const byte NonSpecificEnd = 0x20;
    private const byte SpecificEnd = 0x60;
    private const byte ReadRequests = 0x0A;
    private const byte ReadInService = 0x0B;

    private readonly InterruptPin _pin = new();
    private readonly Pic8259 _pic;

    public Pic8259PortTests() => _pic = new Pic8259(_pin, levelTriggered: Nic);

    [Fact]
    public void Initialization_as_linux_does_it_sets_the_vectors_and_clears_masks_requests_and_services()
    {
        _pic.Write(MasterData, 0xFF);
        Raise(0);
        Raise(3);
        Acknowledge();
        Initialize();
        Assert.Equal((0, 0), (_pic.Read(MasterData), _pic.Read(SlaveData)));
        Assert.Equal((0, 0), Registers(ReadRequests));
        Assert.Equal((0, 0), Registers(ReadInService));
        Assert.False(_pin.IsHigh);
        foreach (var line in new[] { 0, 7, 8, 15 })
        {
            Raise(line);
            Assert.Equal((line, line < 8 ? 0x20 + line : 0x28 + line - 8), Acknowledge());
            _pic.EndOfInterrupt(line);
        }
    }

    [Fact]
    public void Before_initialization_the_vectors_are_the_bios_s()
    {
        Raise(0);
        Assert.Equal((0, 0x08), Acknowledge());
        _pic.EndOfInterrupt(0);
        Raise(14);
        Assert.Equal((14, 0x76), Acknowledge());
    }

    [Fact]
    public void Nothing_comes_through_until_the_last_initialization_word()
    {
        _pic.SetLine(Nic, high: true);
        byte[] words = [0x20, 0x04, 0x01];
        _pic.Write(MasterCommand, 0x11);
        foreach (var word in words)
        {
            Assert.False(_pin.IsHigh);
            _pic.Write(MasterData, word);
        }

        Assert.True(_pin.IsHigh);

        // The next write is a mask again.
        _pic.Write(MasterData, 1 << Cascade);
        Assert.Equal(1 << Cascade, _pic.Read(MasterData));
        Assert.False(_pin.IsHigh);
    }

    [Fact]
    public void Initialization_words_that_icw1_leaves_out_are_not_waited_for()
    {
        // Single, without ICW4: ICW2 only. Without ICW4 for a cascade: ICW2 and ICW3.
        _pic.Write(MasterCommand, 0x12);
        _pic.Write(MasterData, 0x40);
        _pic.Write(MasterData, 0xA5);
        Assert.Equal(0xA5, _pic.Read(MasterData));
        _pic.Write(MasterCommand, 0x10);
        _pic.Write(MasterData, 0x40);
        _pic.Write(MasterData, 0x04);
        _pic.Write(MasterData, 0x5A);
        Assert.Equal(0x5A, _pic.Read(MasterData));
    }

    [Fact]
    public void An_edge_must_come_anew_after_initialization_and_a_level_need_not()
    {
        _pic.SetLine(5, high: true);
        _pic.SetLine(Nic, high: true);
        Initialize();
        Assert.Equal((1 << Cascade, 1 << (Nic - 8)), Registers(ReadRequests));
        _pic.SetLine(5, high: true);
        Assert.Equal(1 << Cascade, Registers(ReadRequests).Master);
        _pic.SetLine(5, high: false);
        Raise(5);
        Assert.Equal(1 << Cascade | 1 << 5, Registers(ReadRequests).Master);
    }

    [Fact]
    public void An_edge_triggered_line_that_stays_high_requests_once()
    {
        _pic.SetLine(5, high: true);
        Acknowledge();
        _pic.Write(MasterCommand, NonSpecificEnd);
        _pic.SetLine(5, high: true);
        Assert.False(_pin.IsHigh);
        _pic.SetLine(5, high: false);
        _pic.SetLine(5, high: true);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void A_level_triggered_line_still_high_at_the_end_of_interrupt_requests_again()
    {
        _pic.SetLine(Nic, high: true);
        Acknowledge();
        EndAsLinux(Nic);
        Assert.Equal(Nic, Acknowledge().Line);
        _pic.SetLine(Nic, high: false);
        EndAsLinux(Nic);
        Assert.False(_pin.IsHigh);
    }

    [Fact]
    public void The_request_and_in_service_registers_are_read_as_ocw3_said_last()
    {
        Raise(4);
        Raise(9);
        Assert.Equal((1 << Cascade | 1 << 4, 1 << 1), Registers(ReadRequests));
        Assert.Equal((0, 0), Registers(ReadInService));
        Acknowledge();
        Assert.Equal((1 << Cascade, 1 << 1), Registers(ReadInService));
        Assert.Equal((1 << 4, 0), Registers(ReadRequests));

        // An OCW3 that reads nothing, and an OCW2, leave the choice.
        _pic.Write(MasterCommand, ReadInService);
        _pic.Write(MasterCommand, 0x08);
        _pic.Write(MasterCommand, 0x40);
        Assert.Equal(1 << Cascade, _pic.Read(MasterCommand));
    }

    [Fact]
    public void The_mask_register_holds_requests_back_without_losing_them()
    {
        _pic.Write(MasterData, 0xFF);
        Raise(3);
        Assert.False(_pin.IsHigh);
        Assert.Equal((0xFF, 1 << 3), (_pic.Read(MasterData), Registers(ReadRequests).Master));
        _pic.Write(MasterData, 0xF7);
        Assert.Equal(3, Acknowledge().Line);
    }

    [Fact]
    public void Masking_the_cascade_holds_back_all_of_the_slave()
    {
        _pic.Write(MasterData, 1 << Cascade);
        _pic.SetLine(Nic, high: true);
        Assert.False(_pin.IsHigh);
        _pic.Write(MasterData, 0);
        _pic.Write(SlaveData, 1 << (Nic - 8));
        Assert.False(_pin.IsHigh);
        _pic.Write(SlaveData, 0);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void A_non_specific_end_ends_the_highest_in_service_and_a_specific_one_the_line_it_names()
    {
        Raise(6);
        Acknowledge();
        Raise(3);
        Acknowledge();
        Raise(1);
        Acknowledge();
        Assert.Equal(1 << 6 | 1 << 3 | 1 << 1, Registers(ReadInService).Master);
        _pic.Write(MasterCommand, SpecificEnd | 3);
        Assert.Equal(1 << 6 | 1 << 1, Registers(ReadInService).Master);
        _pic.Write(MasterCommand, NonSpecificEnd);
        Assert.Equal(1 << 6, Registers(ReadInService).Master);
        _pic.Write(MasterCommand, NonSpecificEnd);
        _pic.Write(MasterCommand, NonSpecificEnd);
        Assert.Equal(0, Registers(ReadInService).Master);
    }

    [Fact]
    public void A_rotating_end_ends_the_interrupt_and_the_priorities_stay()
    {
        Raise(3);
        Acknowledge();
        _pic.Write(MasterCommand, 0xA0);
        Assert.Equal(0, Registers(ReadInService).Master);
        Raise(3);
        Raise(4);
        Assert.Equal(3, Acknowledge().Line);
        _pic.Write(MasterCommand, 0xE0 | 3);
        Assert.Equal(4, Acknowledge().Line);
    }

    [Fact]
    public void With_an_automatic_end_nothing_stays_in_service()
    {
        _pic.Write(MasterCommand, 0x11);
        foreach (var word in new byte[] { 0x20, 0x04, 0x03 })
            _pic.Write(MasterData, word);
        Raise(3);
        Acknowledge();
        Assert.Equal(0, Registers(ReadInService).Master);
        Raise(7);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void Linuxs_five_accesses_for_a_slaves_interrupt_hold_its_line_back_until_the_last()
    {
        // Linux 2.2, mask_and_ack_8259A and enable_8259A_irq.
        Initialize();
        _pic.SetLine(Nic, high: true);
        Assert.Equal((Nic, 0x2B), Acknowledge());
        Assert.Equal((1 << Cascade, 1 << (Nic - 8)), Registers(ReadInService));
        Assert.Equal(0, _pic.Read(SlaveData));
        _pic.Write(SlaveData, 1 << (Nic - 8));
        _pic.Write(MasterCommand, SpecificEnd | Cascade);
        _pic.Write(SlaveCommand, NonSpecificEnd);
        Assert.Equal((0, 0), Registers(ReadInService));
        Assert.False(_pin.IsHigh);

        // Others come through while the handler runs.
        Raise(12);
        Assert.Equal(12, Acknowledge().Line);
        EndAsLinux(12);
        _pic.Write(SlaveData, 0);
        Assert.True(_pin.IsHigh);
    }

    [Fact]
    public void While_one_of_the_slaves_lines_is_in_service_no_other_of_its_comes_through_but_the_masters_higher_ones_do()
    {
        _pic.SetLine(Nic, high: true);
        Acknowledge();
        Raise(8);
        Assert.False(_pin.IsHigh);
        Raise(3);
        Assert.False(_pin.IsHigh);
        Raise(1);
        Assert.Equal(1, Acknowledge().Line);
        _pic.Write(MasterCommand, NonSpecificEnd);

        // With the cascade's service over in the master, a higher line of the slave's does.
        _pic.Write(MasterCommand, SpecificEnd | Cascade);
        Assert.Equal(8, Acknowledge().Line);
        Assert.Equal((1 << Cascade, 1 << 0 | 1 << (Nic - 8)), Registers(ReadInService));
    }

    [Fact]
    public void An_end_in_the_master_alone_leaves_the_slaves_line_in_service()
    {
        _pic.SetLine(Nic, high: true);
        Acknowledge();
        _pic.Write(MasterCommand, NonSpecificEnd);
        Assert.Equal((0, 1 << (Nic - 8)), Registers(ReadInService));
        Assert.False(_pin.IsHigh);
        _pic.Write(SlaveCommand, NonSpecificEnd);
        Assert.True(_pin.IsHigh);
    }

    [Theory]
    [InlineData(5, 5)]
    [InlineData(Nic, Cascade)]
    public void A_request_that_has_gone_gives_line_7s_vector_and_puts_nothing_in_service(int line, int masterLine)
    {
        var pic = new Pic8259(_pin, levelTriggered: line);
        pic.SetLine(line, high: true);
        Assert.Equal(1 << masterLine, pic.Read(MasterCommand));
        pic.SetLine(line, high: false);
        Assert.Equal(-1, pic.Acknowledge(out var vector));
        Assert.Equal(0x08 + 7, vector);
        pic.Write(MasterCommand, ReadInService);
        pic.Write(SlaveCommand, ReadInService);
        Assert.Equal((0, 0), (pic.Read(MasterCommand), pic.Read(SlaveCommand)));
        Assert.Equal(1, pic.Spurious);
        Assert.All(pic.Acknowledged, count => Assert.Equal(0, count));
    }

    [Fact]
    public void A_chip_by_itself_gives_no_line_for_a_request_that_has_gone()
    {
        var slave = new I8259(0x28, levelTriggered: 1 << 3);
        slave.SetLine(3, high: true);
        Assert.True(slave.Output);
        slave.SetLine(3, high: false);
        Assert.Equal(-1, slave.Acknowledge());
        slave.WriteCommand(ReadInService);
        Assert.Equal(0, slave.ReadCommand());
    }

    [Theory]
    [InlineData(0x1F)]
    [InlineData(0x22)]
    [InlineData(0xA2)]
    public void Other_ports_are_not_the_pairs(int port)
    {
        Assert.False(HasPort(port));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pic.Read(port));
        Assert.Throws<ArgumentOutOfRangeException>(() => _pic.Write(port, 0));
    }

    [Fact]
    public void Whatever_is_raised_masked_and_ended_the_pin_and_the_line_acknowledged_follow_the_fixed_priorities()
    {
        int[] byPriority = [0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7];
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 14], Gen.Bool).Array[1, 200].Sample(actions =>
        {
            var pin = new InterruptPin();
            var pic = new Pic8259(pin, levelTriggered: Nic);
            var (requested, masked) = (new HashSet<int>(), new HashSet<int>());
            var inService = new Stack<int>();
            foreach (var (kind, index, on) in actions)
            {
                var line = byPriority[index];
                switch (kind)
                {
                    case 0 or 1:
                        pic.SetLine(line, high: true);
                        requested.Add(line);
                        if (line != Nic || !on)
                        {
                            pic.SetLine(line, high: false);
                            if (line == Nic)
                                requested.Remove(line);
                        }

                        break;
                    case 2:
                        pic.SetMask(line, on);
                        _ = on ? masked.Add(line) : masked.Remove(line);
                        break;
                    case 3:
                        var expected = Next();
                        Assert.Equal(expected, pic.Acknowledge());
                        if (expected < 0)
                            break;
                        inService.Push(expected);
                        if (expected != Nic)
                            requested.Remove(expected);
                        break;
                    default:
                        if (inService.TryPop(out var ended))
                            pic.EndOfInterrupt(ended);
                        break;
                }

                Assert.Equal(Next() >= 0, pin.IsHigh);
            }

            int Next()
            {
                foreach (var line in byPriority)
                {
                    var blocked = inService.Contains(line) || (line >= 8 && inService.Any(other => other >= 8));
                    if (blocked)
                        return -1;
                    if (requested.Contains(line) && !masked.Contains(line))
                        return line;
                }

                return -1;
            }
        });
    }

    private void Raise(int line)
    {
        _pic.SetLine(line, high: true);
        _pic.SetLine(line, high: false);
    }

    private (int Line, int Vector) Acknowledge()
    {
        var line = _pic.Acknowledge(out var vector);
        return (line, vector);
    }

    private (byte Master, byte Slave) Registers(byte ocw3)
    {
        _pic.Write(MasterCommand, ocw3);
        _pic.Write(SlaveCommand, ocw3);
        return (_pic.Read(MasterCommand), _pic.Read(SlaveCommand));
    }

    private void EndAsLinux(int line)
    {
        _pic.Write(MasterCommand, SpecificEnd | Cascade);
        _pic.Write(SlaveCommand, (byte)(SpecificEnd | (line - 8)));
    }

    /// <summary>Linux 2.2, init_IRQ: vectors 20h and 28h, normal end of interrupt.</summary>
    private void Initialize()
    {
        _pic.Write(MasterCommand, 0x11);
        _pic.Write(MasterData, 0x20);
        _pic.Write(MasterData, 0x04);
        _pic.Write(MasterData, 0x01);
        _pic.Write(SlaveCommand, 0x11);
        _pic.Write(SlaveData, 0x28);
        _pic.Write(SlaveData, 0x02);
        _pic.Write(SlaveData, 0x01);
    }
}
