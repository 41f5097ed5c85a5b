using CsCheck;
using Testbed.Node.Hardware;

namespace Testbed.Tests.Hardware;

/// <summary>The controller and its keyboard as the IBM PC/AT Technical Reference has them, seen from the ports.</summary>
public sealed class Keyboard8042Tests
{
    private const byte Acknowledge = 0xFA;
    private readonly Keyboard8042 _controller = new(new AtKeyboard());

    private byte Status => _controller.Read(Keyboard8042.StatusPort);

    private bool IsFull => (Status & Keyboard8042.OutputBufferFull) != 0;

    [Fact]
    public void A_code_fills_the_output_buffer_and_raises_the_line_until_it_is_read()
    {
        Assert.False(IsFull);
        Assert.False(_controller.InterruptRequested);
        _controller.Keyboard.Type(0x1E);
        Assert.False(IsFull);
        Assert.Equal((byte)0x1E, _controller.Transfer());
        Assert.True(IsFull);
        Assert.True(_controller.InterruptRequested);
        Assert.Equal(0x1E, _controller.Read(Keyboard8042.DataPort));
        Assert.False(IsFull);
        Assert.False(_controller.InterruptRequested);
    }

    [Fact]
    public void An_empty_output_buffer_reads_as_its_last_byte()
    {
        Type(0x1E);
        _controller.Read(Keyboard8042.DataPort);
        Assert.Equal(0x1E, _controller.Read(Keyboard8042.DataPort));
        Assert.False(IsFull);
    }

    [Fact]
    public void The_keyboard_sends_nothing_while_the_output_buffer_is_full()
    {
        Type(0x1E);
        _controller.Keyboard.Type(0x30);
        Assert.False(_controller.CanTransfer);
        Assert.Null(_controller.Transfer());
        Assert.Equal(0x1E, _controller.Read(Keyboard8042.DataPort));
        Assert.True(_controller.CanTransfer);
        Assert.Equal((byte)0x30, _controller.Transfer());
    }

    [Fact]
    public void The_status_says_whether_a_command_or_data_was_written_last()
    {
        _controller.Write(Keyboard8042.StatusPort, 0xAE);
        Assert.Equal(Keyboard8042.LastWasCommand, Status & Keyboard8042.LastWasCommand);
        _controller.Write(Keyboard8042.DataPort, 0xEE);
        Assert.Equal(0, Status & Keyboard8042.LastWasCommand);
        Assert.Equal(Keyboard8042.NotInhibited, Status & Keyboard8042.NotInhibited);
    }

    [Fact]
    public void The_self_test_and_the_interface_test_pass()
    {
        Assert.Equal(0x55, Ask(0xAA));
        Assert.Equal(0x00, Ask(0xAB));
    }

    [Theory]
    [InlineData(0x00, false, 0)]
    [InlineData(0x01, true, 0)]
    [InlineData(0x04, false, Keyboard8042.SystemFlag)]
    [InlineData(0x65, true, Keyboard8042.SystemFlag)]
    public void The_command_byte_is_read_back_and_says_whether_a_code_interrupts(byte value, bool interrupts, byte systemFlag)
    {
        _controller.Write(Keyboard8042.StatusPort, 0x60);
        _controller.Write(Keyboard8042.DataPort, value);
        Assert.Equal(value, Ask(0x20));
        Assert.Equal(systemFlag, Status & Keyboard8042.SystemFlag);
        Type(0x1E);
        Assert.Equal(interrupts, _controller.InterruptRequested);
    }

    [Fact]
    public void A_disabled_interface_holds_the_codes_back_and_writing_to_the_keyboard_enables_it()
    {
        _controller.Write(Keyboard8042.StatusPort, 0xAD);
        _controller.Keyboard.Type(0x1E);
        Assert.False(_controller.CanTransfer);
        _controller.Write(Keyboard8042.StatusPort, 0xAE);
        Assert.True(_controller.CanTransfer);
        _controller.Write(Keyboard8042.StatusPort, 0xAD);
        _controller.Write(Keyboard8042.DataPort, 0xEE);
        Assert.Equal((byte)0xEE, _controller.Transfer());
    }

