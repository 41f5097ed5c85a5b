using Testbed.Node.Hardware;

namespace Testbed.Node.Kernel;

/// <summary>
/// The driver of the keyboard controller, as Linux 2.2's pc_keyb.c: the same accesses to the same ports in the same order. A code takes three: the status,
/// the code, the status again.
/// </summary>
/// <param name="ports">The I/O ports.</param>
/// <param name="kernel">Its kernel.</param>
/// <param name="handle">What a code costs besides the ports.</param>
/// <param name="received">Takes each code.</param>
/// <param name="setUp">Whether the driver has to set controller and keyboard up; a host's are as its boot has left them.</param>
public sealed class KeyboardDriver(IPorts ports, IDriverKernel kernel, Activity handle, Action<byte> received, bool setUp) : IInterruptHandler
{
    private const int SelfTest = 0xAA;
    private const int InterfaceTest = 0xAB;
    private const int EnableInterface = 0xAE;
    private const int WriteMode = 0x60;
    private const int Reset = 0xFF;
    private const int Disable = 0xF5;
    private const int Enable = 0xF4;
    private const int SetRate = 0xF3;

    /// <summary>Interrupt, system flag, no auxiliary device, codes translated (pc_keyb.c, KBD_MODE_…).</summary>
    private const int Mode = 0x65;

    /// <summary>initialize_kbd: what is written to which port, and how many bytes come in answer.</summary>
    private static readonly (int Port, int Value, int Answers)[] Setup =
    [
        (Keyboard8042.StatusPort, SelfTest, 1),
        (Keyboard8042.StatusPort, InterfaceTest, 1),
        (Keyboard8042.StatusPort, EnableInterface, 0),
        (Keyboard8042.DataPort, Reset, 2),
        (Keyboard8042.DataPort, Disable, 1),
        (Keyboard8042.StatusPort, WriteMode, 0),
        (Keyboard8042.DataPort, Mode, 0),
        (Keyboard8042.DataPort, Enable, 1),
        (Keyboard8042.DataPort, SetRate, 1),
        (Keyboard8042.DataPort, 0, 1),
    ];

    /// <inheritdoc/>
    public void Initialize(Action then)
    {
        if (setUp)
            WriteNext(0, then);
        else
            then();
    }

    /// <summary>handle_kbd_event: takes codes until there is none.</summary>
    public void HandleInterrupt(Action then) => ports.In(Keyboard8042.StatusPort, status =>
    {
        if ((status & Keyboard8042.OutputBufferFull) == 0)
        {
            then();
            return;
        }

        ports.In(Keyboard8042.DataPort, code => kernel.Execute(handle, () =>
        {
            received((byte)code);
            HandleInterrupt(then);
        }));
    });

    /// <summary>Each write waits until the controller takes it (kb_wait); in this model it always does.</summary>
    private void WriteNext(int step, Action then)
    {
        if (step == Setup.Length)
        {
            then();
            return;
        }

        var (port, value, answers) = Setup[step];
        ports.In(Keyboard8042.StatusPort, _ => ports.Out(port, value, () => ReadAnswers(answers, () => WriteNext(step + 1, then))));
    }

    private void ReadAnswers(int left, Action then)
    {
        if (left == 0)
            then();
        else
            ports.In(Keyboard8042.StatusPort, _ => ports.In(Keyboard8042.DataPort, _ => ReadAnswers(left - 1, then)));
    }
}
