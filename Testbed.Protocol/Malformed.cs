namespace Testbed.Protocol;

/// <summary>
/// Takes the place of a message that could not be read. Akka.Remote logs a serializer's exception and drops the message, and its receiver
/// waits for ever; so the receiver is told instead, and ends the run.
/// </summary>
/// <param name="Reason">What was wrong with it, in one line.</param>
public sealed record Malformed(string Reason);
