using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>
/// An <c>IN</c> or <c>OUT</c> of a guest: privileged, so it traps (paper, section 1). It carries the processor from the guest to whoever emulates the
/// port, and the guest goes on with <paramref name="then"/> when that is done.
/// </summary>
/// <param name="port">The port's address.</param>
/// <param name="isWrite">Whether it is an <c>OUT</c>.</param>
/// <param name="value">What is written.</param>
/// <param name="then">Where the guest goes on.</param>
public sealed class PortAccess(int port, bool isWrite, ushort value, Continuation then) : IHandOff
{
    /// <summary>The port's address.</summary>
    public int Port { get; } = port;

    /// <summary>Whether it is an <c>OUT</c>.</summary>
    public bool IsWrite { get; } = isWrite;

    /// <summary>What is written; of an <c>IN</c>, what was read, once it has been emulated.</summary>
    public ushort Value { get; set; } = value;

    /// <summary>Where the guest goes on.</summary>
    public Continuation Then { get; } = then;
}
