namespace Testbed.Node.Host;

/// <summary>
/// The keyboard as the host's kernel gives it to VMApp: a terminal in raw mode, whose queue holds the codes until VMApp reads them. VMApp has asked for a signal
/// (O_ASYNC): it knows without a call when there is something.
/// </summary>
/// <param name="vmmExits">How often an interrupt of the machine has ended the VMM's turn so far.</param>
public sealed class RawKeyboard(Func<long> vmmExits)
{
    /// <summary>Codes that may wait: N_TTY's buffer (Linux 2.2, tty.h, N_TTY_BUF_SIZE).</summary>
    private const int Bound = 4096;

    private readonly Queue<byte> _codes = new();
    private long _exitsSeen;
    private bool _exitIsKeyboards;

    /// <summary>Whether a code waits.</summary>
    public bool IsReadable => _codes.Count > 0;

    /// <summary>Interrupts of the machine's keyboard controller.</summary>
    public long Interrupts { get; private set; }

    /// <summary>Those among them that ended the VMM's turn: a world switch there and back.</summary>
    public long Exits { get; private set; }

    /// <summary>Times that VMApp asked VMNet for frames because of such an interrupt.</summary>
    public long Selects { get; private set; }

    /// <summary>Times that VMApp read.</summary>
    public long Reads { get; private set; }

    /// <summary>Codes that the handler has put in.</summary>
    public long Codes { get; private set; }

    /// <summary>Codes lost because too many waited.</summary>
    public long QueueFullDrops { get; private set; }

    /// <summary>The host has acknowledged an interrupt: the first after the VMM's turn has ended it.</summary>
    internal void Acknowledged(bool isKeyboards)
    {
        Interrupts += isKeyboards ? 1 : 0;
        var exits = vmmExits();
        if (exits == _exitsSeen)
            return;
        _exitsSeen = exits;
        _exitIsKeyboards = isKeyboards;
        Exits += isKeyboards ? 1 : 0;
    }

    /// <summary>The handler has read a code.</summary>
    internal void Put(byte code)
    {
        Codes++;
        if (_codes.Count < Bound)
            _codes.Enqueue(code);
        else
            QueueFullDrops++;
    }

    /// <summary>VMApp takes what there is, up to a number.</summary>
    internal IReadOnlyList<byte> Take(int most)
    {
        Reads++;
        var taken = new byte[Math.Min(most, _codes.Count)];
        for (var i = 0; i < taken.Length; i++)
            taken[i] = _codes.Dequeue();
        return taken;
    }

    /// <summary>VMApp asks VMNet for frames.</summary>
    public void Selecting() => Selects += _exitIsKeyboards ? 1 : 0;

    /// <summary>VMApp lets the virtual machine run again.</summary>
    public void Resuming() => _exitIsKeyboards = false;
}
