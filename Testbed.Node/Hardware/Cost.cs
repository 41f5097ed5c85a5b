using Testbed.Node.Time;

namespace Testbed.Node.Hardware;

/// <summary>What something costs in processor time: a fixed part and a part for each byte, in picoseconds.</summary>
/// <param name="FixedPs">Picoseconds each time.</param>
/// <param name="PerBytePs">Picoseconds for each byte handled.</param>
public readonly record struct Cost(long FixedPs, long PerBytePs)
{
    /// <summary>The same work at another clock rate, rounded to the nearest picosecond (paper, section 3: the PCs differ in it).</summary>
    /// <param name="referenceHz">The clock at which this cost holds.</param>
    /// <param name="clockHz">The clock at which it is wanted.</param>
    public Cost AtClock(long referenceHz, long clockHz) =>
        new(Scale(FixedPs, referenceHz, clockHz), Scale(PerBytePs, referenceHz, clockHz));

    /// <summary>The least that it comes to with a jitter, whatever the bytes.</summary>
    /// <param name="jitterPpm">By how much it varies about its mean, in parts per million.</param>
    public Duration Least(long jitterPpm) => new((FixedPs - (FixedPs * jitterPpm / 1_000_000)) / 1_000);

    private static long Scale(long ps, long referenceHz, long clockHz) =>
        (long)((((Int128)ps * referenceHz) + (clockHz / 2)) / clockHz);
}
