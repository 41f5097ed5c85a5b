namespace Testbed.Protocol;

/// <summary>Something that is not a message of this protocol, or is larger than its kind may be.</summary>
/// <param name="message">What is wrong, in one line; quotes nothing from the wire that is unprintable or long.</param>
public sealed class WireFormatException(string message) : Exception(message);
