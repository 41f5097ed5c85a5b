namespace Testbed.Node.Observing;

/// <summary>A packet whose way is followed: one that carries data for a program, or an echo.</summary>
/// <param name="Key">The same at every point that the packet passes, and of no other packet for a long time.</param>
/// <param name="Offset">Where its data lies in the stream, modulo 2³²; 0 of an echo.</param>
/// <param name="Length">How many bytes of the stream it carries; 0 of an echo.</param>
public readonly record struct FollowedPacket(ulong Key, uint Offset, int Length);
