using MathNet.Numerics.Distributions;

namespace Testbed.Runner.Studies;

/// <summary>A figure over a point's repetitions.</summary>
/// <param name="Mean">Its mean.</param>
/// <param name="Deviation">Its standard deviation; 0 of one run.</param>
/// <param name="Interval">Half of the 95 % interval of the mean, by Student's t; 0 of one run.</param>
/// <param name="Count">How many runs.</param>
internal sealed record Estimate(double Mean, double Deviation, double Interval, int Count)
{
    private const double Confidence = 0.95;

    /// <summary>Of these; null of none.</summary>
    public static Estimate? Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
            return null;
        var mean = values.Average();
        if (values.Count == 1)
            return new(mean, 0, 0, 1);
        var deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
        var t = StudentT.InvCDF(0, 1, values.Count - 1, (1 + Confidence) / 2);
        return new(mean, deviation, t * deviation / Math.Sqrt(values.Count), values.Count);
    }
}
