namespace Testbed.Node.Hardware;

/// <summary>
/// A pair of cascaded 8259A interrupt controllers as a PC wires them (Intel 8259A data sheet): 16 lines, request, in-service and mask
/// registers, fixed priority 0, 1, 8 to 15, 3 to 7, end of interrupt by line. ISA's lines are edge-triggered, PCI's are level-triggered.
/// </summary>
public sealed class Pic8259
{
    /// <summary>How many lines the pair has; line 2 is the cascade and cannot be raised.</summary>
    public const int Lines = 16;

    private const int Cascade = 2;
    private static readonly int[] ByPriority = [0, 1, 8, 9, 10, 11, 12, 13, 14, 15, 3, 4, 5, 6, 7];

    private readonly InterruptPin _output;
    private readonly ushort _levelTriggered;
    private readonly long[] _acknowledged = new long[Lines];
    private ushort _requested;
    private ushort _inService;
    private ushort _masked;

    /// <summary>A controller with all lines unmasked.</summary>
    /// <param name="output">Its output, to the processor.</param>
    /// <param name="levelTriggered">The lines that request for as long as they are high (the chip set's ELCR register).</param>
    public Pic8259(InterruptPin output, params ReadOnlySpan<int> levelTriggered)
    {
        _output = output;
        foreach (var line in levelTriggered)
            _levelTriggered |= Bit(line);
    }

    /// <summary>How often each line was acknowledged.</summary>
    public IReadOnlyList<long> Acknowledged => _acknowledged;

    /// <summary>A device raises or lowers its line. An edge-triggered line's request stays until it is acknowledged.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line for a device.</exception>
    public void SetLine(int line, bool high)
    {
        var bit = Bit(line);
        if (high)
            _requested |= bit;
        else if ((_levelTriggered & bit) != 0)
            _requested = (ushort)(_requested & ~bit);
        Update();
    }

    /// <summary>The processor's interrupt acknowledge cycle: the line of the highest priority goes into service.</summary>
    /// <returns>The line; or −1 if none is requested any more, which a PC reports as a spurious interrupt.</returns>
    public int Acknowledge()
    {
        var line = Pending();
        if (line >= 0)
        {
            _inService |= Bit(line);
            _requested = (ushort)(_requested & (~Bit(line) | _levelTriggered));
            _acknowledged[line]++;
        }

        Update();
        return line;
    }

    /// <summary>Specific end of interrupt.</summary>
    public void EndOfInterrupt(int line)
    {
        _inService = (ushort)(_inService & ~Bit(line));
        Update();
    }

    /// <summary>Sets or clears a line's bit in the mask register.</summary>
    public void SetMask(int line, bool masked)
    {
        var bit = Bit(line);
        _masked = (ushort)(masked ? _masked | bit : _masked & ~bit);
        Update();
    }

    private static ushort Bit(int line) => line is >= 0 and < Lines and not Cascade
        ? (ushort)(1 << line)
        : throw new ArgumentOutOfRangeException(nameof(line), line, "a PC's interrupt lines are 0, 1 and 3 to 15");

    private int Pending()
    {
        foreach (var line in ByPriority)
        {
            var bit = 1 << line;
            if ((_inService & bit) != 0)
                return -1;
            if ((_requested & ~_masked & bit) != 0)
                return line;
        }

        return -1;
    }

    private void Update() => _output.IsHigh = Pending() >= 0;
}
