namespace Testbed.Node.Results;

/// <summary>How often a guest accessed one I/O port.</summary>
/// <param name="Port">The port, by the device's own name for it: <c>lance RDP</c>.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>.</param>
/// <param name="HandledBy">Who emulated the access: <c>vmm</c> or <c>vmapp</c>.</param>
/// <param name="Count">How many times.</param>
public sealed record PortAccessCount(string Port, string Direction, string HandledBy, long Count);
