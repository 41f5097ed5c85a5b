using Testbed.Node.Time;

namespace Testbed.Node.Experiments;

/// <summary>How far a run has come; taken from the wall clock's side, so it is no part of a result.</summary>
/// <param name="Now">Virtual time reached.</param>
/// <param name="BytesDelivered">Payload bytes that the receiver has verified so far (0 on the sender's node).</param>
/// <param name="Waiting">Who has been silent for how long, in words; null while everyone speaks.</param>
public readonly record struct RunProgress(Instant Now, long BytesDelivered, string? Waiting = null);
