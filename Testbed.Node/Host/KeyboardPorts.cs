using Akka.Actor;
using Testbed.Node.Hardware;
using Testbed.Node.Kernel;

namespace Testbed.Node.Host;

/// <summary>The ports of the machine's keyboard controller: the host accesses them directly, and what that costs is in its handler's.</summary>
/// <param name="controller">The controller's registers.</param>
/// <param name="keyboard">The keyboard, which sees its clock and the interrupt line change.</param>
public sealed class KeyboardPorts(Keyboard8042 controller, IActorRef keyboard) : IPorts
{
    /// <inheritdoc/>
    public void Out(int port, int value, Action then)
    {
        controller.Write(port, (byte)value);
        keyboard.Tell(Keyboard.PortAccessed.Instance);
        then();
    }

    /// <inheritdoc/>
    public void In(int port, Action<int> then)
    {
        var value = controller.Read(port);
        keyboard.Tell(Keyboard.PortAccessed.Instance);
        then(value);
    }
}
