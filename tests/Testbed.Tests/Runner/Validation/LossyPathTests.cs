using System.Text.Json.Nodes;
using Testbed.Node.Configuration;
using Testbed.Node.Experiments;
using Testbed.Runner.Validation;
using Testbed.Tests.Results;

namespace Testbed.Tests.Runner.Validation;

/// <summary>The published formulas of TCP's throughput under random loss, and what they take from a run's settings.</summary>
public sealed class LossyPathTests
{
    private static readonly LossyPath Long = new()
    {
        Loss = 0.01,
        SegmentBytes = 1448,
        RoundTripSeconds = 0.0401,
        SegmentsPerAck = 2,
        TimeoutSeconds = 0.2,
        WindowSegments = 181,
    };

    [Fact]
    public void Without_timeouts_throughput_falls_with_the_root_of_the_loss_and_of_the_segments_per_ACK()
    {
        // 1448 bytes in 40.1 ms are 0.2889 Mb/s; the root of 3/(2 × 2 × 0.01) is 8.660.
        Assert.Equal(2.5018, Long.MathisMbps, 3);
        Assert.Equal(Long.MathisMbps / 2, (Long with { Loss = 0.04 }).MathisMbps, 9);
        Assert.Equal(Long.MathisMbps * Math.Sqrt(2), (Long with { SegmentsPerAck = 1 }).MathisMbps, 9);
    }

    [Theory]
    [InlineData(0.0001)]
    [InlineData(0.00001)]
    public void Where_losses_are_rare_and_the_window_is_wide_both_formulas_say_the_same(double loss)
    {
        var path = Long with { Loss = loss, WindowSegments = 1_000_000 };
        Assert.InRange(path.PadhyeMbps / path.MathisMbps, 0.98, 1);
    }

    [Fact]
    public void Where_nothing_is_lost_a_narrow_window_is_the_limit()
    {
        var path = Long with { Loss = 1e-9, WindowSegments = 22 };
        Assert.Equal(22 * 1448 * 8 / 0.0401 / 1e6, path.PadhyeMbps, 3);
    }

    [Fact]
    public void Where_losses_are_frequent_timeouts_are_most_of_the_time()
    {
        // The approximation of the same paper, MSS / (RTT √(2bp/3) + T0 min(1, 3 √(3bp/8)) p (1 + 32p²)), lies within a few percent while losses are not too many.
        foreach (var loss in new[] { 0.005, 0.01, 0.03 })
        {
            var path = Long with { Loss = loss };
            var seconds = (0.0401 * Math.Sqrt(2 * 2 * loss / 3)) + (0.2 * Math.Min(1, 3 * Math.Sqrt(3 * 2 * loss / 8)) * loss * (1 + (32 * loss * loss)));
            Assert.InRange(path.PadhyeMbps / (1448 * 8 / seconds / 1e6), 0.93, 1.07);
            Assert.True((path with { TimeoutSeconds = 0.4 }).PadhyeMbps < path.PadhyeMbps);
        }

        Assert.True((Long with { Loss = 0.1 }).PadhyeMbps < (Long with { Loss = 0.1 }).MathisMbps * 0.6);
    }

    [Fact]
    public void A_run_s_settings_say_what_its_path_is()
    {
        var path = Of("cable.delay=20 ms", "cable.loss=0.5 %", "tcp.window-scaling=on", "tcp.send-buffer=512KiB", "tcp.receive-buffer=516KiB");
        Assert.Equal(
            new() { Loss = 0.005, SegmentBytes = 1448, RoundTripSeconds = 0.04012832, SegmentsPerAck = 2, TimeoutSeconds = 0.2, WindowSegments = 182 }, path);
    }

    [Fact]
    public void Other_rules_make_another_path()
    {
        var path = Of("cable.delay=200 ms", "tcp.timestamps=off", "tcp.acknowledgements=immediate", "tcp.retransmission=rfc", "tcp.send-buffer=16KiB");
        Assert.Equal((1460, 1, 10), (path.SegmentBytes, path.SegmentsPerAck, path.WindowSegments));
        Assert.Equal(path.RoundTripSeconds, path.TimeoutSeconds);
        Assert.Equal(1.25 * 0.4, Of("cable.delay=200 ms").TimeoutSeconds, 3);

        // Without scaling no window is above 65,535 bytes.
        Assert.Equal(45, Of("tcp.send-buffer=1MiB", "tcp.receive-buffer=1MiB").WindowSegments);
    }

    private static LossyPath Of(params string[] sets)
    {
        var resolved = new ExperimentResolver(ExperimentCatalog.Open(null), SettingsValidators.All).Resolve("native-733-to-350", sets);
        var settings = HoconText.Parse(resolved.Hocon, "test").Values.Where(setting => setting.Text is not null);
        return LossyPath.Of(SampleVm.Result() with
        {
            Resolved = new(settings.ToDictionary(setting => setting.Key, setting => (JsonNode?)JsonValue.Create(setting.Text)), StringComparer.Ordinal),
        });
    }
}
