namespace Testbed.Node.Hardware;

/// <summary>
/// A PC's keyboard (IBM PC/AT Technical Reference, section 4): keeps the codes of its keys until its controller takes them, and answers the
/// system's commands.
/// </summary>
/// <remarks>
/// Its codes are scan code set 1, as the controller makes of them in every PC (command byte, bit 6). Keys do not repeat while they are held.
/// </remarks>
public sealed class AtKeyboard
{
    /// <summary>How many codes it keeps; the last place takes the word of an overrun.</summary>
    public const int BufferSize = 16;

    /// <summary>The code that stands for those that were lost.</summary>
    public const byte Overrun = 0xFF;

    /// <summary>The bit that tells a key's release from its press.</summary>
    public const byte ReleaseBit = 0x80;

    private const byte Acknowledge = 0xFA;
    private const byte SelfTestPassed = 0xAA;
    private const byte Resend = 0xFE;
    private static readonly byte[] Identification = [0xAB, 0x41];

    private readonly Queue<byte> _codes = new(BufferSize);
    private readonly Queue<byte> _answers = new();
    private bool _takesArgument;
    private byte _last;

    /// <summary>Whether keys are looked at; off from a disable command to the next enable.</summary>
    public bool IsScanning { get; private set; } = true;

    /// <summary>Codes that were lost: the buffer was full, or the keyboard was disabled.</summary>
    public long Lost { get; private set; }

    /// <summary>Whether it has a byte to send.</summary>
    public bool HasByte => _answers.Count > 0 || _codes.Count > 0;

    /// <summary>Whether that byte is the release of a key, which takes the keyboard two bytes to say before it is translated to one.</summary>
    public bool NextIsRelease => _answers.Count == 0 && _codes.TryPeek(out var code) && (code & ReleaseBit) != 0 && code != Overrun;

    /// <summary>How many more codes it can keep without an overrun.</summary>
    public int Room => BufferSize - 1 - _codes.Count;

    /// <summary>A key is pressed, or released.</summary>
    /// <param name="code">Its code in set 1; with <see cref="ReleaseBit"/> for a release.</param>
    /// <returns>Whether it was kept; else it is lost.</returns>
    public bool Type(byte code)
    {
        if (IsScanning && Room > 0)
        {
            _codes.Enqueue(code);
            return true;
        }

        Lost++;
        if (IsScanning && _codes.Count < BufferSize)
            _codes.Enqueue(Overrun);
        return false;
    }

    /// <summary>The controller sends it a byte: a command, or what belongs to the one before.</summary>
    public void Command(byte value)
    {
        if (_takesArgument)
        {
            // LEDs, typematic rate, scan code set: nothing here depends on them.
            _takesArgument = false;
            _answers.Enqueue(Acknowledge);
            return;
        }

        switch (value)
        {
            case 0xED or 0xF0 or 0xF3:
                _takesArgument = true;
                _answers.Enqueue(Acknowledge);
                break;
            case 0xEE:
                _answers.Enqueue(value);
                break;
            case 0xF2:
                _answers.Enqueue(Acknowledge);
                foreach (var part in Identification)
                    _answers.Enqueue(part);
                break;
            case 0xF4:
                Reset(scanning: true);
                break;
            case 0xF5:
                Reset(scanning: false);
                break;
            case 0xF6:
                Reset(IsScanning);
                break;
            case 0xFE:
                _answers.Enqueue(_last);
                break;
            case 0xFF:
                Reset(scanning: true);
                _answers.Enqueue(SelfTestPassed);
                break;
            default:
                _answers.Enqueue(Resend);
                break;
        }
    }

    /// <summary>The controller takes its next byte.</summary>
    public byte Take() => _last = _answers.TryDequeue(out var answer) ? answer : _codes.Dequeue();

    private void Reset(bool scanning)
    {
        _codes.Clear();
        IsScanning = scanning;
        _answers.Enqueue(Acknowledge);
    }
}
