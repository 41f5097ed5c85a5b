using Testbed.Node.Experiments;
using Testbed.Node.Network;
using Testbed.Node.Observing;
using Testbed.Node.Time;
using Testbed.Tests.Experiments;

namespace Testbed.Tests.Observing;

public sealed class CaptureTests
{
    // Checksums, framing, sequence. A full or closed window is no fault: the receiver's program is slow.
    private const string Complaints =
        "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" || icmp.checksum.status == \"Bad\" || _ws.malformed || _ws.short"
        + " || tcp.analysis.lost_segment || tcp.analysis.ack_lost_segment || tcp.analysis.retransmission || tcp.analysis.fast_retransmission"
        + " || tcp.analysis.spurious_retransmission || tcp.analysis.out_of_order || tcp.analysis.duplicate_ack || tcp.analysis.reused_ports"
        + " || _ws.expert.severity == error";

    [Fact]
    public void Stamps_and_bytes_are_the_model_s()
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, Experiment.Settings("vm733-to-350", "nettest.bytes=50KiB", "cable.loss=0.02"), RecordedRun.Everything);
        var pc = run.Sender;
        List<(Instant At, string Hex)> wire = [];
        List<(Instant At, string Hex)> guest = [];
        pc.Chip.FrameStarted += (frame, now) => wire.Add((now, Convert.ToHexString(frame.Span)));
        pc.Chip.FrameArrived += (frame, now) => wire.Add((now, Convert.ToHexString(frame.Span)));
        pc.Vm!.Lance.Tap += frame => guest.Add((pc.Lane.Now, Convert.ToHexString(frame.Span)));
        var (sender, _) = run.Outcomes(run.Run());

        Assert.NotEmpty(guest);
        Assert.Equal(wire, CaptureReader.Read(sender.Part(RecordingPart.HostCapture).Bytes).Select(f => (f.At, f.Hex)));
        Assert.Equal(guest, CaptureReader.Read(sender.Part(RecordingPart.GuestCapture).Bytes).Select(f => (f.At, f.Hex)));
    }

    [SkippableTheory]
    [InlineData("vm733-to-350", "nettest.bytes=200KiB")]
    [InlineData("350-to-vm733", "nettest.bytes=200KiB")]
    [InlineData("vm-ping", "ping.count=5")]
    public void An_outside_analyser_has_no_complaint_and_reads_the_model_s_instants(string name, string set)
    {
        Skip.IfNot(Tshark.IsThere, "tshark is not installed");
        var (sender, receiver) = RecordedRun.On(Experiment.Settings(name, set), RecordedRun.Everything with { Trace = false });
        foreach (var part in sender.Recording!.Parts.Concat(receiver.Recording!.Parts).Where(p => p.Part != RecordingPart.Timeline))
        {
            using var file = new CaptureOnDisk(part.Bytes);
            var frames = CaptureReader.Read(part.Bytes);

            // The physical card's frames have a check sequence, and the analyser knows: 1 is "good".
            var fcs = part.Part == RecordingPart.HostCapture ? "1" : "";
            Assert.Equal(
                frames.Select(f => FormattableString.Invariant(
                    $"{f.At.Nanoseconds / 1_000_000_000}.{f.At.Nanoseconds % 1_000_000_000:D9}\t{fcs}")),
                Tshark.Frames(file.Path, "frame", "frame.time_epoch", "eth.fcs.status"));
            Assert.Empty(Tshark.Frames(file.Path, Complaints));
        }
    }

    [SkippableFact]
    public void A_frame_that_came_damaged_is_marked_and_the_analyser_sees_why()
    {
        Skip.IfNot(Tshark.IsThere, "tshark is not installed");
        var capture = new CaptureWriter("nic", "a card", new MacAddress(0x0090_2700_0733), 100_000_000, hasFcs: true);
        var good = EthernetFrame.AppendFcs(EthernetFrame.Allocate(60));
        var bad = (byte[])good.Clone();
        bad[20] ^= 4;
        capture.Add(new Instant(1), good);
        capture.Add(new Instant(2), bad);
        using var file = new CaptureOnDisk(capture.Close(Instant.Zero, new Instant(3)).File);
        Assert.Equal(["2"], Tshark.Frames(file.Path, "eth.fcs.status == \"Bad\"", "frame.number"));
        Assert.Equal(["2"], Tshark.Frames(file.Path, "frame.packet_flags_crc_error == 1", "frame.number"));
    }

    [Fact]
    public void A_capture_ends_at_its_limit_and_says_so()
    {
        var frame = EthernetFrame.AppendFcs(EthernetFrame.Allocate(1000));
        var capture = new CaptureWriter("nic", "a card", new MacAddress(1), null, hasFcs: true, limitBytes: 10_000);
        for (var i = 0; i < 20; i++)
            capture.Add(new Instant(i), i == 19 ? frame.AsSpan(0, 60) : frame);
        var (file, extent) = capture.Close(Instant.Zero, new Instant(20));
        Assert.Equal(new RecordingExtent(9, 11, new Instant(9)), extent);
        Assert.Equal(9, CaptureReader.Read(file).Count);
        Assert.InRange(file.Length, 9_000, 10_400);
        Assert.Contains("11 frames are left out", System.Text.Encoding.UTF8.GetString(file.Span), StringComparison.Ordinal);
    }

    private sealed class CaptureOnDisk : IDisposable
    {
        public CaptureOnDisk(ReadOnlyMemory<byte> bytes)
        {
            using var file = File.Create(Path);
            file.Write(bytes.Span);
        }

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"testbed-{Guid.NewGuid():n}.pcapng");

        public void Dispose() => File.Delete(Path);
    }
}
