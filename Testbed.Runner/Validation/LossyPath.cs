using Testbed.Node.Cable;
using Testbed.Node.Configuration;
using Testbed.Node.Network.Tcp;
using Testbed.Node.Results;
using Testbed.Node.Time;

namespace Testbed.Runner.Validation;

/// <summary>A TCP connection over a path that loses segments at random, as the published formulas of its throughput see it.</summary>
internal sealed record LossyPath
{
    private const int NetworkAndTransportHeaderBytes = 40;
    private const int TimestampsBytes = 12;
    private const int EthernetHeaderAndFcsBytes = 18;
    private const double PartsPerBillion = 1e9;
    private const double NanosecondsPerSecond = 1e9;

    /// <summary>The probability that a segment is lost, above 0 and below 1 (p).</summary>
    public required double Loss { get; init; }

    /// <summary>Payload bytes of a full segment (MSS).</summary>
    public required int SegmentBytes { get; init; }

    /// <summary>The round trip with nothing queued, in seconds (RTT).</summary>
    public required double RoundTripSeconds { get; init; }

    /// <summary>Full segments for each ACK (b).</summary>
    public required int SegmentsPerAck { get; init; }

    /// <summary>The first retransmission timeout, in seconds (T0).</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>The most segments that the buffers let be outstanding (Wmax).</summary>
    public required int WindowSegments { get; init; }

    /// <summary>
    /// MSS / RTT × √(3 / 2bp), in 10⁶ bit/s: no timeouts, no limit but loss, losses at even distances (M. Mathis, J. Semke, J. Mahdavi, T. Ott,
    /// "The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm", Computer Communication Review 27(3), 1997).
    /// </summary>
    public double MathisMbps => Mbps(Math.Sqrt(3 / (2 * SegmentsPerAck * Loss)) / RoundTripSeconds);

    /// <summary>
    /// With timeouts and the window's limit, in 10⁶ bit/s (J. Padhye, V. Firoiu, D. Towsley, J. Kurose, "Modeling TCP Reno Performance: A Simple Model
    /// and Its Empirical Validation", Transactions on Networking 8(2), 2000: the full model, not its approximation). It is the rate of sending, repetitions included.
    /// </summary>
    public double PadhyeMbps
    {
        get
        {
            var (p, b, rtt) = (Loss, (double)SegmentsPerAck, RoundTripSeconds);
            var k = (2 + b) / (3 * b);
            var unlimited = k + Math.Sqrt((8 * (1 - p) / (3 * b * p)) + (k * k));
            var window = Math.Min(unlimited, WindowSegments);
            var timeout = TimeoutProbability(window);
            var segments = ((1 - p) / p) + window + (timeout / (1 - p));
            var backoff = 1 + p + (2 * Power(p, 2)) + (4 * Power(p, 3)) + (8 * Power(p, 4)) + (16 * Power(p, 5)) + (32 * Power(p, 6));
            var roundTrips = unlimited < WindowSegments
                ? (b / 2 * window) + 1
                : (b / 8 * window) + ((1 - p) / (p * window)) + 2;
            return Mbps(segments / ((rtt * roundTrips) + (timeout * TimeoutSeconds * backoff / (1 - p))));
        }
    }

    /// <summary>The path of a run: what its cable and its TCP are set to.</summary>
    public static LossyPath Of(RunResult run)
    {
        var settings = run.Resolved
            .Where(setting => setting.Key.StartsWith("cable.", StringComparison.Ordinal) || setting.Key.StartsWith("tcp.", StringComparison.Ordinal))
            .ToDictionary(setting => setting.Key, setting => Setting.Scalar(setting.Key, setting.Value!.ToString(), run.Experiment), StringComparer.Ordinal);
        var reader = new SettingsReader(settings, run.Experiment);
        var (cable, tcp) = (reader.At("cable"), reader.At("tcp"));
        var mtu = (int)cable.WholeNumber("mtu", 0, ushort.MaxValue);
        var options = tcp.Switch("timestamps") ? TimestampsBytes : 0;
        var mss = mtu - NetworkAndTransportHeaderBytes - options;

        var timing = new EthernetTiming(cable.BitsPerSecond("rate", 1, long.MaxValue));
        var data = timing.Serialization(mtu + EthernetHeaderAndFcsBytes);
        var ack = timing.Serialization(Math.Max(EthernetTiming.MinFrameBytes, NetworkAndTransportHeaderBytes + options + EthernetHeaderAndFcsBytes));
        var roundTrip = (data + ack + (cable.Duration("delay", Duration.Zero, Duration.FromSeconds(10)) * 2)).Nanoseconds / NanosecondsPerSecond;

        // Linux 2.2 waits a quarter longer than the estimate; the least that either rule waits is the same.
        var patience = tcp.Text("retransmission") == "linux-2.2" ? 1.25 : 1;
        var offered = tcp.Bytes("receive-buffer", 0, int.MaxValue) / 2;
        if (!tcp.Switch("window-scaling"))
            offered = Math.Min(offered, ushort.MaxValue);
        var sendable = tcp.Bytes("send-buffer", 0, int.MaxValue) / Truesize.OfSendBuffer(mss);
        return new()
        {
            Loss = cable.PartsPerBillion("loss") / PartsPerBillion,
            SegmentBytes = mss,
            RoundTripSeconds = roundTrip,
            SegmentsPerAck = tcp.Text("acknowledgements") == "immediate" ? 1 : 2,
            TimeoutSeconds = Math.Max(new TcpSettings().MinimumRto.Nanoseconds / NanosecondsPerSecond, patience * roundTrip),
            WindowSegments = (int)Math.Max(1, Math.Min(offered / mss, sendable)),
        };
    }

    /// <summary>The probability that a loss in a window of so many segments ends in a timeout.</summary>
    private double TimeoutProbability(double window)
    {
        double Kept(double segments) => Math.Pow(1 - Loss, segments);
        return window <= 3 ? 1 : Math.Min(1, (1 - Kept(3)) * (1 + (Kept(3) * (1 - Kept(window - 3)))) / (1 - Kept(window)));
    }

    private static double Power(double value, int exponent) => exponent == 0 ? 1 : value * Power(value, exponent - 1);

    private double Mbps(double segmentsPerSecond) => segmentsPerSecond * SegmentBytes * 8 / 1e6;
}