    [Theory]
    [InlineData(0xEE, new byte[] { 0xEE })]
    [InlineData(0xF2, new byte[] { Acknowledge, 0xAB, 0x41 })]
    [InlineData(0xF4, new byte[] { Acknowledge })]
    [InlineData(0xFF, new byte[] { Acknowledge, 0xAA })]
    [InlineData(0x01, new byte[] { 0xFE })]
    public void The_keyboard_answers_a_command(byte command, byte[] answers)
    {
        _controller.Write(Keyboard8042.DataPort, command);
        Assert.Equal(answers, ReadAll());
    }

    [Fact]
    public void A_command_with_an_argument_is_acknowledged_twice_and_the_argument_is_no_command()
    {
        _controller.Write(Keyboard8042.DataPort, 0xED);
        _controller.Write(Keyboard8042.DataPort, 0xFF);
        Assert.Equal([Acknowledge, Acknowledge], ReadAll());
    }

    [Fact]
    public void A_disabled_keyboard_looks_at_no_key()
    {
        _controller.Write(Keyboard8042.DataPort, 0xF5);
        Assert.False(_controller.Keyboard.Type(0x1E));
        _controller.Write(Keyboard8042.DataPort, 0xF4);
        Assert.True(_controller.Keyboard.Type(0x1E));
        Assert.Equal([Acknowledge, Acknowledge, 0x1E], ReadAll());
        Assert.Equal(1, _controller.Keyboard.Lost);
    }

    [Fact]
    public void A_full_keyboard_says_that_it_was_overrun_and_recovers()
    {
        for (byte code = 1; code <= AtKeyboard.BufferSize - 1; code++)
            Assert.True(_controller.Keyboard.Type(code));
        Assert.False(_controller.Keyboard.Type(0x20));
        Assert.False(_controller.Keyboard.Type(0x21));
        Assert.Equal([.. Enumerable.Range(1, AtKeyboard.BufferSize - 1).Select(code => (byte)code), AtKeyboard.Overrun], ReadAll());
        Assert.Equal(2, _controller.Keyboard.Lost);
        Assert.True(_controller.Keyboard.Type(0x22));
        Assert.Equal([0x22], ReadAll());
    }

    [Theory]
    [InlineData(0x61)]
    [InlineData(0x62)]
    public void It_has_no_other_ports(int port)
    {
        Assert.False(Keyboard8042.HasPort(port));
        Assert.Throws<ArgumentOutOfRangeException>(() => _controller.Read(port));
        Assert.Throws<ArgumentOutOfRangeException>(() => _controller.Write(port, 0));
    }

    [Fact]
    public void Codes_come_out_in_the_order_in_which_they_were_typed_whatever_the_controller_is_told_meanwhile() =>
        Gen.Int[0, 5].Array[1, 60].Sample(steps =>
        {
            var controller = new Keyboard8042(new AtKeyboard());
            var expected = new Queue<byte>();
            byte next = 1;
            foreach (var step in steps)
            {
                switch (step)
                {
                    case 0 or 1:
                        if (controller.Keyboard.Room > 0 && next < AtKeyboard.ReleaseBit && controller.Keyboard.Type(next))
                            expected.Enqueue(next++);
                        break;
                    case 2:
                        controller.Write(Keyboard8042.StatusPort, 0xAD);
                        controller.Write(Keyboard8042.StatusPort, 0xAE);
                        break;
                    default:
                        if ((controller.Read(Keyboard8042.StatusPort) & Keyboard8042.OutputBufferFull) != 0)
                            Assert.Equal(expected.Dequeue(), controller.Read(Keyboard8042.DataPort));
                        controller.Transfer();
                        break;
                }
            }
        });

    private void Type(byte code)
    {
        Assert.True(_controller.Keyboard.Type(code));
        Assert.Equal(code, _controller.Transfer());
    }

    private byte Ask(byte command)
    {
        _controller.Write(Keyboard8042.StatusPort, command);
        Assert.True(IsFull);
        return _controller.Read(Keyboard8042.DataPort);
    }

    private List<byte> ReadAll()
    {
        var bytes = new List<byte>();
        while (_controller.Transfer() is not null || IsFull)
            bytes.Add(_controller.Read(Keyboard8042.DataPort));
        return bytes;
    }
}
