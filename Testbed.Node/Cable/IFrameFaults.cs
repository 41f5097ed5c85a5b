using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>Faults of one direction of the cable: decides what arrives of each frame, and when.</summary>
public interface IFrameFaults
{
    /// <summary>A frame's serialization begins, now.</summary>
    /// <param name="frame">The frame with its FCS; not changed any more.</param>
    /// <param name="arrival">When it would arrive. Nothing of it arrives before.</param>
    /// <param name="arrives">Called at once for everything that will arrive of it: when, and as what bytes.</param>
    void Pass(ReadOnlyMemory<byte> frame, Instant arrival, Action<Instant, ReadOnlyMemory<byte>> arrives);
}
