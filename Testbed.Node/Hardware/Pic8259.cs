namespace Testbed.Node.Hardware;

/// <summary>
/// A pair of cascaded 8259A interrupt controllers as a PC wires them (Intel 8259A data sheet): lines 0 to 7 are the master's, 8 to 15 the
/// slave's, whose output is the master's line 2. So the priorities are 0, 1, 8 to 15, 3 to 7, and while one of the slave's lines is in
/// service none of its others comes through. ISA's lines are edge-triggered, PCI's are level-triggered.
/// </summary>
public sealed class Pic8259
{
    /// <summary>How many lines the pair has; line 2 is the cascade and cannot be raised.</summary>
    public const int Lines = 16;

    /// <summary>The master's line on which the slave is.</summary>
    public const int Cascade = 2;

    /// <summary>The master's command port: ICW1, OCW2, OCW3; read, its request or in-service register.</summary>
    public const int MasterCommand = 0x20;

    /// <summary>The master's data port: ICW2 to ICW4, OCW1; read, its mask register.</summary>
    public const int MasterData = 0x21;

    /// <summary>The slave's command port.</summary>
    public const int SlaveCommand = 0xA0;

    /// <summary>The slave's data port.</summary>
    public const int SlaveData = 0xA1;

    /// <summary>The vectors of lines 0 and 8 that a PC's BIOS sets.</summary>
    private const byte BiosMasterVector = 0x08, BiosSlaveVector = 0x70;

    private const int SpuriousLine = I8259.Lines - 1;

    private readonly InterruptPin _output;
    private readonly I8259 _master;
    private readonly I8259 _slave;
    private readonly long[] _acknowledged = new long[Lines];

    /// <summary>A pair as a PC's BIOS leaves it, but with all lines unmasked.</summary>
    /// <param name="output">Its output, to the processor.</param>
    /// <param name="levelTriggered">The lines that request for as long as they are high (the chip set's ELCR register).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line for a device.</exception>
    public Pic8259(InterruptPin output, params ReadOnlySpan<int> levelTriggered)
    {
        _output = output;

        // The slave's output is high for as long as the slave has a request, and the master sees it fall.
        var levels = 1 << Cascade;
        foreach (var line in levelTriggered)
            levels |= 1 << DeviceLine(line);
        _master = new I8259(BiosMasterVector, (byte)levels);
        _slave = new I8259(BiosSlaveVector, (byte)(levels >> I8259.Lines));
    }

    /// <summary>Told of each line that is acknowledged; for measuring only.</summary>
    public Action<int>? Tap { get; set; }

    /// <summary>How often each line was acknowledged.</summary>
    public IReadOnlyList<long> Acknowledged => _acknowledged;

    /// <summary>How often an acknowledge cycle found no request (IRQ 7 without a cause).</summary>
    public long Spurious { get; private set; }

    /// <summary>A device raises or lowers its line. An edge-triggered line's request stays until it is acknowledged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line for a device.</exception>
    public void SetLine(int line, bool high)
    {
        var chip = ChipOf(DeviceLine(line));
        chip.SetLine(line % I8259.Lines, high);
        Update();
    }

    /// <summary>The processor's interrupt acknowledge cycle: the line of the highest priority goes into service.</summary>
    /// <returns>The line; or −1 if none is requested any more, which a PC reports as a spurious interrupt.</returns>
    public int Acknowledge() => Acknowledge(out _);

    /// <summary>The processor's interrupt acknowledge cycle: the line of the highest priority goes into service, in the slave and in the master.</summary>
    /// <param name="vector">
    /// The interrupt vector that the processor gets. If nothing is requested any more it is that of line 7, which is not in service then.
    /// A request of the slave's that has gone takes its cascade line down with it, so it ends as line 7 too; line 15 is never spurious,
    /// since both acknowledge pulses are one instant here.
    /// </param>
    /// <returns>The line; or −1 if none is requested any more.</returns>
    public int Acknowledge(out byte vector)
    {
        var line = _master.Acknowledge();
        vector = (byte)(_master.Vector + (line < 0 ? SpuriousLine : line));
        if (line == Cascade)
        {
            line = I8259.Lines + _slave.Acknowledge();
            vector = (byte)(_slave.Vector + line - I8259.Lines);
        }

        if (line >= 0)
            _acknowledged[line]++;
        else
            Spurious++;
        Tap?.Invoke(line);
        Update();
        return line;
    }

    /// <summary>Specific end of interrupt; of a slave's line, in the slave and then in the master.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line for a device.</exception>
    public void EndOfInterrupt(int line)
    {
        ChipOf(DeviceLine(line)).EndOfInterrupt(line % I8259.Lines);
        if (line >= I8259.Lines)
            _master.EndOfInterrupt(Cascade);
        Update();
    }

    /// <summary>Sets or clears a line's bit in the mask register.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line for a device.</exception>
    public void SetMask(int line, bool masked)
    {
        ChipOf(DeviceLine(line)).SetMask(line % I8259.Lines, masked);
        Update();
    }

    /// <summary>Whether a port is one of the pair's.</summary>
    public static bool HasPort(int port) => port is MasterCommand or MasterData or SlaveCommand or SlaveData;

    /// <summary>The processor reads a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The pair has no such port.</exception>
    public byte Read(int port) => port switch
    {
        MasterCommand => _master.ReadCommand(),
        MasterData => _master.ReadMask(),
        SlaveCommand => _slave.ReadCommand(),
        SlaveData => _slave.ReadMask(),
        _ => throw NoSuchPort(port),
    };

    /// <summary>The processor writes a port.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The pair has no such port.</exception>
    public void Write(int port, byte value)
    {
        switch (port)
        {
            case MasterCommand:
                _master.WriteCommand(value);
                break;
            case MasterData:
                _master.WriteData(value);
                break;
            case SlaveCommand:
                _slave.WriteCommand(value);
                break;
            case SlaveData:
                _slave.WriteData(value);
                break;
            default:
                throw NoSuchPort(port);
        }

        Update();
    }

    private static int DeviceLine(int line) => line is >= 0 and < Lines and not Cascade
        ? line
        : throw new ArgumentOutOfRangeException(nameof(line), line, "a PC's interrupt lines are 0, 1 and 3 to 15");

    private static ArgumentOutOfRangeException NoSuchPort(int port) =>
        new(nameof(port), port, "the interrupt controllers' ports are 0x20, 0x21, 0xa0 and 0xa1");

    private I8259 ChipOf(int line) => line < I8259.Lines ? _master : _slave;

    private void Update()
    {
        _master.SetLine(Cascade, _slave.Output);
        _output.IsHigh = _master.Output;
    }
}
