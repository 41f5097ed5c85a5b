using System.Diagnostics;
using System.Globalization;
using Testbed.Node.Time;

namespace Testbed.Runner.Output;

/// <summary>A run's progress in words.</summary>
/// <param name="source">How far it has come.</param>
/// <param name="totalBytes">What there is to deliver; null when the program is not about bytes.</param>
/// <param name="start">When the sender starts: the rate counts from there.</param>
internal sealed class ProgressView(LatestProgress source, long? totalBytes, Duration start) : IProgressSource
{
    private readonly long _began = Stopwatch.GetTimestamp();

    /// <summary>The share delivered, 0 to 1; null when it is not known.</summary>
    public double? Share => totalBytes is { } total ? Math.Min(1, (double)source.Latest.BytesDelivered / total) : null;

    /// <summary>
    /// "<c>4.21 s virtual, 48 of 100 MiB, 94.1 Mb/s, 0.6 s wall</c>", or, while nothing moves, "<c>4.21 s virtual, 48 of 100 MiB; pc-350 has not
    /// answered for 3 s; waiting until 30 s</c>".
    /// </summary>
    public override string ToString()
    {
        var now = source.Latest;
        var wall = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        var transferNs = now.Now.Nanoseconds - start.Nanoseconds;
        var rate = transferNs > 0 ? now.BytesDelivered * 8e3 / transferNs : 0;
        var reached = string.Create(CultureInfo.InvariantCulture, $"{now.Now.Nanoseconds / 1e9:0.00} s virtual");
        if (totalBytes is { } total)
            reached += $", {Amount.Of(now.BytesDelivered, total)} of {Amount.Of(total)}";
        if (now.Waiting is { } waiting)
            return $"{reached}; {waiting}";
        if (totalBytes is not null)
            reached += string.Create(CultureInfo.InvariantCulture, $", {rate:0.0} Mb/s");
        return reached + string.Create(CultureInfo.InvariantCulture, $", {wall:0.0} s wall");
    }
}
