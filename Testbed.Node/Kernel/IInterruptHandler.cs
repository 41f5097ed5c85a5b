namespace Testbed.Node.Kernel;

/// <summary>A driver of a device that interrupts, as its kernel sees it (<c>request_irq</c>). What it costs, it executes on the kernel.</summary>
public interface IInterruptHandler
{
    /// <summary>Sets the device up as the kernel boots, with interrupts disabled; then goes on.</summary>
    void Initialize(Action then) => then();

    /// <summary>The device has interrupted: finds out why, does what there is to do; then goes on.</summary>
    void HandleInterrupt(Action then);
}
