using Testbed.Node.Time;

namespace Testbed.Node.Faults;

/// <summary>A length of time that is drawn anew each time. All arithmetic is in whole numbers.</summary>
public abstract record RandomDuration
{
    /// <summary>A draw.</summary>
    public abstract Duration Draw(RandomStream stream);

    /// <summary>Always the same.</summary>
    public sealed record Constant(Duration Length) : RandomDuration
    {
        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream) => Length;
    }

    /// <summary>Even between a mean less a spread and the mean and the spread.</summary>
    /// <param name="Mean">The mean.</param>
    /// <param name="Spread">At most as long as the mean, and below two seconds.</param>
    public sealed record Uniform(Duration Mean, Duration Spread) : RandomDuration
    {
        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream) => Mean - Spread + new Duration(stream.Below((2 * Spread.Nanoseconds) + 1));
    }

    /// <summary>Normal, never below zero: twelve even draws make one that is normal within six standard deviations.</summary>
    /// <param name="Mean">The mean.</param>
    /// <param name="Deviation">The standard deviation.</param>
    public sealed record Normal(Duration Mean, Duration Deviation) : RandomDuration
    {
        private const int Terms = 12;
        private const int Bits = 24;

        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream)
        {
            // Twelve draws between 0 and 1 have a sum of mean 6 and deviation 1.
            long sum = -(Terms / 2) << Bits;
            for (var i = 0; i < Terms; i++)
                sum += stream.Below(1 << Bits);
            return Duration.Max(Duration.Zero, Mean + new Duration((long)(((Int128)Deviation.Nanoseconds * sum) >> Bits)));
        }
    }

    /// <summary>Exponential.</summary>
    /// <param name="Mean">The mean.</param>
    /// <param name="Most">What a draw is cut to.</param>
    public sealed record Exponential(Duration Mean, Duration Most) : RandomDuration
    {
        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream)
        {
            var length = ((UInt128)(ulong)Mean.Nanoseconds * FixedPoint.NegativeLn(Open(stream))) >> 32;
            return length > (UInt128)(ulong)Most.Nanoseconds ? Most : new Duration((long)length);
        }
    }

    /// <summary>Pareto: mostly short, now and then very long.</summary>
    /// <param name="Least">The least, and the most common.</param>
    /// <param name="ShapePpm">The shape (α), in parts per million; the smaller, the longer the tail.</param>
    /// <param name="Most">What a draw is cut to.</param>
    public sealed record Pareto(Duration Least, long ShapePpm, Duration Most) : RandomDuration
    {
        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream)
        {
            var exponent = (ulong)((UInt128)FixedPoint.NegativeLog2(Open(stream)) * 1_000_000 / (ulong)ShapePpm);
            return new Duration((long)FixedPoint.TimesPowerOf2((ulong)Least.Nanoseconds, exponent, (ulong)Most.Nanoseconds));
        }
    }

    /// <summary>One of those measured somewhere, each as likely.</summary>
    public sealed record Table(IReadOnlyList<Duration> Lengths) : RandomDuration
    {
        /// <inheritdoc/>
        public override Duration Draw(RandomStream stream) => Lengths[(int)stream.Below(Lengths.Count)];
    }

    /// <summary>A draw between 0 and 1, neither of them, in units of 2⁻⁶⁴.</summary>
    private static ulong Open(RandomStream stream) => stream.NextUInt64() | 1;
}
