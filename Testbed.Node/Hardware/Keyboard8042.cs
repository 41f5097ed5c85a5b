using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>
/// The registers of a PC's keyboard controller (Intel 8042 as programmed for the IBM PC/AT, Technical Reference, section 1): one byte of output buffer, a
/// status register, a command byte, and a keyboard behind it. Plain state: whoever owns it says when the keyboard's next byte has come over.
/// </summary>
/// <remarks>
/// The input buffer is never found full, since the controller acts on a byte at once. Not modelled: the auxiliary device, the A20 gate and the processor's
/// reset line (bits of the output port, which are kept), untranslated codes, the password, the inhibit switch.
/// </remarks>
public sealed class Keyboard8042
{
    /// <summary>Read: the output buffer. Written: a byte for the keyboard, or what belongs to the last command.</summary>
    public const int DataPort = 0x60;

    /// <summary>Read: the status register. Written: a command for the controller.</summary>
    public const int StatusPort = 0x64;

    /// <summary>The interrupt controller's line for it.</summary>
    public const int InterruptLine = 1;

    /// <summary>Status: the output buffer holds a byte.</summary>
    public const byte OutputBufferFull = 0x01;

    /// <summary>Status: the system flag, as the command byte has it.</summary>
    public const byte SystemFlag = 0x04;

    /// <summary>Status: the last byte written was a command.</summary>
    public const byte LastWasCommand = 0x08;

    /// <summary>Status: the keyboard is not locked by its switch.</summary>
    public const byte NotInhibited = 0x10;

    /// <summary>Command byte: a full output buffer interrupts.</summary>
    public const byte InterruptEnable = 0x01;

    /// <summary>Command byte: the keyboard's clock is held down.</summary>
    public const byte KeyboardDisable = 0x10;

    /// <summary>Command byte as Linux 2.2 sets it: interrupt, system flag, no auxiliary device, codes translated (pc_keyb.c, initialize_kbd).</summary>
    private const byte AfterBoot = 0x65;

    private const byte SelfTestPassed = 0x55;
    private const byte InterfaceGood = 0x00;
    private const byte InputPort = 0x80;

    private readonly Queue<byte> _answers = new();
    private byte _output;
    private byte _commandByte = AfterBoot;
    private byte _outputPort = 0xCF;
    private byte _expecting;
    private bool _full;
    private bool _lastWasCommand;

    /// <summary>A controller as the system has set it up.</summary>
    /// <param name="keyboard">The keyboard behind it.</param>
    public Keyboard8042(AtKeyboard keyboard) => Keyboard = keyboard;

    /// <summary>The keyboard behind it.</summary>
    public AtKeyboard Keyboard { get; }

    /// <summary>IRQ 1: high for as long as the output buffer is full, if the command byte says so.</summary>
    public bool InterruptRequested => _full && (_commandByte & InterruptEnable) != 0;

    /// <summary>Whether the keyboard may send its next byte: it has one, its clock is not held down, and the output buffer is empty.</summary>
    public bool CanTransfer => !_full && (_commandByte & KeyboardDisable) == 0 && Keyboard.HasByte;

    /// <summary>When a byte that the keyboard is sending will be here; never, if it is sending none. Kept by the keyboard's actor.</summary>
    public Instant NextTransfer { get; internal set; } = Instant.Never;

    /// <summary>Whether a port is one of its two.</summary>
    public static bool HasPort(int port) => port is DataPort or StatusPort;

    /// <summary>The keyboard's next byte has come over: it is in the output buffer now.</summary>
    /// <returns>The byte; null if it may not come.</returns>
    public byte? Transfer()
    {
        if (!CanTransfer)
            return null;
        Output(Keyboard.Take());
        return _output;
    }

    /// <summary>The processor reads a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has no such port.</exception>
    public byte Read(int port)
    {
        switch (port)
        {
            case StatusPort:
                return (byte)((_full ? OutputBufferFull : 0) | (_commandByte & SystemFlag) | (_lastWasCommand ? LastWasCommand : 0) | NotInhibited);
            case DataPort:
                var value = _output;
                _full = false;
                NextAnswer();
                return value;
            default:
                throw NoSuchPort(port);
        }
    }

    /// <summary>The processor writes a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It has no such port.</exception>
    public void Write(int port, byte value)
    {
        switch (port)
        {
            case StatusPort:
                _lastWasCommand = true;
                _expecting = 0;
                Command(value);
                break;
            case DataPort:
                _lastWasCommand = false;
                Data(value);
                break;
            default:
                throw NoSuchPort(port);
        }

        NextAnswer();
    }

    private void Command(byte command)
    {
        switch (command)
        {
            case 0x20:
                _answers.Enqueue(_commandByte);
                break;
            case 0x60 or 0xD1:
                _expecting = command;
                break;
            case 0xAA:
                _answers.Enqueue(SelfTestPassed);
                break;
            case 0xAB:
                _answers.Enqueue(InterfaceGood);
                break;
            case 0xAD:
                _commandByte |= KeyboardDisable;
                break;
            case 0xAE:
                _commandByte &= unchecked((byte)~KeyboardDisable);
                break;
            case 0xC0:
                _answers.Enqueue(InputPort);
                break;
            case 0xD0:
                _answers.Enqueue(_outputPort);
                break;
            default:
                // Reserved, or a pulse on the output port's lines.
                break;
        }
    }

    private void Data(byte value)
    {
        switch (_expecting)
        {
            case 0x60:
                _commandByte = value;
                break;
            case 0xD1:
                _outputPort = value;
                break;
            default:
                // What is written for the keyboard lets its clock run.
                _commandByte &= unchecked((byte)~KeyboardDisable);
                Keyboard.Command(value);
                break;
        }

        _expecting = 0;
    }

    /// <summary>The controller's own answers come before the keyboard's bytes.</summary>
    private void NextAnswer()
    {
        if (!_full && _answers.TryDequeue(out var answer))
            Output(answer);
    }

    private void Output(byte value) => (_output, _full) = (value, true);

    private static ArgumentOutOfRangeException NoSuchPort(int port) =>
        new(nameof(port), port, "the keyboard controller's ports are 0x60 and 0x64");
}
