using Testbed.Node.Time;

namespace Testbed.Node.Cable;

/// <summary>How long a frame takes on the wire (IEEE 802.3, clauses 3 and 4).</summary>
/// <param name="BitsPerSecond">The rate; 100 Mb/s is 10 ns a bit. Must divide 8 × 10⁹ so that a byte takes whole nanoseconds.</param>
public readonly record struct EthernetTiming(long BitsPerSecond)
{
    /// <summary>The lowest rate that is permitted.</summary>
    public const long LeastBitsPerSecond = 1_000_000;

    /// <summary>The highest: a nanosecond a byte.</summary>
    public const long MostBitsPerSecond = NanosecondsPerByteAtOneBitPerSecond;

    private const long NanosecondsPerByteAtOneBitPerSecond = 8_000_000_000;

    /// <summary>Preamble and start-of-frame delimiter.</summary>
    public const int PreambleBytes = 8;

    /// <summary>The shortest frame, its FCS included.</summary>
    public const int MinFrameBytes = 64;

    /// <summary>The least silence between two frames, in byte times.</summary>
    public const int InterFrameGapBytes = 12;

    /// <summary>From the start of the preamble to the end of the FCS.</summary>
    /// <param name="frameBytes">The frame's length, its FCS included.</param>
    public Duration Serialization(int frameBytes) => ByteTime * (PreambleBytes + frameBytes);

    /// <summary>The silence that follows a frame.</summary>
    public Duration InterFrameGap => ByteTime * InterFrameGapBytes;

    /// <summary>What is wrong with it as the rate of a wire; null if nothing is.</summary>
    public string? Problem =>
        NanosecondsPerByteAtOneBitPerSecond % BitsPerSecond == 0 ? null : "a byte would not take whole nanoseconds; expected a rate such as 10 Mb/s, 100 Mb/s or 1 Gb/s";

    private Duration ByteTime => new(NanosecondsPerByteAtOneBitPerSecond / BitsPerSecond);
}
