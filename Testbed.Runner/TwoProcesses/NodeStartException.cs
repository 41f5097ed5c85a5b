namespace Testbed.Runner.TwoProcesses;

/// <summary>A node of this machine did not come up.</summary>
/// <param name="message">Why, in one line.</param>
public sealed class NodeStartException(string message) : Exception(message);
