using System.Diagnostics;
using Testbed.Node.Experiments;

namespace Testbed.Tests.Experiments;

/// <summary>The frames that the guest's card sees and those on the wire: the same, and without fault in an analyser that is not ours.</summary>
public sealed class CaptureTests
{
    private const int FcsLength = 4;

    [Theory]
    [InlineData("vm733-to-350", "cable.loss=0")]
    [InlineData("350-to-vm733", "cable.loss=0")]
    [InlineData("vm733-to-350", "cable.loss=0.02")]
    public void The_guest_s_frames_are_the_wire_s(string name, string loss)
    {
        var (guest, wire) = Capture(name, loss);
        var onTheWire = wire.GroupBy(frame => Convert.ToHexString(frame.Bytes)).ToDictionary(group => group.Key, group => group.Count());
        foreach (var frames in guest.GroupBy(frame => Convert.ToHexString(frame.Bytes)))
            Assert.Equal(frames.Count(), onTheWire.GetValueOrDefault(frames.Key));

        // In order: the guest's frames are the wire's without those that were for the host alone.
        var ofGuest = guest.Select(frame => Convert.ToHexString(frame.Bytes)).ToHashSet();
        foreach (var source in guest.GroupBy(frame => Convert.ToHexString(frame.Bytes.AsSpan(6, 6))))
        {
            Assert.Equal(
                source.Select(frame => Convert.ToHexString(frame.Bytes)),
                wire.Where(frame => Convert.ToHexString(frame.Bytes.AsSpan(6, 6)) == source.Key)
                    .Select(frame => Convert.ToHexString(frame.Bytes))
                    .Where(ofGuest.Contains));
        }
    }

    [SkippableTheory]
    [InlineData("vm733-to-350")]
    [InlineData("350-to-vm733")]
    public void An_outside_analyser_finds_no_wrong_checksum_and_no_wrong_sequence(string name)
    {
        Skip.IfNot(IsThere("tshark"), "tshark is not installed");
        var (guest, wire) = Capture(name, "cable.loss=0");
        foreach (var frames in new[] { guest, wire })
        {
            var path = Path.Combine(Path.GetTempPath(), $"testbed-{Guid.NewGuid():n}.pcap");
            try
            {
                Write(path, frames);
                Assert.Equal(frames.Count, Tshark(path, "frame").Count);
                Assert.Empty(Tshark(
                    path,
                    "ip.checksum.status == \"Bad\" || tcp.checksum.status == \"Bad\" || _ws.malformed || tcp.analysis.lost_segment || tcp.analysis.retransmission"
                    + " || tcp.analysis.out_of_order || tcp.analysis.duplicate_ack || tcp.analysis.ack_lost_segment || _ws.expert.severity == error"));

                // It does find one when there is one.
                var broken = frames.Select(frame => (frame.Ns, Bytes: (byte[])frame.Bytes.Clone())).ToList();
                broken[^1].Bytes[40] ^= 1;
                Write(path, broken);
                Assert.NotEmpty(Tshark(path, "tcp.checksum.status == \"Bad\""));
            }
            finally
            {
                File.Delete(path);
            }
        }
    }

    /// <summary>What the virtual Lance sent and stored, and what began on the wire or came in at the physical card, both without FCS.</summary>
    private static (List<(long Ns, byte[] Bytes)> Guest, List<(long Ns, byte[] Bytes)> Wire) Capture(string name, string loss)
    {
        using var system = Experiment.System();
        var run = new OneProcessRun(system, Experiment.Settings(name, "nettest.bytes=300KiB", loss));
        var pc = run.Sender.Vm is null ? run.Receiver : run.Sender;
        List<(long Ns, byte[] Bytes)> guest = [];
        List<(long Ns, byte[] Bytes)> wire = [];
        pc.Vm!.Nic.Tap = frame => guest.Add((pc.Lane.Now.Nanoseconds, frame.ToArray()));
        pc.Chip.FrameStarted += (frame, now) => wire.Add((now.Nanoseconds, frame[..^FcsLength].ToArray()));
        pc.Chip.FrameArrived += (frame, now) => wire.Add((now.Nanoseconds, frame[..^FcsLength].ToArray()));
        Assert.Null(run.Run());
        Assert.True(guest.Count > 200);
        return (guest, wire);
    }

    /// <summary>A capture with nanosecond stamps (the file format of libpcap, link type Ethernet).</summary>
    private static void Write(string path, IEnumerable<(long Ns, byte[] Bytes)> frames)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write(0xA1B23C4Du);
        file.Write((ushort)2);
        file.Write((ushort)4);
        file.Write(0L);
        file.Write(65_535);
        file.Write(1);
        foreach (var (ns, bytes) in frames)
        {
            file.Write((int)(ns / 1_000_000_000));
            file.Write((int)(ns % 1_000_000_000));
            file.Write(bytes.Length);
            file.Write(bytes.Length);
            file.Write(bytes);
        }
    }

    private static bool IsThere(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static List<string> Tshark(string path, string filter)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "tshark", ["-n", "-r", path, "-o", "ip.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-Y", filter])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        var lines = process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return [.. lines];
    }
}
