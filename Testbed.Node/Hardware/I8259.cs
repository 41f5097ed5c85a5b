using System.Numerics;

namespace Testbed.Node.Hardware;

/// <summary>
/// One 8259A interrupt controller as a PC has it (Intel 8259A data sheet): eight lines of fixed priority, line 0 the highest; request,
/// in-service and mask registers; initialization and operation command words at its two ports.
/// </summary>
/// <remarks>
/// Not modelled, as no PC's system software uses it: rotating priorities (a rotating end of interrupt ends the interrupt and rotates
/// nothing), polling, special mask mode, special fully nested mode, the 8080's call instruction. Which lines are level-triggered is the
/// chip set's to say, not LTIM in ICW1; and a request by an edge outlives the line's fall, as in PC chip sets.
/// </remarks>
internal sealed class I8259
{
    /// <summary>How many lines it has.</summary>
    public const int Lines = 8;

    private const byte Icw1 = 0x10;
    private const byte Icw1NeedsIcw4 = 0x01;
    private const byte Icw1Single = 0x02;
    private const byte Icw4AutomaticEnd = 0x02;
    private const byte VectorBase = 0xF8;
    private const byte Ocw3 = 0x08;
    private const byte Ocw3ReadRegister = 0x02;
    private const byte Ocw3ReadInService = 0x01;
    private const byte Ocw2EndOfInterrupt = 0x20;
    private const byte Ocw2Specific = 0x40;
    private const byte LineBits = 0x07;

    private readonly byte _levelTriggered;
    private byte _high;
    private byte _latched;
    private byte _inService;
    private byte _masked;
    private byte _vectorBase;
    private Expecting _expecting;
    private bool _needsIcw3;
    private bool _needsIcw4;
    private bool _automaticEnd;
    private bool _readInService;

    /// <summary>A chip that has been initialized, with all lines unmasked.</summary>
    /// <param name="vectorBase">The vector of line 0, a multiple of 8 (ICW2).</param>
    /// <param name="levelTriggered">A bit for each line that requests for as long as it is high; the others request when they rise.</param>
    public I8259(byte vectorBase, byte levelTriggered) => (_vectorBase, _levelTriggered) = ((byte)(vectorBase & VectorBase), levelTriggered);

    private enum Expecting
    {
        Operation,
        Icw2,
        Icw3,
        Icw4,
    }

    /// <summary>INT, its output: a line that is not masked requests, and none of its or a higher priority is in service.</summary>
    public bool Output => Highest() >= 0;

    /// <summary>The vector of line 0.</summary>
    public byte Vector => _vectorBase;

    private byte Requested => (byte)(_latched | (_high & _levelTriggered));

    /// <summary>A line goes high or low.</summary>
    /// <param name="line">0 to 7.</param>
    /// <param name="high">Whether it is high.</param>
    public void SetLine(int line, bool high)
    {
        var bit = (byte)(1 << line);
        if (high)
        {
            _latched |= (byte)(bit & ~_high & ~_levelTriggered);
            _high |= bit;
        }
        else
        {
            _high &= (byte)~bit;
        }
    }

    /// <summary>The interrupt acknowledge cycle: the requesting line of the highest priority goes into service.</summary>
    /// <returns>The line; or −1 if none requests any more: the chip then gives line 7's vector, with line 7 not in service.</returns>
    public int Acknowledge()
    {
        var line = Highest();
        if (line < 0)
            return -1;
        var bit = (byte)(1 << line);
        _latched &= (byte)~bit;
        if (!_automaticEnd)
            _inService |= bit;
        return line;
    }

    /// <summary>Specific end of interrupt.</summary>
    /// <param name="line">0 to 7.</param>
    public void EndOfInterrupt(int line) => _inService &= (byte)~(1 << line);

    /// <summary>Sets or clears a line's bit in the mask register.</summary>
    /// <param name="line">0 to 7.</param>
    /// <param name="masked">Whether its requests are held back.</param>
    public void SetMask(int line, bool masked)
    {
        var bit = (byte)(1 << line);
        _masked = (byte)(masked ? _masked | bit : _masked & ~bit);
    }

    /// <summary>The processor reads the even port: the request register, or the in-service register if OCW3 said so.</summary>
    public byte ReadCommand() => _readInService ? _inService : Requested;

    /// <summary>The processor reads the odd port: the mask register.</summary>
    public byte ReadMask() => _masked;

    /// <summary>The processor writes the even port: ICW1, OCW2 or OCW3.</summary>
    public void WriteCommand(byte value)
    {
        if ((value & Icw1) != 0)
            Initialize(value);
        else if ((value & Ocw3) != 0)
            SelectRegister(value);
        else if ((value & Ocw2EndOfInterrupt) != 0)
            EndOfInterrupt((value & Ocw2Specific) != 0 ? value & LineBits : BitOperations.TrailingZeroCount(_inService));
    }

    /// <summary>The processor writes the odd port: ICW2 to ICW4 after an ICW1, else the mask register (OCW1).</summary>
    public void WriteData(byte value)
    {
        switch (_expecting)
        {
            case Expecting.Icw2:
                _vectorBase = (byte)(value & VectorBase);
                _expecting = _needsIcw3 ? Expecting.Icw3 : AfterIcw3;
                break;
            case Expecting.Icw3:
                // Which lines have slaves, or which slave it is: a PC's board says so, and not otherwise.
                _expecting = AfterIcw3;
                break;
            case Expecting.Icw4:
                _automaticEnd = (value & Icw4AutomaticEnd) != 0;
                _expecting = Expecting.Operation;
                break;
            default:
                _masked = value;
                break;
        }
    }

    private Expecting AfterIcw3 => _needsIcw4 ? Expecting.Icw4 : Expecting.Operation;

    /// <summary>Data sheet, "Initialization Command Words": what ICW1 does at once. Edges must come anew.</summary>
    private void Initialize(byte icw1)
    {
        (_latched, _inService, _masked) = (0, 0, 0);
        (_readInService, _automaticEnd) = (false, false);
        _needsIcw3 = (icw1 & Icw1Single) == 0;
        _needsIcw4 = (icw1 & Icw1NeedsIcw4) != 0;
        _expecting = Expecting.Icw2;
    }

    private void SelectRegister(byte ocw3)
    {
        if ((ocw3 & Ocw3ReadRegister) != 0)
            _readInService = (ocw3 & Ocw3ReadInService) != 0;
    }

    /// <summary>The line to be acknowledged next, or −1. There is none until the initialization is complete.</summary>
    private int Highest()
    {
        var pending = Requested & ~_masked;
        if (pending == 0 || _expecting != Expecting.Operation)
            return -1;
        var line = BitOperations.TrailingZeroCount(pending);
        return line < BitOperations.TrailingZeroCount((int)_inService) ? line : -1;
    }
}
