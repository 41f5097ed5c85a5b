using Testbed.Node.Hardware;
using Testbed.Node.Host;
using Testbed.Node.Measuring;
using Testbed.Node.Time;

namespace Testbed.Node.VmApp;

/// <summary>
/// VMApp's half of the virtual keyboard: what VMApp reads from the host's terminal it types on the keyboard behind the virtual controller, which is in memory
/// shared with the VMM. It takes no more than that keyboard has room for; the rest waits at the host.
/// </summary>
/// <param name="terminal">The host's keyboard.</param>
/// <param name="controller">The virtual controller.</param>
/// <param name="path">Is told how far a code has come.</param>
public sealed class VirtualKeyboard(RawKeyboard terminal, Keyboard8042 controller, KeyboardPath path)
{
    /// <summary>The host's keyboard.</summary>
    public RawKeyboard Terminal => terminal;

    /// <summary>How many more codes there is room for.</summary>
    public int Room => controller.Keyboard.Room;

    /// <summary>Whether there is something to read, and room for it.</summary>
    public bool CanTake => terminal.IsReadable && controller.Keyboard is { IsScanning: true, Room: > 0 };

    /// <summary>Types the codes on the virtual keyboard, whose cable takes no time.</summary>
    public void Give(IReadOnlyList<byte> codes, Instant now)
    {
        foreach (var code in codes)
        {
            controller.Keyboard.Type(code);
            path.GivenToVirtualKeyboard(code, now);
        }

        controller.Transfer();
    }
}
