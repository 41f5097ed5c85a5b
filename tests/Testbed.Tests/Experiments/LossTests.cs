using Testbed.Node.Results;
using Testbed.Runner.Validation;

namespace Testbed.Tests.Experiments;

/// <summary>What TCP makes of a cable that loses frames: all of it arrives, as fast as theory says.</summary>
public sealed class LossTests
{
    private const double Factor = 1.5;
    private static readonly string[] LongPath = ["cable.delay=20 ms", "tcp.window-scaling=on", "tcp.send-buffer=512KiB", "tcp.receive-buffer=516KiB"];

    [Theory]
    [InlineData(0.001, 64)]
    [InlineData(0.002, 32)]
    [InlineData(0.005, 16)]
    [InlineData(0.01, 16)]
    [InlineData(0.03, 8)]
    public void Throughput_under_random_loss_is_within_a_factor_of_1_5_of_the_formula(double loss, int megabytes)
    {
        // From 3 % on timeouts matter, which Mathis and his co-authors leave out.
        var path = Path(loss);
        var formula = loss < 0.03 ? path.MathisMbps : path.PadhyeMbps;
        for (var seed = 1; seed <= 3; seed++)
        {
            var (sender, receiver, failure) = Experiment.OnOneTimeline(Experiment.Settings(
                "native-733-to-350", [.. LongPath, FormattableString.Invariant($"cable.loss={loss}"), $"nettest.bytes={megabytes}MiB", $"seed={seed}"]));
            Assert.True(failure is null && receiver.PayloadVerified == true, $"seed {seed}: {failure ?? "not every byte is as it was sent"}");
            var ratio = Mbps(sender, receiver) / formula;
            Assert.True(ratio is > 1 / Factor and < Factor, FormattableString.Invariant($"seed {seed}: {ratio:0.00} times {formula:0.00} Mb/s"));
        }
    }

    [Fact]
    public void Without_loss_a_window_of_256_KiB_is_what_limits_a_long_path()
    {
        // 181 segments of 1448 bytes in 40.1 ms, less the start.
        var (sender, receiver, _) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [.. LongPath, "nettest.bytes=64MiB"]));
        Assert.InRange(Mbps(sender, receiver), 0.93 * WindowMbps(181), WindowMbps(182));

        (sender, receiver, _) = Experiment.OnOneTimeline(
            Experiment.Settings("native-733-to-350", [.. LongPath, "nettest.bytes=8MiB", "tcp.window-scaling=off"]));
        Assert.InRange(Mbps(sender, receiver), 0.9 * WindowMbps(45), WindowMbps(45));

        static double WindowMbps(int segments) => segments * 1448 * 8 / Path(0.01).RoundTripSeconds / 1e6;
    }

    [Fact]
    public void A_receiver_that_gets_everything_acknowledges_every_second_full_segment()
    {
        var (sender, _, _) = Experiment.OnOneTimeline(Experiment.Settings("native-733-to-350", [.. LongPath, "nettest.bytes=16MiB"]));
        var perAck = sender.Node.Tcp["dataSegmentsSent"] / (double)sender.Node.Tcp["acksReceived"];
        Assert.InRange(perAck, 0.99 * Path(0.01).SegmentsPerAck, 1.01 * Path(0.01).SegmentsPerAck);
    }

    [Theory]
    [InlineData("native-733-to-350")]
    [InlineData("native-350-to-733")]
    [InlineData("native-733-to-350", "cable.delay=20 ms", "tcp.window-scaling=on", "tcp.send-buffer=512KiB", "tcp.receive-buffer=516KiB")]
    [InlineData("vm733-to-350", "sender.system=workstation-2.0")]
    [InlineData("350-to-vm733", "receiver.system=workstation-2.0")]
    [InlineData("vm733-to-350", "sender.system=optimized")]
    [InlineData("350-to-vm733", "receiver.system=optimized")]
    public async Task With_1_percent_of_all_frames_lost_every_byte_arrives_and_two_timelines_give_what_one_gives(string name, params string[] sets)
    {
        const int Bytes = 500 << 10;
        for (var seed = 1; seed <= 3; seed++)
        {
            var settings = Experiment.Settings(name, [.. sets, "cable.loss=1 %", $"nettest.bytes={Bytes}", $"seed={seed}"]);
            var (sender, receiver, failure) = Experiment.OnOneTimeline(settings);
            Assert.True(failure is null && receiver.PayloadVerified == true, $"seed {seed}: {failure ?? "not every byte is as it was sent"}");
            Assert.Equal(Bytes, receiver.BytesDelivered);
            Assert.True(sender.Node.Tcp["retransmissions"] > 0, $"seed {seed}: nothing was lost");
            var two = await Experiment.OnTwoTimelinesAsync(settings);
            Assert.True(sender.ToJson() == two.Sender.DeterministicJson, $"seed {seed}: the sender differs");
            Assert.True(receiver.ToJson() == two.Receiver.DeterministicJson, $"seed {seed}: the receiver differs");
        }
    }

    /// <summary>
    /// What a connection over <see cref="LongPath"/> is to the formulas: there a frame of 1518 bytes and its preamble, back an ACK of 70 with its own, each
    /// byte 80 ns; an ACK for two segments; 200 ms of Linux's least timeout; 181 segments in a window of 256 KiB.
    /// </summary>
    private static LossyPath Path(double loss) => new()
    {
        Loss = loss,
        SegmentBytes = 1448,
        RoundTripSeconds = 0.04 + ((8 + 1518 + 8 + 70) * 80e-9),
        SegmentsPerAck = 2,
        TimeoutSeconds = 0.2,
        WindowSegments = 181,
    };

    private static double Mbps(PcReport sender, PcReport receiver) =>
        receiver.BytesDelivered * 8_000.0 / (receiver.LastByteReceivedNs! - sender.FirstByteSentNs!).Value;
}
