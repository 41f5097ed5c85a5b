namespace Testbed.Node.Remoting;

/// <summary>This process cannot be reached as it was told to be: a person's mistake, or a port that is taken.</summary>
/// <param name="message">What is wrong and what would be right, in one line.</param>
public sealed class RemotingException(string message) : Exception(message);
